/**
 * Sequence number arithmetic, RFC 9293 §3.4: all numbers are modulo 2^32.
 *
 * A sequence number is an unsigned 32-bit integer in a plain `number`. Nothing outside this file
 * compares or adds two of them with `<` or `+`.
 */

/** A sequence or acknowledgment number, 0 … 2^32−1. */
export type Seq = number;

/** `a + n` modulo 2^32. `n` may be negative. */
export function seqAdd(a: Seq, n: number): Seq {
  return (a + n) >>> 0;
}

/** The signed distance from `b` to `a`, −2^31 … 2^31−1: how far `a` lies after `b`. */
export function seqDiff(a: Seq, b: Seq): number {
  return (a - b) | 0;
}

/** `a < b` modulo 2^32. */
export function seqLt(a: Seq, b: Seq): boolean {
  return ((a - b) | 0) < 0;
}

/** `a =< b` modulo 2^32. */
export function seqLeq(a: Seq, b: Seq): boolean {
  return ((a - b) | 0) <= 0;
}

/** `a > b` modulo 2^32. */
export function seqGt(a: Seq, b: Seq): boolean {
  return ((a - b) | 0) > 0;
}

/** `a >= b` modulo 2^32. */
export function seqGeq(a: Seq, b: Seq): boolean {
  return ((a - b) | 0) >= 0;
}

/** Whether `x` lies in the half-open window `[left, left + size)`. `size` is 0 … 2^31−1. */
export function seqInWindow(x: Seq, left: Seq, size: number): boolean {
  return (x - left) >>> 0 < size;
}

/** The later of two sequence numbers. */
export function seqMax(a: Seq, b: Seq): Seq {
  return ((a - b) | 0) >= 0 ? a : b;
}

/** The earlier of two sequence numbers. */
export function seqMin(a: Seq, b: Seq): Seq {
  return ((a - b) | 0) <= 0 ? a : b;
}
