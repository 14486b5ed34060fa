/** Writes TLS's presentation language (RFC 8446 §3). */
import { invariant } from '../../base/errors.ts';

/** One more than the greatest length that one, two or three octets can tell. */
const VECTOR_BOUNDS = [1, 0x100, 0x10000, 0x1000000];

export class Writer {
  #bytes = new Uint8Array(64);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  u8(value: number): this {
    return this.#number(value, 1);
  }

  u16(value: number): this {
    return this.#number(value, 2);
  }

  u24(value: number): this {
    return this.#number(value, 3);
  }

  u32(value: number): this {
    return this.#number(value, 4);
  }

  bytes(octets: Uint8Array): this {
    this.#reserve(octets.length);
    this.#bytes.set(octets, this.#length);
    this.#length += octets.length;
    return this;
  }

  /** A vector whose length takes `size` octets; `fill` writes its contents. */
  vector(size: 1 | 2 | 3, fill: ((writer: this) => void) | Uint8Array): this {
    const at = this.#length;
    this.#number(0, size);
    if (typeof fill === 'function') fill(this);
    else this.bytes(fill);
    let length = this.#length - at - size;
    invariant(
      length < VECTOR_BOUNDS[size]!,
      `a vector of ${length} bytes has a length of ${size} octets`,
    );
    for (let i = size - 1; i >= 0; i -= 1) {
      this.#bytes[at + i] = length;
      length = Math.floor(length / 256);
    }
    return this;
  }

  /** 16-bit numbers as a vector with a length of two octets. */
  list16(numbers: readonly number[]): this {
    return this.vector(2, (writer) => {
      for (const number of numbers) writer.u16(number);
    });
  }

  /** A copy of what was written. */
  toBytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #number(value: number, size: number): this {
    this.#reserve(size);
    let rest = value;
    for (let i = size - 1; i >= 0; i -= 1) {
      this.#bytes[this.#length + i] = rest;
      rest = Math.floor(rest / 256);
    }
    this.#length += size;
    return this;
  }

  #reserve(more: number): void {
    const need = this.#length + more;
    if (need <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(need, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
