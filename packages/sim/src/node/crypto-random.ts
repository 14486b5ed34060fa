import { randomBytes, randomInt } from 'node:crypto';
import type { RandomStream } from '@tcplab/core';

/** Unpredictable numbers of the operating system: for keys and session ids that must be secret. */
export const CRYPTO_RANDOM: RandomStream = {
  u32: () => randomBytes(4).readUInt32BE(),
  below: (n) => (n <= 1 ? 0 : randomInt(n)),
  bytes: (length) => new Uint8Array(randomBytes(length)),
};
