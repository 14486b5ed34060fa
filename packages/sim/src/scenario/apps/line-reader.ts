import { concatBytes, type ByteStream, type Process } from '@tcplab/core';

/** A longer line is cut into lines of this length. */
export const MAX_LINE = 65_536;

const LINE_FEED = 10;

/** Reads a stream line by line; TCP keeps no boundaries, so the program has to. */
export class LineReader {
  readonly #stream: ByteStream;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(stream: ByteStream) {
    this.#stream = stream;
  }

  /** The next line with its line feed; the last one may lack it; undefined at the end. */
  *next(): Process<Uint8Array | undefined> {
    for (;;) {
      const end = this.#rest.indexOf(LINE_FEED) + 1;
      if (end > 0 || this.#rest.length >= MAX_LINE) return this.#take(end > 0 ? end : MAX_LINE);
      const bytes = yield* this.#stream.receive();
      if (bytes.length === 0) {
        return this.#rest.length === 0 ? undefined : this.#take(this.#rest.length);
      }
      this.#rest = concatBytes([this.#rest, bytes]);
    }
  }

  #take(length: number): Uint8Array {
    const line = this.#rest.slice(0, length);
    this.#rest = this.#rest.slice(length);
    return line;
  }
}
