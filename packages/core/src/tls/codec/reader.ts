/**
 * Reads TLS's presentation language (RFC 8446 §3) from octets. A failure sticks: after a read past
 * the end or a length outside its bounds, `failed` stays true, numbers are 0 and vectors are empty,
 * so that a parser reads straight on and asks once.
 */
import { EMPTY_BYTES } from '../../base/bytes.ts';

export class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #failed = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Whether something that was asked for was not there. */
  get failed(): boolean {
    return this.#failed;
  }

  /** Octets not yet read. */
  get remaining(): number {
    return this.#failed ? 0 : this.#bytes.length - this.#at;
  }

  /** Where the next octet is read, counted from the start. */
  get position(): number {
    return this.#at;
  }

  /** True when nothing failed and nothing is left over. */
  get finished(): boolean {
    return !this.#failed && this.#at === this.#bytes.length;
  }

  /** Declares what was read malformed. */
  fail(): void {
    this.#failed = true;
  }

  u8(): number {
    return this.#number(1);
  }

  u16(): number {
    return this.#number(2);
  }

  u24(): number {
    return this.#number(3);
  }

  u32(): number {
    return this.#number(4);
  }

  /** The next `length` octets, not copied. */
  take(length: number): Uint8Array {
    if (this.remaining < length) {
      this.#failed = true;
      return EMPTY_BYTES;
    }
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  /** Everything that is left. */
  rest(): Uint8Array {
    return this.take(this.remaining);
  }

  /** A vector with a length of one octet, of `min` to `max` octets. */
  vector8(min = 0, max = 0xff): Uint8Array {
    return this.#vector(this.u8(), min, max);
  }

  /** A vector with a length of two octets. */
  vector16(min = 0, max = 0xffff): Uint8Array {
    return this.#vector(this.u16(), min, max);
  }

  /** A vector with a length of three octets. */
  vector24(min = 0, max = 0xffffff): Uint8Array {
    return this.#vector(this.u24(), min, max);
  }

  /** A vector of 16-bit numbers with a length of two octets, at least one number. */
  list16(): number[] {
    const items = new Reader(this.vector16(2));
    const numbers: number[] = [];
    while (items.remaining > 0) numbers.push(items.u16());
    if (items.failed) this.#failed = true;
    return numbers;
  }

  #vector(length: number, min: number, max: number): Uint8Array {
    if (length < min || length > max) this.#failed = true;
    return this.take(length);
  }

  #number(size: number): number {
    const octets = this.take(size);
    let value = 0;
    for (const octet of octets) value = value * 256 + octet;
    return value;
  }
}
