/** Collects octets in one growing block, so that a message of one-octet fragments costs no more. */
export class ByteCollector {
  #block = new Uint8Array(256);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(bytes: Uint8Array): void {
    const needed = this.#length + bytes.length;
    if (needed > this.#block.length) {
      const block = new Uint8Array(Math.max(this.#block.length * 2, needed));
      block.set(this.#block.subarray(0, this.#length));
      this.#block = block;
    }
    this.#block.set(bytes, this.#length);
    this.#length = needed;
  }

  /** All of it; the collector must not be used any more. */
  take(): Uint8Array {
    return this.#block.subarray(0, this.#length);
  }
}
