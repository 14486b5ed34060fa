/** Runs a scenario and judges what it expects, while the records go by. */
import { us } from '@tcplab/core';
import { CostMeter, type RunCosts } from '../costs/index.ts';
import type { SimHost } from '../host/index.ts';
import type { RunEnd } from '../simulation-options.ts';
import type { Simulation } from '../simulation.ts';
import {
  TraceMemory,
  type TraceFooter,
  type TraceHeader,
  type TraceRecord,
  type TraceSink,
} from '../trace/index.ts';
import { buildScenario } from './build/index.ts';
import { judgeOf, type Judge } from './expression/index.ts';
import type { LoadedScenario } from './load.ts';

export interface RunOptions {
  /** @default the scenario's own */
  readonly seed?: number;
  /** Stop before the first event after this moment, in microseconds. @default the scenario's own */
  readonly until?: number;
  /** @default the scenario's own, else DEFAULT_MAX_EVENTS */
  readonly maxEvents?: number;
  readonly onRecord?: (record: TraceRecord) => void;
  readonly sinks?: readonly TraceSink[];
  readonly checkInvariants?: boolean;
  /** Called every so many events with the simulation, e.g. for progress. */
  readonly onProgress?: (simulation: Simulation) => void;
}

/** A run of more events is stopped: what a person wants to look at has far fewer. */
export const DEFAULT_MAX_EVENTS = 20_000_000;

/** How many events lie between two calls of `onProgress`. */
const PROGRESS_EVENTS = 2_000;

/** What became of one claim of `expect`. */
export interface Verdict {
  readonly claim: string;
  readonly because?: string;
  readonly passed: boolean;
  /** What was found, in sentences. */
  readonly found: readonly string[];
}

export interface RunResult {
  readonly name: string;
  readonly header: TraceHeader;
  readonly footer: TraceFooter;
  readonly seed: number;
  readonly end: RunEnd;
  readonly costs: RunCosts;
  readonly verdicts: readonly Verdict[];
  /** Whether every claim passed. */
  readonly passed: boolean;
  /** What is worth knowing: faults that hit nothing, programs that ended with an error. */
  readonly warnings: readonly string[];
  readonly steps: number;
}

/** Runs the scenario from its beginning to its end. */
export function runScenario(loaded: LoadedScenario, options: RunOptions = {}): RunResult {
  const { scenario } = loaded;
  const watcher = new Watcher(loaded, options.onRecord);
  const { simulation, faults } = buildScenario(loaded, {
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    checkInvariants: options.checkInvariants ?? false,
    sinks: [watcher, ...(options.sinks ?? [])],
  });
  watcher.hosts = new Map(simulation.hosts.map((host) => [host.name, host]));
  const end = runInPieces(simulation, options, {
    until: options.until ?? scenario.until,
    maxEvents: options.maxEvents ?? scenario.maxEvents ?? DEFAULT_MAX_EVENTS,
  });
  const footer = simulation.finish(end);
  const costs = watcher.meter.costs(simulation.now);
  const verdicts = watcher.verdicts(simulation.now, costs);
  return {
    name: scenario.name,
    header: watcher.header!,
    footer,
    seed: simulation.seed,
    end,
    costs,
    verdicts,
    passed: verdicts.every((verdict) => verdict.passed),
    warnings: [
      ...faults
        .filter((fault) => fault.hits === 0)
        .map((fault) => `the fault ${fault.name} hit nothing`),
      ...simulation.failures.map(
        ({ host, program, error }) => `${program} on ${host} ended: ${(error as Error).message}`,
      ),
    ],
    steps: simulation.steps,
  };
}

/** Takes records as they come: judges, adds up costs, and tells whoever asked. */
class Watcher implements TraceSink {
  header: TraceHeader | undefined;
  readonly meter = new CostMeter();
  /** Whose memory is watched; set when the hosts exist. */
  hosts: ReadonlyMap<string, SimHost> = new Map();
  readonly #loaded: LoadedScenario;
  readonly #onRecord: ((record: TraceRecord) => void) | undefined;
  #judges: readonly Judge[] = [];

  constructor(loaded: LoadedScenario, onRecord: ((record: TraceRecord) => void) | undefined) {
    this.#loaded = loaded;
    this.#onRecord = onRecord;
  }

  begin(header: TraceHeader): void {
    this.header = header;
    const hosts = new Map(header.hosts.map(({ name, address }) => [address, name]));
    this.#judges = this.#loaded.scenario.expect.map(({ that }) => judgeOf(that.parsed, hosts));
  }

  record(record: TraceRecord): void {
    this.meter.take(record);
    const host = 'host' in record ? this.hosts.get(record.host) : undefined;
    if (host !== undefined) {
      this.meter.hold(host.name, host.stack.table.heldBytes, record.timeUs);
    }
    for (const judge of this.#judges) judge.take(record);
    this.#onRecord?.(record);
  }

  verdicts(endUs: number, costs: RunCosts): readonly Verdict[] {
    return this.#judges.map((judge, index) => {
      const claim = this.#loaded.scenario.expect[index]!;
      const because = 'because' in claim ? claim.because : undefined;
      const finding = judge.finish({ endUs, costs });
      return { claim: claim.that.text, ...(because === undefined ? {} : { because }), ...finding };
    });
  }
}

function runInPieces(
  simulation: Simulation,
  options: RunOptions,
  limits: { readonly until: number | undefined; readonly maxEvents: number },
): RunEnd {
  const until = limits.until === undefined ? {} : { until: us(limits.until) };
  let left = limits.maxEvents;
  for (;;) {
    const piece = Math.min(left, PROGRESS_EVENTS);
    const before = simulation.steps;
    const end = simulation.run({ ...until, maxEvents: piece });
    left -= simulation.steps - before;
    if (end !== 'max-events' || left <= 0) return end;
    options.onProgress?.(simulation);
  }
}

/** A run with all of its records in memory: for drawings and small traces. */
export function recordScenario(
  loaded: LoadedScenario,
  options: RunOptions = {},
): { readonly result: RunResult; readonly trace: TraceMemory } {
  const trace = new TraceMemory();
  const result = runScenario(loaded, { ...options, sinks: [...(options.sinks ?? []), trace] });
  return { result, trace };
}
