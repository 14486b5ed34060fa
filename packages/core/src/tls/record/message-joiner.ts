/** Joins the fragments of handshake messages, and parts messages that share a record (RFC 8446 §5.1). */
import { concatBytes, EMPTY_BYTES, readU24 } from '../../base/bytes.ts';
import { MAX_HANDSHAKE_MESSAGE, MAX_HASH_LENGTH } from '../limits.ts';
import { MESSAGE_HEADER, type HandshakeMessage } from '../messages/message.ts';
import { HANDSHAKE, handshakeText } from '../parameters/handshake-type.ts';
import { refuse, type Refusal } from '../refusal.ts';
import { RULES } from '../rules.ts';

/** The most octets in the bodies of messages whose syntax bounds them. */
const LONGEST: ReadonlyMap<number, number> = new Map([
  [HANDSHAKE.HelloRequest, 0],
  [HANDSHAKE.EndOfEarlyData, 0],
  [HANDSHAKE.ServerHelloDone, 0],
  [HANDSHAKE.Finished, MAX_HASH_LENGTH],
  [HANDSHAKE.KeyUpdate, 1],
]);

export class MessageJoiner {
  #parts: Uint8Array[] = [];
  #length = 0;

  push(fragment: Uint8Array): void {
    this.#parts.push(fragment);
    this.#length += fragment.length;
  }

  /** Octets of a message that is not whole yet, or of messages not yet taken. */
  get pending(): number {
    return this.#length;
  }

  /** The next whole message. */
  next(): HandshakeMessage | Refusal | undefined {
    if (this.#length < MESSAGE_HEADER) return undefined;
    const header = this.#front(MESSAGE_HEADER);
    const type = header[0]!;
    const length = readU24(header, 1);
    const whole = MESSAGE_HEADER + length;
    if (whole > MAX_HANDSHAKE_MESSAGE) return tooLong(type, length);
    if (this.#length < whole) return isPossible(type, length) ? undefined : tooLong(type, length);
    const held = concatBytes([...this.#parts, EMPTY_BYTES]);
    const bytes = held.slice(0, whole);
    const rest = held.subarray(whole);
    this.#parts = rest.length === 0 ? [] : [rest];
    this.#length = rest.length;
    return { type, bytes, body: bytes.subarray(MESSAGE_HEADER) };
  }

  #front(length: number): Uint8Array {
    const first = this.#parts[0]!;
    if (first.length >= length) return first.subarray(0, length);
    this.#parts = [concatBytes(this.#parts)];
    return this.#parts[0]!.subarray(0, length);
  }
}

/** Whether to wait for the rest: a message that cannot be right is refused by its header. */
function isPossible(type: number, length: number): boolean {
  return length <= (LONGEST.get(type) ?? MAX_HANDSHAKE_MESSAGE);
}

/** RFC 8446 §6: a length out of its range is a decode_error. */
function tooLong(type: number, length: number): Refusal {
  const why = `a ${handshakeText(type)} of ${length} octets is longer than any we take`;
  return refuse('decode_error', RULES.messageLength, why);
}
