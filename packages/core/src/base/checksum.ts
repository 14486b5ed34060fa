/**
 * The Internet checksum, RFC 1071: the ones' complement of the ones' complement sum of 16-bit words.
 */

/**
 * Adds the words of `bytes[from, to)` to a running sum. An odd last octet is padded with a zero
 * octet that is never sent (RFC 9293 §3.1). Only the last part of a sum may be odd.
 * @param sum the running sum, below 2^53; start with 0.
 * @returns a sum that folds to the right checksum; for long runs not the arithmetic sum itself.
 */
export function sumWords(bytes: Uint8Array, from: number, to: number, sum: number): number {
  if (to - from >= LONG_RUN && ((bytes.byteOffset + from) & 1) === 0) {
    return sumAligned(bytes, from, to, sum);
  }
  let total = sum;
  let at = from;
  for (; at + 1 < to; at += 2) total += (bytes[at]! << 8) | bytes[at + 1]!;
  if (at < to) total += bytes[at]! << 8;
  return total;
}

/** From this many octets on, a view of 16-bit words costs less than it saves. */
const LONG_RUN = 128;

/** A view of 16-bit words reads up to this many without overflow of 32 bits. */
const MAX_WORDS = 0x10000;

const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** RFC 1071 §2 (B): the sum of byte-swapped words is the byte-swapped sum, so words are read as the machine has them. */
function sumAligned(bytes: Uint8Array, from: number, to: number, sum: number): number {
  let total = sum;
  const words = new Uint16Array(bytes.buffer, bytes.byteOffset + from, (to - from) >> 1);
  for (let start = 0; start < words.length; start += MAX_WORDS) {
    total += sumView(words, start, Math.min(words.length, start + MAX_WORDS));
  }
  return ((to - from) & 1) === 1 ? total + (bytes[to - 1]! << 8) : total;
}

function sumView(words: Uint16Array, start: number, end: number): number {
  let part = 0;
  let at = start;
  for (; at + 3 < end; at += 4) {
    part = (part + words[at]! + words[at + 1]! + words[at + 2]! + words[at + 3]!) | 0;
  }
  for (; at < end; at += 1) part = (part + words[at]!) | 0;
  const folded = fold(part >>> 0);
  return LITTLE_ENDIAN ? ((folded & 255) << 8) | (folded >> 8) : folded;
}

/** Folds a running sum to 16 bits and complements it: the value of the checksum field. */
export function finishChecksum(sum: number): number {
  return ~fold(sum) & 0xffff;
}

function fold(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded % 0x10000) + Math.floor(folded / 0x10000);
  return folded;
}

/** The checksum of one run of bytes. Over bytes that contain a right checksum it is 0. */
export function checksum(bytes: Uint8Array, from = 0, to = bytes.length): number {
  return finishChecksum(sumWords(bytes, from, to, 0));
}
