import type { RandomStream } from '@tcplab/core';

/** A small generator for tests (xorshift32): the same seed gives the same octets. */
export function testRandom(seed = 1): RandomStream {
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  const u32 = (): number => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
  return {
    u32,
    below: (n) => u32() % n,
    bytes: (length) => Uint8Array.from({ length }, () => u32() >>> 24),
  };
}

/** Hands out exactly these octets, in this order, and then those of `testRandom`. */
export function scriptedRandom(...parts: readonly Uint8Array[]): RandomStream {
  const queue = [...parts];
  const rest = testRandom(99);
  return {
    u32: () => rest.u32(),
    below: (n) => rest.below(n),
    bytes: (length) => {
      if (queue[0]?.length !== length) return rest.bytes(length);
      return queue.shift()!;
    },
  };
}
