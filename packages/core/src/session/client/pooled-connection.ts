/** One connection of a pool: its machine, its stream, what it has carried, and how long it may wait. */
import type { ByteStream } from '../../base/byte-stream.ts';
import type { Cause } from '../../base/cause.ts';
import { MachineRunner } from '../../base/machine/index.ts';
import { waitFor, type Process } from '../../base/process.ts';
import type { ProgramHost, Task } from '../../base/program-host.ts';
import { after, earliest, formatMicros, NEVER, type Micros } from '../../base/time.ts';
import type { HttpClientRole } from '../../http/index.ts';
import {
  pooledConnectionMachine,
  type PooledConnectionActions,
  type PooledConnectionArrow,
  type PooledConnectionState,
} from './pooled-connection.machine.ts';
import type { Route } from './route.ts';
import { CLIENT_RULES } from './rules.ts';

/** What one connection has done; the same object is brought up to date while it lives. */
export interface ConnectionStatistics {
  readonly id: number;
  readonly route: string;
  /** The stream's label; empty while it is opening. */
  label: string;
  state: PooledConnectionState;
  readonly startedAt: Micros;
  /** When the first request could be sent; undefined until then. */
  openedAt: Micros | undefined;
  closedAt: Micros | undefined;
  requests: number;
  /** Octets of HTTP, before TLS. */
  bytesSent: number;
  bytesReceived: number;
  /** How long it waited in the pool, in all. */
  idle: Micros;
  /** Why it is not used any more. */
  ended: Cause | undefined;
}

/** What a connection asks of its pool. */
export interface PoolOwner {
  readonly host: ProgramHost;
  readonly maxConnectionAge: Micros | undefined;
  /** A place is free: the connection is no longer used. */
  placeFree(connection: PooledConnection): void;
}

export class PooledConnection implements PooledConnectionActions {
  readonly route: Route;
  readonly statistics: ConnectionStatistics;
  /** How many more requests it may carry, where a limit is known. */
  requestsLeft: number | undefined;
  /** Until when it may stay idle, and the cause of closing it then. */
  idleUntil: Micros = NEVER;
  idleCause: Cause = { rule: CLIENT_RULES.keepAliveTimeout, why: 'it was idle for too long' };
  readonly #owner: PoolOwner;
  readonly #machine: MachineRunner<PooledConnectionState, PooledConnectionArrow>;
  #stream: ByteStream | undefined;
  #http: HttpClientRole | undefined;
  #watch: Task | undefined;
  #idleSince: Micros;

  constructor(id: number, route: Route, owner: PoolOwner) {
    this.route = route;
    this.#owner = owner;
    this.#idleSince = owner.host.now();
    this.statistics = {
      id,
      route: route.name,
      label: '',
      state: 'opening',
      startedAt: owner.host.now(),
      openedAt: undefined,
      closedAt: undefined,
      requests: 0,
      bytesSent: 0,
      bytesReceived: 0,
      idle: 0 as Micros,
      ended: undefined,
    };
    this.#machine = new MachineRunner(pooledConnectionMachine, `pooled connection ${id}`, this);
  }

  get state(): PooledConnectionState {
    return this.#machine.state;
  }

  /** It takes a place in the pool: it is opened, used, kept, or lent out after a switch. */
  get isOpen(): boolean {
    return this.state !== 'closing' && this.state !== 'closed';
  }

  /** The stream, once connected. */
  get stream(): ByteStream {
    return this.#stream!;
  }

  /** The client's role of HTTP on this stream. */
  get http(): HttpClientRole {
    return this.#http!;
  }

  /** The moment from which it is too old. */
  get tooOldAt(): Micros {
    const { maxConnectionAge } = this.#owner;
    const { openedAt } = this.statistics;
    if (maxConnectionAge === undefined || openedAt === undefined) return NEVER;
    return after(openedAt, maxConnectionAge);
  }

  /** The stream is there: a request can be sent. */
  connected(stream: ByteStream, http: HttpClientRole): void {
    this.#stream = stream;
    this.#http = http;
    this.statistics.label = stream.label;
    this.statistics.openedAt = this.#owner.host.now();
    this.follow('connected');
  }

  /** Follows an arrow of the machine. `cause` says why a connection is given up. */
  follow(arrow: PooledConnectionArrow, cause?: Cause): void {
    const before = this.state;
    this.#machine.follow(arrow);
    this.statistics.state = this.state;
    if (cause !== undefined && !this.isOpen) this.#given(cause);
    if (before !== 'closing' && !this.isOpen) this.#owner.placeFree(this);
    if (this.state === 'closed') this.statistics.closedAt = this.#owner.host.now();
  }

  /** Why an idle connection cannot take a request now; undefined when it can. */
  objectionToReuse(now: Micros): readonly [PooledConnectionArrow, Cause] | undefined {
    const stream = this.stream;
    // Nothing was asked for: whatever is there to read means the end of this connection.
    const arrived = stream.tryReceive(1);
    if (stream.failure !== undefined) {
      const why = `the server ended ${stream.label}: ${stream.failure.reason}`;
      return ['server closed', { rule: CLIENT_RULES.serverClosed, why }];
    }
    if (arrived !== undefined && arrived.length === 0) {
      const why = `the server has closed ${stream.label}`;
      return ['server closed', { rule: CLIENT_RULES.serverClosed, why }];
    }
    if (arrived !== undefined) {
      const why = `octets came on ${stream.label} that answer no request`;
      return ['server closed', { rule: CLIENT_RULES.unsolicited, why }];
    }
    if (now >= this.tooOldAt) {
      const why = `${stream.label} is older than ${formatMicros(this.#owner.maxConnectionAge!)}`;
      return ['too old', { rule: CLIENT_RULES.age, why }];
    }
    if (now >= this.idleUntil) return ['idle too long', this.idleCause];
    return undefined;
  }

  watchWhileIdle(): void {
    this.#idleSince = this.#owner.host.now();
    this.#watch = this.#owner.host.spawn(this.#watchIdle(), `watch ${this.stream.label}`);
  }

  stopWatching(): void {
    const waited = this.#owner.host.now() - this.#idleSince;
    this.statistics.idle = (this.statistics.idle + waited) as Micros;
    this.#watch?.cancel();
    this.#watch = undefined;
  }

  closeStream(): void {
    this.stream.close();
    this.awaitClosed();
  }

  abortStream(): void {
    this.stream.abort();
    this.awaitClosed();
  }

  /** Follows the stream to its end beside everything else. */
  awaitClosed(): void {
    this.#owner.host.spawn(this.#followStream(), `close ${this.stream.label}`);
  }

  *#followStream(): Process {
    yield* this.stream.closed();
    if (this.state !== 'closed') this.follow('stream closed');
  }

  *#watchIdle(): Process {
    const deadline = earliest(this.idleUntil, this.tooOldAt);
    for (;;) {
      const objection = this.objectionToReuse(this.#owner.host.now());
      if (objection !== undefined) {
        // This very process is the watch: it ends by itself.
        this.#watch = undefined;
        this.follow(...objection);
        return;
      }
      yield* waitFor([this.stream.readable], deadline);
    }
  }

  #given(cause: Cause): void {
    this.statistics.ended = cause;
    const { stream } = this;
    this.#owner.host.note({
      layer: 'pool',
      kind: 'close',
      text: `connection ${this.statistics.id} to ${this.route.name} is given up: ${cause.why}`,
      cause,
      stream: stream?.label ?? '',
      data: { connection: this.statistics.id, requests: this.statistics.requests },
    });
  }
}
