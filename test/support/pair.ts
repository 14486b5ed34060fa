/**
 * Two connections and the wire between them, in virtual time: delay, loss, duplication, reordering by
 * seed. After every event the invariants of both ends are checked.
 */
import {
  after,
  checkInvariants,
  Connection,
  defaultTcpConfig,
  flagLetters,
  formatMicros,
  ms,
  TimeHeap,
  ZERO_TIME,
  type ConnectionEnds,
  type Micros,
  type Payload,
  type TcpConfig,
  type TcpEvent,
  type TcpJournal,
  type TcpSegment,
} from '@tcplab/core';

export type Side = 'client' | 'server';

/** What happens to one segment on the wire: the delays of its copies; none loses it. */
export type Wire = (segment: TcpSegment, from: Side, index: number) => readonly Micros[];

export interface PairOptions {
  readonly client?: Partial<TcpConfig>;
  readonly server?: Partial<TcpConfig>;
  readonly clientIss?: number;
  readonly serverIss?: number;
  readonly wire?: Wire;
  readonly journal?: TcpJournal;
}

interface Arrival {
  readonly to: Side;
  readonly segment: TcpSegment;
}

export const DELAY = ms(10);
const PERFECT: Wire = () => [DELAY];

export const CLIENT_ENDS: ConnectionEnds = {
  localAddress: 0x0a000001,
  localPort: 49_152,
  remoteAddress: 0x0a000002,
  remotePort: 80,
};
export const SERVER_ENDS: ConnectionEnds = {
  localAddress: CLIENT_ENDS.remoteAddress,
  localPort: CLIENT_ENDS.remotePort,
  remoteAddress: CLIENT_ENDS.localAddress,
  remotePort: CLIENT_ENDS.localPort,
};

export class Pair {
  readonly client: Connection;
  readonly server: Connection;
  readonly #wire: Wire;
  readonly #arrivals = new TimeHeap<Arrival>();
  readonly #sent: Record<Side, number> = { client: 0, server: 0 };
  readonly events: Record<Side, TcpEvent[]> = { client: [], server: [] };
  /** What crossed the wire, one line a segment: for failing tests. */
  readonly story: string[] = [];
  /** Everything sent, in order. */
  readonly segments: { readonly from: Side; readonly at: Micros; readonly segment: TcpSegment }[] =
    [];
  /** Called after each event: a program that reads and writes. */
  program: (pair: Pair) => void = () => {};
  now: Micros = ZERO_TIME;

  constructor(options: PairOptions = {}) {
    this.#wire = options.wire ?? PERFECT;
    this.client = new Connection({
      ends: CLIENT_ENDS,
      config: defaultTcpConfig(options.client),
      iss: options.clientIss ?? 0xffff_fff0,
      journal: options.journal,
    });
    this.server = new Connection({
      ends: SERVER_ENDS,
      config: defaultTcpConfig(options.server),
      iss: options.serverIss ?? 0xffff_ff00,
      journal: options.journal,
    });
  }

  /** The client opens, the server listens; runs until both are established. */
  connect(): this {
    this.server.openPassive(this.now);
    this.client.openActive(this.now);
    this.runUntil(() => this.client.state === 'ESTABLISHED' && this.server.state === 'ESTABLISHED');
    return this;
  }

  side(side: Side): Connection {
    return side === 'client' ? this.client : this.server;
  }

  /** Runs until the condition holds. @returns false when nothing happens any more, or time is over */
  runUntil(condition: () => boolean, limit: Micros = after(this.now, ms(3_600_000))): boolean {
    this.settle();
    for (let steps = 0; steps < 1_000_000; steps += 1) {
      if (condition()) return true;
      const next = Math.min(
        this.#arrivals.nextTime,
        this.client.pollTimeout(),
        this.server.pollTimeout(),
      ) as Micros;
      if (next > limit) {
        if (limit > this.now) this.now = limit;
        return condition();
      }
      this.step(next);
    }
    throw new Error(`no end in sight\n${this.story.slice(-40).join('\n')}`);
  }

