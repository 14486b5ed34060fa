/**
 * Randomness is always a named stream handed in from outside; the core owns no generator.
 * The simulation derives every stream from the run's seed.
 */
export interface RandomStream {
  /** A uniform unsigned 32-bit integer. */
  u32(): number;
  /** A uniform integer in 0 … n−1. `n` is 1 … 2^32. */
  below(n: number): number;
  /** `length` uniform octets. */
  bytes(length: number): Uint8Array;
}
