import { MAX_CODE_LENGTH, reversedCodes, type HuffmanCode } from './huffman.ts';

const FAST_BITS = 9;

/** A Huffman code with a table for codes of at most nine bits, which nearly all symbols have. */
export interface DecodingTable {
  readonly code: HuffmanCode;
  /** By the next nine bits: symbol × 16 + length of its code; 0 where the code is longer. */
  readonly fast: Uint16Array;
}

export function decodingTable(code: HuffmanCode, lengths: Uint8Array): DecodingTable {
  const fast = new Uint16Array(1 << FAST_BITS);
  const codes = reversedCodes(lengths);
  lengths.forEach((length, symbol) => {
    if (length === 0 || length > FAST_BITS) return;
    for (let at = codes[symbol]!; at < fast.length; at += 1 << length) {
      fast[at] = (symbol << 4) | length;
    }
  });
  return { code, fast };
}

/** Reads bits as RFC 1951 §3.1.1 packs them: from the lowest bit of each octet on. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #bits = 0;
  #count = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Bits that are left; negative after more was read than there is (zeros are read then). */
  get left(): number {
    return (this.#bytes.length - this.#at) * 8 + this.#count;
  }

  /** The next `n` bits as a number, 0 =< n =< 16. */
  take(n: number): number {
    this.#need(n);
    const value = this.#bits & ((1 << n) - 1);
    this.#drop(n);
    return value;
  }

  /** The next symbol, or −1 where no code fits. */
  symbol(table: DecodingTable): number {
    this.#need(MAX_CODE_LENGTH);
    const entry = table.fast[this.#bits & ((1 << FAST_BITS) - 1)]!;
    if (entry !== 0) {
      this.#drop(entry & 15);
      return entry >> 4;
    }
    return this.#longSymbol(table.code);
  }

  /** Skips to the next whole octet. */
  align(): void {
    this.#drop(this.#count & 7);
  }

  /** `length` whole octets; fewer where they are not there. Call `align` before. */
  octets(length: number): Uint8Array {
    const from = this.#at - (this.#count >> 3);
    const octets = this.#bytes.subarray(from, from + length);
    this.#at = from + length;
    this.#bits = 0;
    this.#count = 0;
    return octets;
  }

  /** Bit by bit: codes of one length are consecutive numbers (RFC 1951 §3.2.2). */
  #longSymbol({ counts, symbols }: HuffmanCode): number {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= MAX_CODE_LENGTH; length += 1) {
      code |= (this.#bits >> (length - 1)) & 1;
      const count = counts[length]!;
      if (code - first < count) {
        this.#drop(length);
        return symbols[index + code - first]!;
      }
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    return -1;
  }

  #need(n: number): void {
    while (this.#count < n) {
      this.#bits |= (this.#bytes[this.#at] ?? 0) << this.#count;
      this.#at += 1;
      this.#count += 8;
    }
  }

  #drop(n: number): void {
    this.#bits >>>= n;
    this.#count -= n;
  }
}
