/**
 * fast-check with one fixed seed, so that a failure repeats. `FUZZ_SEED=random` draws a new one and
 * `FUZZ_FACTOR=100` multiplies the number of runs: the long sweep of `pnpm fuzz`.
 */
import * as fc from 'fast-check';

const factor = Number(process.env['FUZZ_FACTOR'] ?? '1');
const seed = process.env['FUZZ_SEED'];

fc.configureGlobal({
  numRuns: 200 * factor,
  ...(seed === 'random' ? {} : { seed: Number(seed ?? '1') }),
});

export { fc };
