/** The checksums that gzip (RFC 1952 §8) and zlib (RFC 1950 §9) put behind their content. */

export interface RunningCheck {
  add(bytes: Uint8Array): void;
  /** Unsigned 32 bits. */
  readonly value: number;
}

const CRC_TABLE: readonly number[] = Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit += 1) c = (c & 1) === 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c;
});

/** CRC-32 as gzip uses it. */
export class Crc32 implements RunningCheck {
  #crc = ~0;

  add(bytes: Uint8Array): void {
    let crc = this.#crc;
    for (const octet of bytes) crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ octet) & 255]!;
    this.#crc = crc;
  }

  get value(): number {
    return ~this.#crc >>> 0;
  }
}

/** Adler-32 as zlib uses it. */
export class Adler32 implements RunningCheck {
  #low = 1;
  #high = 0;

  add(bytes: Uint8Array): void {
    for (const octet of bytes) {
      this.#low = (this.#low + octet) % 65_521;
      this.#high = (this.#high + this.#low) % 65_521;
    }
  }

  get value(): number {
    return (this.#high * 65_536 + this.#low) >>> 0;
  }
}
