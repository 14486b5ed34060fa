/**
 * scenario: the scenario language. A file in YAML or JSON becomes a checked scenario (`load.ts`), the
 * scenario becomes a simulation, and a run becomes verdicts on what the file expects.
 *
 * Start reading at `schema/scenario.ts` (what a file may say), then `load.ts` and `expression/index.ts`.
 * Deliberately absent: code in scenario files. What a file cannot say, a program over the library can.
 */
export * from './apps/index.ts';
export {
  buildScenario,
  type BuildOptions,
  type BuiltFault,
  type BuiltScenario,
} from './build/index.ts';
export {
  allFields,
  allNouns,
  ExpressionError,
  judgeOf,
  meets,
  parseClaim,
  parseCondition,
  recordLine as recordInWords,
  TRACE_KINDS,
  type Claim,
  type Condition,
  type Finding,
  type HostNames,
  type Judge,
} from './expression/index.ts';
export * from './load.ts';
export * from './run.ts';
export * from './variations.ts';
export { formatProblem, type Problem } from './problem.ts';
export {
  CLAIM_WORDS,
  PRESET_NAMES,
  schemaOfScenario,
  scenarioSchema,
  type Action,
  type AppUse,
  type DirectionSettings,
  type Fault,
  type InjectedSegment,
  type LinkSettings as ScenarioLink,
  type Match,
  type Scenario,
} from './schema/index.ts';
export { MAX_SCENARIO_BYTES } from './source-text.ts';
export { didYouMean, nearestWord } from './suggest.ts';
export * from './units.ts';
