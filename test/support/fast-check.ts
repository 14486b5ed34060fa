/**
 * fast-check with one fixed seed, so that a failure repeats. `FUZZ_SEED=random` draws a new one and
 * `FUZZ_FACTOR=100` multiplies the number of runs of every property.
 */
import * as fc from 'fast-check';

const factor = Number(process.env['FUZZ_FACTOR'] ?? '1');
const seed = process.env['FUZZ_SEED'];

fc.configureGlobal({
  ...runs(200),
  ...(seed === 'random' ? {} : { seed: Number(seed ?? '1') }),
});

/** For properties whose runs are cheaper or dearer than most. */
export function runs(count: number): { readonly numRuns: number } {
  return { numRuns: count * factor };
}

export { fc };
