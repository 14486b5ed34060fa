/** A queue of bytes in a fixed block of memory: what is written first is read first. */
export class RingBuffer {
  readonly capacity: number;
  readonly #block: Uint8Array;
  #start = 0;
  #length = 0;

  /** @param capacity in bytes, at least 1. */
  constructor(capacity: number) {
    this.capacity = capacity;
    this.#block = new Uint8Array(capacity);
  }

  /** Bytes waiting to be read. */
  get length(): number {
    return this.#length;
  }

  /** Bytes that can still be written. */
  get free(): number {
    return this.capacity - this.#length;
  }

  /** Writes as much of `bytes` as fits. @returns how many were written */
  write(bytes: Uint8Array): number {
    const count = Math.min(bytes.length, this.free);
    const at = (this.#start + this.#length) % this.capacity;
    const first = Math.min(count, this.capacity - at);
    this.#block.set(bytes.subarray(0, first), at);
    this.#block.set(bytes.subarray(first, count), 0);
    this.#length += count;
    return count;
  }

  /** Takes out at most `max` bytes, as a new array. */
  read(max: number): Uint8Array {
    const bytes = this.peek(0, max);
    this.skip(bytes.length);
    return bytes;
  }

  /** A copy of at most `max` bytes starting `offset` bytes from the front, which stay in. */
  peek(offset: number, max: number): Uint8Array {
    const count = Math.max(0, Math.min(max, this.#length - offset));
    const bytes = new Uint8Array(count);
    const at = (this.#start + offset) % this.capacity;
    const first = Math.min(count, this.capacity - at);
    bytes.set(this.#block.subarray(at, at + first), 0);
    bytes.set(this.#block.subarray(0, count - first), first);
    return bytes;
  }

  /** Drops at most `count` bytes from the front. */
  skip(count: number): void {
    const dropped = Math.min(count, this.#length);
    this.#start = (this.#start + dropped) % this.capacity;
    this.#length -= dropped;
  }
}
