/** The pool: which connection a request gets, who waits, and what happens to a connection after it. */
import type { Cause } from '../../base/cause.ts';
import { CallError } from '../../base/errors.ts';
import type { Process } from '../../base/process.ts';
import type { ProgramHost } from '../../base/program-host.ts';
import type { Micros } from '../../base/time.ts';
import { within } from '../../base/within.ts';
import { HttpClientRole, type HttpHeaders } from '../../http/index.ts';
import { ClientTimeoutError, deadlineOf } from './client-timeout.ts';
import type { ConnectionWish } from './connection-wish.ts';
import {
  resolvedConnectorOptions,
  type ConnectorOptions,
  type ResolvedConnectorOptions,
} from './connector-options.ts';
import type { ConnectorStatistics } from './connector-statistics.ts';
import { DnsCache } from './dns-cache.ts';
import { objectionToKeeping } from './objection-to-keeping.ts';
import { openStream } from './open-connection.ts';
import {
  PooledConnection,
  type ConnectionStatistics,
  type PoolOwner,
} from './pooled-connection.ts';
import type { Route } from './route.ts';
import { CLIENT_RULES } from './rules.ts';
import { WaitingLine } from './waiting-line.ts';

const POOL_CLOSED: Cause = { rule: CLIENT_RULES.poolClosed, why: 'the session was closed' };

/** So many closed connections are remembered for the statistics. */
export const MAX_REMEMBERED_CONNECTIONS = 10_000;

export class Connector {
  readonly options: ResolvedConnectorOptions;
  readonly dns: DnsCache;
  readonly #host: ProgramHost;
  readonly #owner: PoolOwner;
  readonly #line = new WaitingLine<PooledConnection>();
  /** Those that take a place; others go, their statistics stay. */
  readonly #connections = new Set<PooledConnection>();
  /** How many of them there are by route. */
  readonly #perRoute = new Map<string, number>();
  /** In the order in which they became idle. */
  #idle: PooledConnection[] = [];
  readonly #statistics: ConnectionStatistics[] = [];
  readonly #counts = { peak: 0, opened: 0, reused: 0, waited: 0 };
  #closed = false;