  runFor(duration: Micros): void {
    this.runUntil(() => false, after(this.now, duration));
  }

  /** Handles what is due at `at`: one arrival, or the timers. */
  step(at: Micros): void {
    if (at > this.now) this.now = at;
    if (this.#arrivals.nextTime <= this.now) {
      const { to, segment } = this.#arrivals.pop()!;
      this.side(to).handleInput(segment, this.now);
    } else {
      this.client.handleTimeout(this.now);
      this.server.handleTimeout(this.now);
    }
    this.settle();
  }

  /** Drains outputs and events of both ends until nothing moves. */
  settle(): void {
    for (let round = 0; round < 1_000; round += 1) {
      const moved = this.#drain('client') + this.#drain('server');
      this.program(this);
      if (moved === 0) break;
    }
    this.#drain('client');
    this.#drain('server');
    checkInvariants(this.client);
    checkInvariants(this.server);
  }

  /** Puts a segment on the wire as if `from` had sent it. */
  inject(from: Side, segment: TcpSegment, delay: Micros = DELAY): void {
    const to = from === 'client' ? 'server' : 'client';
    this.#arrivals.push(after(this.now, delay), { to, segment });
  }

  kinds(side: Side): string[] {
    return this.events[side].map((event) => event.kind);
  }

  #drain(side: Side): number {
    const connection = this.side(side);
    let count = 0;
    for (;;) {
      const segment = connection.pollOutput(this.now);
      if (segment === undefined) break;
      count += 1;
      this.#send(side, segment);
    }
    for (;;) {
      const event = connection.pollEvent();
      if (event === undefined) break;
      count += 1;
      this.events[side].push(event);
    }
    return count;
  }

  #send(from: Side, segment: TcpSegment): void {
    const index = this.#sent[from];
    this.#sent[from] += 1;
    const delays = this.#wire(segment, from, index);
    this.segments.push({ from, at: this.now, segment });
    this.story.push(
      `${formatMicros(this.now)} ${from}: ${describeSegment(segment)}${delays.length === 0 ? ' LOST' : ''}`,
    );
    const to = from === 'client' ? 'server' : 'client';
    for (const delay of delays) this.#arrivals.push(after(this.now, delay), { to, segment });
  }
}

/** `PA seq 5 ack 7 wnd 100 len 20 "why"`. */
export function describeSegment(segment: TcpSegment): string {
  const parts = [flagLetters(segment.flags), `seq ${segment.seq}`];
  if ((segment.flags & 0x10) !== 0) parts.push(`ack ${segment.ack}`);
  parts.push(`wnd ${segment.wnd}`, `len ${segment.payload.length}`);
  if (segment.up !== 0) parts.push(`up ${segment.up}`);
  if (segment.resent === true) parts.push('again');
  if (segment.cause !== undefined) parts.push(`(${segment.cause.rule.id})`);
  return parts.join(' ');
}

/** Writes all of `data` from one end and reads it at the other, as programs would. */
export function transfer(pair: Pair, from: Side, data: Payload): Uint8Array {
  const to = from === 'client' ? 'server' : 'client';
  const received: Payload[] = [];
  let sent = 0;
  let got = 0;
  pair.program = () => {
    if (sent < data.length) sent += pair.side(from).send(data.slice(sent, data.length), pair.now);
    while (pair.side(to).readable > 0) {
      const text = pair.side(to).receive(65_536, pair.now);
      received.push(text);
      got += text.length;
    }
  };
  const done = pair.runUntil(() => got >= data.length);
  pair.program = () => {};
  if (!done) throw new Error(`${got} of ${data.length} bytes\n${pair.story.slice(-40).join('\n')}`);
  const bytes = new Uint8Array(got);
  let at = 0;
  for (const text of received) {
    text.copyTo(bytes, at);
    at += text.length;
  }
  return bytes;
}
