/** Writes bits from the lowest bit of each octet on (RFC 1951 §3.1.1). */
export class BitWriter {
  #bytes = new Uint8Array(1_024);
  #length = 0;
  #bits = 0;
  #count = 0;

  /** The low `n` bits of `value`, 0 =< n =< 16. */
  put(value: number, n: number): void {
    this.#bits |= value << this.#count;
    this.#count += n;
    while (this.#count >= 8) {
      this.#putOctet(this.#bits & 0xff);
      this.#bits >>>= 8;
      this.#count -= 8;
    }
  }

  /** Fills the present octet with zeros. */
  align(): void {
    if (this.#count > 0) this.put(0, 8 - this.#count);
  }

  /** Whole octets. Call `align` before. */
  octets(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** What was written; call `align` before. */
  take(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #putOctet(octet: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = octet;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const bytes = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
    bytes.set(this.#bytes);
    this.#bytes = bytes;
  }
}
