/**
 * The Internet checksum, RFC 1071: the ones' complement of the ones' complement sum of 16-bit words.
 */

/**
 * Adds the words of `bytes[from, to)` to a running sum. An odd last octet is padded with a zero
 * octet that is never sent (RFC 9293 §3.1). Only the last part of a sum may be odd.
 * @param sum the running sum, below 2^53; start with 0.
 */
export function sumWords(bytes: Uint8Array, from: number, to: number, sum: number): number {
  let total = sum;
  let at = from;
  for (; at + 1 < to; at += 2) total += (bytes[at]! << 8) | bytes[at + 1]!;
  if (at < to) total += bytes[at]! << 8;
  return total;
}

/** Folds a running sum to 16 bits and complements it: the value of the checksum field. */
export function finishChecksum(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded % 0x10000) + Math.floor(folded / 0x10000);
  return ~folded & 0xffff;
}

/** The checksum of one run of bytes. Over bytes that contain a right checksum it is 0. */
export function checksum(bytes: Uint8Array, from = 0, to = bytes.length): number {
  return finishChecksum(sumWords(bytes, from, to, 0));
}
