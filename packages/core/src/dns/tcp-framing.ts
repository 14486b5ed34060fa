/** DNS messages on a stream of bytes: each after its length in two octets (RFC 1035 §4.2.2). */
import { readU16, writeU16 } from '../base/bytes.ts';
import type { ByteStream } from '../base/byte-stream.ts';
import type { Process } from '../base/process.ts';

/** The message with its length before it, as one piece: RFC 7766 §8 asks for a single write. */
export function framed(message: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(2 + message.length);
  writeU16(bytes, 0, message.length);
  bytes.set(message, 2);
  return bytes;
}

/** The next message of a stream; undefined when the stream ends before it is whole. */
export function* receiveFramed(stream: ByteStream): Process<Uint8Array | undefined> {
  const length = yield* stream.receiveExactly(2);
  if (length.length < 2) return undefined;
  const size = readU16(length, 0);
  const message = yield* stream.receiveExactly(size);
  return message.length === size ? message : undefined;
}
