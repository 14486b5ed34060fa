import type { Comparison } from './compare-scenario.ts';

/** A comparison as data; numbers in microseconds and bytes. */
export function comparisonJson({ name, seed, rttUs, rows }: Comparison): object {
  return {
    name,
    seed,
    ...(rttUs === undefined ? {} : { rttUs }),
    variations: rows.map(({ label, result, own, figures, arithmetic }) => {
      const { waits: _waits, ...numbers } = figures;
      return {
        name: label,
        passed: result.passed,
        claims: own,
        ...numbers,
        ...(arithmetic === undefined ? {} : { arithmetic }),
      };
    }),
  };
}
