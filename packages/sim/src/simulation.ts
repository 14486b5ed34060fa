import {
  CallError,
  ConnectionError,
  InvariantViolation,
  NEVER,
  TimeoutError,
  after,
  dottedAddress,
  parseAddress,
  us,
  type Micros,
  type TcpConfig,
} from '@tcplab/core';
import { EventQueue } from './engine/index.ts';
import { Faults } from './faults.ts';
import { SimHost, type HostWorld } from './host/index.ts';
import {
  Link,
  LinkDirection,
  PacketFactory,
  type DirectionOptions,
  type Impairment,
} from './network/index.ts';
import type { ProcessTask } from './process/index.ts';
import { RandomStreams, type SimRandom } from './random/index.ts';
import {
  HostRecorder,
  TraceDigest,
  TraceRecorder,
  type TraceFooter,
  type TraceHeader,
  type TraceRecord,
  type TraceSink,
} from './trace/index.ts';
import { ENGINE_VERSION } from './version.ts';

export interface SimulationOptions {
  /** Everything random of the run comes from it. @default 1 */
  readonly seed?: number;
  /** For people. @default 'simulation' */
  readonly name?: string;
  /** Who listens to the run. Without anybody nothing is recorded, and it runs several times faster. */
  readonly sinks?: readonly TraceSink[];
  /** Check the invariants of every connection after every event. @default false */
  readonly checkInvariants?: boolean;
  /** The scenario's text and its hash, for the trace's header. */
  readonly scenario?: { readonly text: string; readonly hash: string };
}

export interface HostSettings {
  /** Dotted. @default 10.0.0.1, 10.0.0.2 … in order of creation */
  readonly address?: string;
  readonly tcp?: Partial<TcpConfig>;
}

/** Both directions of a link; `forward` and `backward` override what is given for both. */
export interface LinkSettings extends DirectionOptions {
  readonly forward?: Partial<DirectionOptions>;
  readonly backward?: Partial<DirectionOptions>;
  /** Makes the impairments of one direction, each with a stream of its own. */
  readonly impair?: (
    streams: (purpose: string) => SimRandom,
    link: LinkDirection,
  ) => readonly Impairment[];
}

export interface RunLimits {
  /** Stop before the first event after this moment. @default NEVER */
  readonly until?: Micros;
  /** Stop after so many events of this call. @default MAX_EVENTS */
  readonly maxEvents?: number;
}

/** Why `run` came back. */
export type RunEnd = 'idle' | 'until' | 'max-events' | 'condition';

/** Events one call of `run` processes at most, unless it is told otherwise. */
export const MAX_EVENTS = 100_000_000;

/** A deterministic world: hosts, links, programs and one virtual clock. */
export class Simulation {
  readonly seed: number;
  readonly name: string;
  readonly faults: Faults;
  /** Programs that ended with an error nobody waited for. */
  readonly failures: {
    readonly host: string;
    readonly program: string;
    readonly error: unknown;
  }[] = [];
  readonly #options: SimulationOptions;
  readonly #queue = new EventQueue();
  readonly #packets = new PacketFactory();
  readonly #streams: RandomStreams;
  readonly #hosts = new Map<string, SimHost>();
  readonly #links: Link[] = [];
  readonly #digest = new TraceDigest();
  readonly #recorder: TraceRecorder | undefined;
  #begun = false;
  #footer: TraceFooter | undefined;

