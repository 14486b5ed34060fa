import type { ByteStream, StreamEnd } from './byte-stream.ts';
import type { ConnectionError } from './errors.ts';
import type { Payload } from './payload.ts';
import { PolledStream } from './polled-stream.ts';
import type { Process, Signal } from './process.ts';

/**
 * A stream from which octets were read already that belong to whoever reads next: after a switch of
 * protocols the first octets of the new one may have come together with the last of the old.
 */
export function prefixedStream(prefix: Uint8Array, stream: ByteStream): ByteStream {
  return prefix.length === 0 ? stream : new PrefixedStream(prefix, stream);
}

class PrefixedStream extends PolledStream {
  readonly #stream: ByteStream;
  #prefix: Uint8Array;

  constructor(prefix: Uint8Array, stream: ByteStream) {
    super();
    this.#prefix = prefix;
    this.#stream = stream;
  }

  get label(): string {
    return this.#stream.label;
  }

  get local(): StreamEnd | undefined {
    return this.#stream.local;
  }

  get remote(): StreamEnd | undefined {
    return this.#stream.remote;
  }

  get readable(): Signal {
    return this.#stream.readable;
  }

  get writable(): Signal {
    return this.#stream.writable;
  }

  get failure(): ConnectionError | undefined {
    return this.#stream.failure;
  }

  get ended(): boolean {
    return this.#prefix.length === 0 && this.#stream.ended;
  }

  trySend(data: Payload): number {
    return this.#stream.trySend(data);
  }

  tryReceive(max = 65_536): Uint8Array | undefined {
    if (this.#prefix.length === 0) return this.#stream.tryReceive(max);
    const taken = this.#prefix.subarray(0, max);
    this.#prefix = this.#prefix.subarray(taken.length);
    return taken;
  }

  shutdown(): void {
    this.#stream.shutdown();
  }

  close(): void {
    this.#stream.close();
  }

  abort(): void {
    this.#stream.abort();
  }

  closed(): Process {
    return this.#stream.closed();
  }
}
