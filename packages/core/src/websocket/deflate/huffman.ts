/** Huffman codes as DEFLATE stores them: by the length of each symbol's code (RFC 1951 §3.2.2). */

export const MAX_CODE_LENGTH = 15;

/** A code ready for decoding, canonical: per length, how many codes and which symbols. */
export interface HuffmanCode {
  /** How many symbols have a code of each length 0 … 15. */
  readonly counts: Uint16Array;
  /** Symbols in the order of their codes. */
  readonly symbols: Uint16Array;
}

/**
 * @returns undefined for lengths that are no prefix code: more codes than there is room for, or
 *   fewer, except that a lone code may leave room (RFC 1951 §3.2.7 allows one distance code).
 */
export function huffmanCode(lengths: Uint8Array): HuffmanCode | undefined {
  const counts = new Uint16Array(MAX_CODE_LENGTH + 1);
  for (const length of lengths) counts[length]! += 1;
  const used = lengths.length - counts[0]!;
  counts[0] = 0;
  let room = 1;
  for (let length = 1; length <= MAX_CODE_LENGTH; length += 1) {
    room = room * 2 - counts[length]!;
    if (room < 0) return undefined;
  }
  if (room > 0 && used > 1) return undefined;
  const offsets = new Uint16Array(MAX_CODE_LENGTH + 2);
  for (let length = 1; length <= MAX_CODE_LENGTH; length += 1) {
    offsets[length + 1] = offsets[length]! + counts[length]!;
  }
  const symbols = new Uint16Array(used);
  lengths.forEach((length, symbol) => {
    if (length > 0) symbols[offsets[length]!++] = symbol;
  });
  return { counts, symbols };
}

/** The codes themselves, bit-reversed, since DEFLATE packs Huffman codes from the top bit on. */
export function reversedCodes(lengths: Uint8Array): Uint16Array {
  const counts = new Uint16Array(MAX_CODE_LENGTH + 1);
  for (const length of lengths) if (length > 0) counts[length]! += 1;
  const next = new Uint16Array(MAX_CODE_LENGTH + 2);
  for (let length = 1; length <= MAX_CODE_LENGTH; length += 1) {
    next[length + 1] = (next[length]! + counts[length]!) << 1;
  }
  const codes = new Uint16Array(lengths.length);
  lengths.forEach((length, symbol) => {
    if (length > 0) codes[symbol] = reverse(next[length]!++, length);
  });
  return codes;
}

function reverse(code: number, length: number): number {
  let reversed = 0;
  for (let i = 0; i < length; i += 1) reversed |= ((code >> i) & 1) << (length - 1 - i);
  return reversed;
}
