import type { ByteStream, StreamEnd } from './byte-stream.ts';
import { concatBytes, EMPTY_BYTES } from './bytes.ts';
import type { ConnectionError } from './errors.ts';
import { bytesPayload, type Payload } from './payload.ts';
import { waitFor, type Process, type Signal } from './process.ts';
import { utf8Bytes } from './utf8.ts';

/** The waiting half of a byte stream, made from the half that never waits. */
export abstract class PolledStream implements ByteStream {
  abstract readonly label: string;
  abstract readonly local: StreamEnd | undefined;
  abstract readonly remote: StreamEnd | undefined;
  abstract readonly readable: Signal;
  abstract readonly writable: Signal;
  abstract readonly failure: ConnectionError | undefined;
  abstract readonly ended: boolean;

  abstract trySend(data: Payload): number;
  abstract tryReceive(max?: number): Uint8Array | undefined;
  abstract shutdown(): void;
  abstract close(): void;
  abstract abort(): void;
  abstract closed(): Process;

  *sendAll(data: Payload | Uint8Array | string): Process {
    let rest = payloadOf(data);
    while (rest.length > 0) {
      if (this.failure !== undefined) throw this.failure;
      const count = this.trySend(rest);
      rest = rest.slice(count, rest.length);
      if (count === 0) yield* waitFor([this.writable]);
    }
  }

  /** What arrived before a failure is still given out. */
  *receive(max?: number): Process<Uint8Array> {
    for (;;) {
      const bytes = this.tryReceive(max);
      if (bytes !== undefined) return bytes;
      if (this.failure !== undefined) throw this.failure;
      yield* waitFor([this.readable]);
    }
  }

  *receiveExactly(length: number): Process<Uint8Array> {
    const parts: Uint8Array[] = [EMPTY_BYTES];
    for (let missing = length; missing > 0;) {
      const part = yield* this.receive(missing);
      if (part.length === 0) break;
      parts.push(part);
      missing -= part.length;
    }
    return concatBytes(parts);
  }
}

function payloadOf(data: Payload | Uint8Array | string): Payload {
  if (typeof data === 'string') return bytesPayload(utf8Bytes(data));
  return data instanceof Uint8Array ? bytesPayload(data) : data;
}
