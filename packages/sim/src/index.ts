/**
 * @tcplab/sim: the deterministic world in which the protocols of @tcplab/core live.
 *
 * Start reading at `simulation.ts`, then `network/link-direction.ts` and `host/sim-host.ts`.
 */
export * from './costs/index.ts';
export * from './drawing/index.ts';
export * from './engine/index.ts';
export * from './export/index.ts';
export * from './faults.ts';
export * from './host/index.ts';
export * from './nat/index.ts';
export * from './network/index.ts';
export * from './process/index.ts';
export * from './random/index.ts';
export {
  formatProblem,
  loadScenario,
  runScenario,
  schemaOfScenario,
  variationsOf,
  type LoadedScenario,
  type Problem,
  type RunOptions,
  type RunResult,
  type Scenario,
  type Variation,
  type Verdict,
} from './scenario/index.ts';
export * from './simulation.ts';
export * from './simulation-options.ts';
export * from './trace/index.ts';
export * from './version.ts';
