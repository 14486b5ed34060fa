/**
 * schema: the scenario file as zod schemas, a file per section. They check, convert quantities to
 * whole numbers, and give the JSON Schema that editors use.
 *
 * Start reading at `scenario.ts`. Deliberately absent: what no schema can see (names that must exist,
 * ports used twice): that is `../cross-checks.ts`.
 */
export { schemaOfScenario, scenarioSchema, type Scenario } from './scenario.ts';
export { MAX_UNKNOWN_KEYS, MESSAGE_SEPARATOR } from './closed.ts';
export type { ExpressionPlace } from './words.ts';
export type { AppUse } from './apps.ts';
export type { Fault, InjectedSegment } from './faults.ts';
export { PRESET_NAMES, type DirectionSettings, type LinkSettings } from './links.ts';
export type { Match } from './matching.ts';
export type { Action } from './script.ts';
export { CLAIM_WORDS } from './reserved-words.ts';
