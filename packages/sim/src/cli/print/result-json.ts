import type { RunResult } from '../../scenario/index.ts';
import { costsJson } from './cost-table.ts';

/** A run's outcome as `--json` prints it. */
export function resultJson(result: RunResult, label: string): object {
  return {
    name: result.name,
    ...(label === '' ? {} : { variation: label }),
    seed: result.seed,
    end: result.end,
    endUs: result.footer.endUs,
    events: result.steps,
    records: result.footer.records,
    hash: result.footer.hash,
    passed: result.passed,
    expectations: result.verdicts,
    costs: costsJson(result.costs),
    warnings: result.warnings,
  };
}
