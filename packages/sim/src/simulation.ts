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
} from '@tcplab/core';
import { EventQueue } from './engine/index.ts';
import { Faults } from './faults.ts';
import { SimHost, type HostWorld } from './host/index.ts';
import { Link, LinkDirection, PacketFactory, type DirectionOptions } from './network/index.ts';
import { SimNat } from './nat/index.ts';
import type { ProcessTask } from './process/index.ts';
import { RandomStreams, type SimRandom } from './random/index.ts';
import {
  HostRecorder,
  TraceDigest,
  TraceRecorder,
  type TraceFooter,
  type TraceHeader,
  type TraceRecord,
} from './trace/index.ts';
import {
  MAX_EVENTS,
  type HostSettings,
  type LinkSettings,
  type NatSettings,
  type RunEnd,
  type RunLimits,
  type SimulationOptions,
  type Station,
} from './simulation-options.ts';
import { ENGINE_VERSION } from './version.ts';

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
  readonly #nats = new Map<string, SimNat>();
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
    const address = this.#freeAddress(dotted);
    const host = new SimHost(this.#worldOf(name), {
      name,
      address,
      tcp: settings?.tcp ?? {},
      ...(settings?.nameServers === undefined ? {} : { nameServers: settings.nameServers }),
    });
    this.#hosts.set(name, host);
    const loop = this.#direction(host, host, { delay: { kind: 'fixed', delay: us(0) } });
    host.addRoute(address, loop);
    return host;
  }

  /**
   * A NAT with hosts inside and outside; link it to them afterwards. The inside hosts' way to everybody
   * leads through it.
   * @throws CallError when the name or the address is taken or wrong
   */
  nat(name: string, settings: NatSettings): SimNat {
    if (this.#hosts.has(name) || this.#nats.has(name))
      throw new CallError('host already exists', name);
    const address = this.#freeAddress(settings.address);
    const recorder =
      this.#recorder === undefined ? undefined : new HostRecorder(name, this.#recorder);
    const nat = new SimNat(
      { packets: this.#packets, recorder },
      {
        name,
        address,
        inside: settings.inside,
        ...(settings.idle === undefined ? {} : { idle: settings.idle }),
      },
    );
    this.#nats.set(name, nat);
    return nat;
  }

  /** The host or NAT of this name. @throws CallError when there is none */
  station(name: string): Station {
    const station = this.#hosts.get(name) ?? this.#nats.get(name);
    if (station === undefined) throw new CallError('no such host', name);
    return station;
  }

  /** A wire between two stations. @throws CallError when they have one already, or are one */
  link(a: Station, b: Station, settings: LinkSettings): Link {
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
    route(a, b, link.forward);
    route(b, a, link.backward);
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

  #freeAddress(dotted: string): number {
    const address = parseAddress(dotted);
    if (address === undefined) throw new CallError('illegal address', dotted);
    if ([...this.hosts, ...this.#nats.values()].some((other) => other.address === address)) {
      throw new CallError('address in use', dotted);
    }
    return address;
  }

  #runUntil(condition: () => boolean, limits: RunLimits): RunEnd {
    const until = limits.until ?? NEVER;
    const last = this.steps + (limits.maxEvents ?? MAX_EVENTS);
    this.#begin();
    for (;;) {
      const next = this.#queue.nextTime;
      if (next === NEVER) {
        if (until !== NEVER) this.#queue.advanceTo(until);
        return 'idle';
      }
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
      hosts: [...this.hosts, ...this.#nats.values()].map((host) => ({
        name: host.name,
        address: dottedAddress(host.address),
      })),
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
      addressOf: (other) => (this.#hosts.get(other) ?? this.#nats.get(other))?.address,
      processFailed: (host, task, error) => this.#processFailed(host, task, error),
    };
  }

  #direction(from: Station, to: Station, options: DirectionOptions): LinkDirection {
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

/** From `from`, `to` is reached by `link`; from inside a NAT so is everybody else. */
function route(from: Station, to: Station, link: LinkDirection): void {
  from.addRoute(to.address, link);
  if (to instanceof SimNat && from instanceof SimHost && to.isInside(from.name)) {
    from.setDefaultRoute(link);
  }
}

/** A new world. `createSimulation({ seed: 42 })` */
export function createSimulation(options?: SimulationOptions): Simulation {
  return new Simulation(options);
}