  /** @throws CallError `invalid connector` */
  constructor(host: ProgramHost, options: ConnectorOptions = {}) {
    this.#host = host;
    this.options = resolvedConnectorOptions(host, options);
    const { useDnsCache, ttlDnsCache } = this.options;
    this.dns = new DnsCache(host, { useDnsCache, ttl: ttlDnsCache });
    this.#owner = {
      host,
      maxConnectionAge: this.options.maxConnectionAge,
      placeFree: (connection) => this.#placeFree(connection),
    };
  }

  get closed(): boolean {
    return this.#closed;
  }

  get statistics(): ConnectorStatistics {
    const idle = this.#idle.filter((each) => each.state === 'idle').length;
    return { open: this.#open(), idle, ...this.#counts, connections: this.#statistics };
  }

  /** How many requests wait in line. */
  get waiting(): number {
    return this.#line.length;
  }

  /**
   * A connection for one request: an idle one, a new one, or the next that is free.
   * @throws CallError `session is closed`, ConnectionError, ClientTimeoutError
   */
  *acquire(wish: ConnectionWish): Process<PooledConnection> {
    const { connect } = wish.timeout;
    const late = (): Error =>
      new ClientTimeoutError('connect', connect!, `getting a connection to ${wish.route.name}`);
    const deadline = deadlineOf(connect, this.#host.now());
    const connection = yield* within(this.#place(wish), deadline, () => this.#host.now(), late);
    if (connection.state === 'busy') {
      wish.tracer.emit('onConnectionReuseconn', {});
      return connection;
    }
    const opening = this.#opened(connection, wish);
    return yield* within(opening, deadline, () => this.#host.now(), late);
  }

  /** Takes a connection back after an exchange that was read to its end. */
  release(connection: PooledConnection, headers: HttpHeaders): void {
    if (connection.state !== 'busy') return;
    const context = { options: this.options, now: this.#host.now() };
    const objection = this.#closed ? POOL_CLOSED : objectionToKeeping(connection, headers, context);
    if (objection !== undefined) connection.follow('last response complete', objection);
    else this.#becomesIdle(connection);
  }

  /** Throws a connection away whose exchange did not come to its end. */
  discard(connection: PooledConnection, cause: Cause): void {
    if (connection.state === 'busy') connection.follow('exchange failed', cause);
  }

  /** The protocol was switched: the stream belongs to someone else and keeps its place until it ends. */
  handOver(connection: PooledConnection): void {
    connection.follow('protocol switched');
    connection.awaitClosed();
    const { id, label } = connection.statistics;
    const cause: Cause = { rule: CLIENT_RULES.switched, why: `the server switched ${label}` };
    this.#note('switch', `connection ${id} speaks another protocol from now on`, cause, connection);
  }

  /** Closes all connections, busy ones too. Who waits hears `session is closed`. Safe to call twice. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const connection of Array.from(this.#connections)) {
      // One that is opening finds the pool closed when it is there.
      const { state } = connection;
      if (state === 'idle' || state === 'busy' || state === 'handed over') {
        connection.follow('pool closed', POOL_CLOSED);
      }
    }
    this.#idle = [];
    this.#line.close();
  }

  /** A place: a busy connection to be reused, or one that is to be opened. */
  *#place(wish: ConnectionWish): Process<PooledConnection> {
    this.#mustBeOpen();
    const claim = (): PooledConnection | undefined => this.#claim(wish);
    const atOnce = this.#line.undisturbed(claim);
    if (this.#line.isDue) this.#line.serve();
    if (atOnce !== undefined) return atOnce;
    const { pool } = wish.timeout;
    this.#counts.waited += 1;
    wish.tracer.emit('onConnectionQueuedStart', {});
    const why = this.#fullBecause(wish.route);
    this.#note(
      'wait',
      `a request to ${wish.route.name} waits as number ${this.#line.length + 1} in line`,
      {
        rule: CLIENT_RULES.limit,
        why,
      },
    );
    const late = (): Error =>
      new ClientTimeoutError('pool', pool!, `waiting in line for ${wish.route.name}`);
    const now = (): Micros => this.#host.now();
    const kind = `${wish.fresh ? 'fresh ' : ''}${wish.route.key}`;
    const waiting = this.#line.wait(kind, claim, (place) => this.#giveBack(place), now);
    const place = yield* within(waiting, deadlineOf(pool, now()), now, late);
    if (place === undefined) throw new CallError('session is closed');
    wish.tracer.emit('onConnectionQueuedEnd', {});
    return place;
  }

  /** What can be had at once. */
  #claim(wish: ConnectionWish): PooledConnection | undefined {
    const idle = wish.fresh ? undefined : this.#takeIdle(wish.route);
    if (idle !== undefined) return idle;
    const { limit, limitPerHost } = this.options;
    if (limitPerHost > 0 && this.#open(wish.route.key) >= limitPerHost) {
      if (!this.#makeRoom((each) => each.route.key === wish.route.key)) return undefined;
    }
    if (limit > 0 && this.#open() >= limit && !this.#makeRoom(() => true)) return undefined;
    return this.#newConnection(wish.route);
  }

  #takeIdle(route: Route): PooledConnection | undefined {
    const candidates = this.#idle.filter((each) => each.route.key === route.key);
    if (this.options.reuseOrder === 'lifo') candidates.reverse();
    for (const connection of candidates) {
      this.#idle = this.#idle.filter((each) => each !== connection);
      if (connection.state !== 'idle') continue;
      const objection = connection.objectionToReuse(this.#host.now());
      if (objection !== undefined) {
        connection.follow(...objection);
        continue;
      }
      connection.follow('next request');
      this.#counts.reused += 1;
      const { id, requests } = connection.statistics;
      const why = `connection ${id} is idle after ${requests} requests to the same origin`;
      this.#note(
        'reuse',
        `connection ${id} to ${route.name} is reused`,
        { rule: CLIENT_RULES.reuse, why },
        connection,
      );
      return connection;
    }
    return undefined;
  }

  #newConnection(route: Route): PooledConnection {
    this.#counts.opened += 1;
    const connection = new PooledConnection(this.#counts.opened, route, this.#owner);
    this.#connections.add(connection);
    this.#perRoute.set(route.key, this.#open(route.key) + 1);
    this.#statistics.push(connection.statistics);
    if (this.#statistics.length > MAX_REMEMBERED_CONNECTIONS) this.#statistics.shift();
    this.#counts.peak = Math.max(this.#counts.peak, this.#open());
    return connection;
  }

  *#opened(connection: PooledConnection, wish: ConnectionWish): Process<PooledConnection> {
    const { tracer, route } = wish;
    const { id } = connection.statistics;
    const why = wish.fresh
      ? 'the connection used before was stale'
      : `no connection to ${route.name} is idle`;
    this.#note(
      'open',
      `connection ${id} to ${route.name} is opened`,
      { rule: CLIENT_RULES.open, why },
      connection,
    );
    tracer.emit('onConnectionCreateStart', {});
    let done = false;
    try {
      const { sockConnect } = wish.timeout;
      const context = {
        host: this.#host,
        options: this.options,
        dns: this.dns,
        tracer,
        sockConnect,
      };
      const stream = yield* openStream(route, context);
      connection.requestsLeft = this.options.maxRequestsPerConnection;
      connection.connected(stream, new HttpClientRole({ limits: wish.limits }));
      done = true;
    } finally {
      if (!done) connection.follow('connect failed');
    }
    if (this.#closed) connection.follow('pool closed', POOL_CLOSED);
    this.#mustBeOpen();
    tracer.emit('onConnectionCreateEnd', {});
    return connection;
  }

  /** Closes the connection that has been idle for longest, among those that `suits` names. */
  #makeRoom(suits: (connection: PooledConnection) => boolean): boolean {
    const connection = this.#idle.find((each) => each.state === 'idle' && suits(each));
    if (connection === undefined) return false;
    this.#idle = this.#idle.filter((each) => each !== connection);
    const why = `the limit is reached and ${connection.statistics.label} was idle for longest`;
    connection.follow('room needed', { rule: CLIENT_RULES.makeRoom, why });
    return true;
  }

  /** Someone got a place and does not want it any more. */
  #giveBack(place: PooledConnection): void {
    if (place.state === 'opening') place.follow('connect failed');
    else if (place.state === 'busy') this.#becomesIdle(place);
  }

  #becomesIdle(connection: PooledConnection): void {
    connection.follow('response complete');
    this.#idle.push(connection);
    this.#line.serve();
  }

  #placeFree(connection: PooledConnection): void {
    this.#connections.delete(connection);
    const { key } = connection.route;
    const left = this.#open(key) - 1;
    if (left === 0) this.#perRoute.delete(key);
    else this.#perRoute.set(key, left);
    this.#idle = this.#idle.filter((each) => each.state === 'idle');
    this.#line.serve();
  }

  #open(key?: string): number {
    if (key === undefined) return this.#connections.size;
    return this.#perRoute.get(key) ?? 0;
  }

  #fullBecause(route: Route): string {
    const { limit, limitPerHost } = this.options;
    const here = this.#open(route.key);
    return limitPerHost > 0 && here >= limitPerHost
      ? `${here} connections to ${route.name} are in use and the limit per host is ${limitPerHost}`
      : `${this.#open()} connections are in use and the limit is ${limit}`;
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new CallError('session is closed');
  }

  #note(kind: string, text: string, cause: Cause, connection?: PooledConnection): void {
    const stream = connection?.statistics.label ?? '';
    const data = connection === undefined ? {} : { data: { connection: connection.statistics.id } };
    this.#host.note({
      layer: 'pool',
      kind,
      text,
      cause,
      ...(stream === '' ? {} : { stream }),
      ...data,
    });
  }
}
