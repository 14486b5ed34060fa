/**
 * Checks UTF-8 octet by octet, across any cuts: text must fail at the first octet that no valid
 * sequence can have there (RFC 6455 §8.1, RFC 3629 §4).
 */
export class Utf8Checker {
  /** Continuation octets still missing. */
  #missing = 0;
  /** Bounds of the next continuation octet; only the second octet has narrower ones. */
  #low = 0x80;
  #high = 0xbf;

  /** Whether a character may end here. */
  get complete(): boolean {
    return this.#missing === 0;
  }

  /** @returns false when the text can no longer become valid. Then the checker is of no more use. */
  accept(bytes: Uint8Array): boolean {
    for (let i = 0; i < bytes.length; i += 1) {
      const octet = bytes[i]!;
      if (this.#missing === 0) {
        if (octet < 0x80) continue;
        if (!this.#lead(octet)) return false;
      } else {
        if (octet < this.#low || octet > this.#high) return false;
        this.#missing -= 1;
        this.#low = 0x80;
        this.#high = 0xbf;
      }
    }
    return true;
  }

  /** RFC 3629 §4: overlong forms, surrogates and what lies above U+10FFFF fall at the second octet. */
  #lead(octet: number): boolean {
    if (octet >= 0xc2 && octet <= 0xdf) this.#missing = 1;
    else if (octet >= 0xe0 && octet <= 0xef) this.#missing = 2;
    else if (octet >= 0xf0 && octet <= 0xf4) this.#missing = 3;
    else return false;
    if (octet === 0xe0) this.#low = 0xa0;
    if (octet === 0xed) this.#high = 0x9f;
    if (octet === 0xf0) this.#low = 0x90;
    if (octet === 0xf4) this.#high = 0x8f;
    return true;
  }
}
