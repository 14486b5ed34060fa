/**
 * compare: the variations of a scenario side by side: what each costs, what it saves against the
 * first, and the round trips it waits for as arithmetic, held against the clock of the run.
 *
 * Start reading at `compare-scenario.ts`, then `waits.ts`. Pure: runs go in, tables and pictures come
 * out. Deliberately absent: statistics over seeds; one seed is one run.
 */
export * from './compare-scenario.ts';
export { arithmeticOf, type Arithmetic } from './arithmetic.ts';
export { comparisonJson } from './comparison-json.ts';
export { comparisonSvg } from './comparison-svg.ts';
export { comparisonText } from './comparison-text.ts';
export type { RunFigures } from './run-figures.ts';
export type { TableStep } from './table-history.ts';
export type { Wait, WaitKind } from './waits.ts';