  constructor(options: SimulationOptions = {}) {
    this.#options = options;
    this.seed = options.seed ?? 1;
    this.name = options.name ?? 'simulation';
    this.#streams = new RandomStreams(this.seed);
    this.faults = new Faults(() => this.directions);
    if ((options.sinks ?? []).length > 0) {
      this.#recorder = new TraceRecorder(
        () => this.#queue.now,
        (record) => this.#record(record),
      );
    }
  }

  /** The current moment. */
  get now(): Micros {
    return this.#queue.now;
  }

  /** Events processed so far. */
  get steps(): number {
    return this.#queue.steps;
  }

  get hosts(): readonly SimHost[] {
    return [...this.#hosts.values()];
  }

  get links(): readonly Link[] {
    return this.#links;
  }

  /** All directions of all links, in order of creation. */
  get directions(): readonly LinkDirection[] {
    return this.#links.flatMap((link) => link.directions);
  }

  /** The host of this name; made on first use. @throws CallError when its settings come too late or are wrong */
  host(name: string, settings?: HostSettings): SimHost {
    const known = this.#hosts.get(name);
    if (known !== undefined) {
      if (settings !== undefined) throw new CallError('host already exists', name);
      return known;
    }
    const dotted = settings?.address ?? `10.0.0.${this.#hosts.size + 1}`;
    const address = parseAddress(dotted);
    if (address === undefined) throw new CallError('illegal address', dotted);
    if (this.hosts.some((other) => other.address === address)) {
      throw new CallError('address in use', dotted);
    }
    const host = new SimHost(this.#worldOf(name), { name, address, tcp: settings?.tcp ?? {} });
    this.#hosts.set(name, host);
    const loop = this.#direction(host, host, { delay: { kind: 'fixed', delay: us(0) } });
    host.addRoute(address, loop);
    return host;
  }

  /** A wire between two hosts. @throws CallError when they have one already, or are one */
  link(a: SimHost, b: SimHost, settings: LinkSettings): Link {
    if (a === b) throw new CallError('illegal link', `${a.name} cannot be linked to itself`);
    const { forward, backward, impair, ...both } = settings;
    const link = new Link(
      this.#direction(a, b, { ...both, ...forward }),
      this.#direction(b, a, { ...both, ...backward }),
    );
    if (
      this.#links.some((other) => other.name === link.name || other.name === `${b.name}↔${a.name}`)
    ) {
      throw new CallError('link already exists', link.name);
    }
    for (const direction of link.directions) {
      const streams = (purpose: string): SimRandom =>
        this.#streams.stream(`link ${direction.name} ${purpose}`);
      direction.impairments.push(...(impair?.(streams, direction) ?? []));
    }
    this.#links.push(link);
    a.addRoute(b.address, link.forward);
    b.addRoute(a.address, link.backward);
    return link;
  }

  /** The wire between two hosts. @throws CallError when there is none */
  linkBetween(a: string, b: string): Link {
    const link = this.#links.find((one) => one.name === `${a}↔${b}` || one.name === `${b}↔${a}`);
    if (link === undefined) throw new CallError('no such link', `${a}↔${b}`);
    return link;
  }

  /** The random stream of this name. */
  random(name: string): SimRandom {
    return this.#streams.stream(name);
  }

  /** Calls `action` at `at`, recorded as the script's doing when it is told what it is. */
  at(
    at: Micros,
    action: () => void,
    script?: { readonly target: string; readonly action: string; readonly why: string },
  ): void {
    this.#queue.at(at, () => {
      if (script !== undefined) this.#recorder?.script(script.target, script.action, script.why);
      action();
    });
  }

  /** Puts a packet on a wire that no host sent. */
  inject(link: LinkDirection, packet: Parameters<PacketFactory['make']>[0], why: string): void {
    link.inject(this.#packets.make(packet), this.now, why);
  }

  /** Processes one event. @returns false when nothing is left to do */
  step(): boolean {
    this.#begin();
    try {
      return this.#queue.step();
    } catch (error) {
      throw this.#explain(error);
    }
  }

  /** Runs until nothing is left to do, or a limit is reached. */
  run(limits: RunLimits = {}): RunEnd {
    return this.#runUntil(() => false, limits);
  }

  /** Runs for this long from now; the clock then stands exactly there. */
  runFor(duration: Micros): RunEnd {
    return this.run({ until: after(this.now, duration) });
  }

  /**
   * Runs until the condition holds, which is asked after every event.
   * @throws TimeoutError when it does not hold within the time given, or nothing is left to do
   */
  runUntil(condition: () => boolean, options: { readonly within?: Micros } = {}): void {
    const until = options.within === undefined ? NEVER : after(this.now, options.within);
    if (condition()) return;
    const end = this.#runUntil(condition, { until });
    if (end !== 'condition') {
      throw new TimeoutError(
        `the condition did not hold by ${this.now} µs (the run ended: ${end})`,
      );
    }
  }

  /** Ends the trace. Further events are not recorded. @returns its footer */
  finish(end: RunEnd = 'idle'): TraceFooter {
    this.#begin();
    if (this.#footer === undefined) {
      this.#footer = this.#digest.footer(this.now, end);
      for (const sink of this.#options.sinks ?? []) sink.end?.(this.#footer);
    }
    return this.#footer;
  }

  #runUntil(condition: () => boolean, limits: RunLimits): RunEnd {
    const until = limits.until ?? NEVER;
    const last = this.steps + (limits.maxEvents ?? MAX_EVENTS);
    this.#begin();
    for (;;) {
      const next = this.#queue.nextTime;
      if (next === NEVER) return 'idle';
      if (next > until) {
        this.#queue.advanceTo(until);
        return 'until';
      }
      if (this.steps >= last) return 'max-events';
      this.step();
      if (condition()) return 'condition';
    }
  }

  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    const header: TraceHeader = {
      format: 'tcplab-trace/1',
      engine: ENGINE_VERSION,
      name: this.name,
      scenarioHash: this.#options.scenario?.hash ?? '',
      seed: this.seed,
      ...(this.#options.scenario === undefined ? {} : { scenario: this.#options.scenario.text }),
      hosts: this.hosts.map((host) => ({ name: host.name, address: dottedAddress(host.address) })),
    };
    for (const sink of this.#options.sinks ?? []) sink.begin?.(header);
  }

  #record(record: TraceRecord): void {
    if (this.#footer !== undefined) return;
    this.#begin();
    this.#digest.add(record);
    for (const sink of this.#options.sinks ?? []) sink.record(record);
  }

  #worldOf(name: string): HostWorld {
    return {
      queue: this.#queue,
      packets: this.#packets,
      streams: this.#streams,
      recorder: this.#recorder === undefined ? undefined : new HostRecorder(name, this.#recorder),
      checkInvariants: this.#options.checkInvariants ?? false,
      find: (other) => this.#hosts.get(other),
      processFailed: (host, task, error) => this.#processFailed(host, task, error),
    };
  }

  #direction(from: SimHost, to: SimHost, options: DirectionOptions): LinkDirection {
    const name = `${from.name}→${to.name}`;
    const direction = new LinkDirection(
      {
        name,
        from,
        to,
        queue: this.#queue,
        packets: this.#packets,
        random: this.#streams.stream(`link ${name} delay`),
      },
      options,
    );
    direction.observer = this.#recorder;
    return direction;
  }

  /** A program may fail; a mistake in its code must not pass unseen. */
  #processFailed(host: SimHost, task: ProcessTask<unknown>, error: unknown): void {
    this.failures.push({ host: host.name, program: task.name, error });
    const expected =
      error instanceof ConnectionError ||
      error instanceof TimeoutError ||
      error instanceof CallError;
    if (!expected) throw error;
    host.note({
      layer: 'app',
      kind: 'program failed',
      text: `${task.name} ended: ${error.message}.`,
    });
  }

  #explain(error: unknown): unknown {
    if (!(error instanceof InvariantViolation)) return error;
    const where = `seed ${this.seed}, event ${this.steps}, ${this.now} µs of '${this.name}'`;
    return new InvariantViolation(`${error.message}\n  at ${where}: the same seed gives it again`, {
      cause: error,
    });
  }
}

/** A new world. `createSimulation({ seed: 42 })` */
export function createSimulation(options?: SimulationOptions): Simulation {
  return new Simulation(options);
}
