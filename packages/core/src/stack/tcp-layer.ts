import { CallError, type Micros, type RandomStream } from '../base/index.ts';
import {
  Connection,
  Listener,
  checkInvariants,
  defaultTcpConfig,
  InitialSequenceNumbers,
  respondClosed,
  type ConnectionEnds,
  type TcpConfig,
  type TcpEvent,
  type TcpJournal,
} from '../tcp/index.ts';
import { chooseEphemeralPort, namesOneHost } from '../udp/index.ts';
import type { TcpSegment } from '../wire/index.ts';
import { ConnectionTable, type TableEntry } from './connection-table.ts';
import type { QuotedSegment } from './icmp.ts';

export interface TcpLayerOptions {
  /** The host's address, unsigned 32-bit. */
  readonly address: number;
  /** Changes to the defaults, for every connection of this host. */
  readonly tcp?: Partial<TcpConfig>;
  /** Secrets of initial sequence numbers and ephemeral ports. */
  readonly random: RandomStream;
  readonly journal?: TcpJournal;
  /** Check the invariants of a connection after everything that happens to it. @default false */
  readonly checkInvariants?: boolean;
}

export interface OpenOptions {
  readonly remoteAddress: number;
  /** 1 … 65,535 */
  readonly remotePort: number;
  /** 1 … 65,535; absent: the host chooses. */
  readonly localPort?: number;
  /** MTU of the link towards the peer, in bytes: bounds the MSS in both directions. */
  readonly mtu: number;
}

export interface PassiveOptions {
  /** Connections that may wait to be accepted, and half-open ones as many again. */
  readonly backlog?: number;
  /** Accepted connections send small segments at once. */
  readonly noDelay?: boolean;
  /** The smallest MTU of the links to the peers, in bytes. */
  readonly mtu: number;
}

/** Something happened to a connection of this host. */
export interface StackEvent {
  readonly entry: TableEntry;
  readonly event: TcpEvent;
}

/** Header octets of IPv4 and TCP without options: what an MTU loses to them. */
const HEADERS = 40;

/** The TCP of one host: its connections and listeners, and which of them a segment is for. */
export class TcpLayer {
  readonly table = new ConnectionTable();
  readonly #options: TcpLayerOptions;
  readonly #send: (to: number, segment: TcpSegment) => void;
  readonly #isns: InitialSequenceNumbers;
  readonly #listeners = new Map<number, Listener>();
  readonly #events: StackEvent[] = [];

  /** @param send takes what connections have ready to the Internet layer */
  constructor(options: TcpLayerOptions, send: (to: number, segment: TcpSegment) => void) {
    this.#options = options;
    this.#send = send;
    this.#isns = new InitialSequenceNumbers(options.random.u32(), options.random.u32());
  }

  /**
   * OPEN (active), RFC 9293 §3.10.1.
   * @throws CallError `invalid remote address`, `invalid port`, `connection already exists`,
   *   `insufficient resources` when no local port is free
   */
  connect(options: OpenOptions, now: Micros): TableEntry {
    const { remoteAddress, remotePort } = options;
    if (!namesOneHost(remoteAddress)) {
      // RFC 9293 §3.9.1.1 MUST-46: broadcast and multicast are errors.
      throw new CallError('invalid remote address', `${remoteAddress} names no single host`);
    }
    checkPort(remotePort);
    const ends: ConnectionEnds = {
      localAddress: this.#options.address,
      localPort: options.localPort ?? this.#choosePort(),
      remoteAddress,
      remotePort,
    };
    checkPort(ends.localPort);
    const existing = this.table.find(ends.localPort, remoteAddress, remotePort);
    if (existing !== undefined) {
      throw new CallError('connection already exists', `in state ${existing.connection.state}`);
    }
    const connection = this.#makeConnection(ends, options.mtu, now);
    const entry = this.table.add(connection, undefined);
    connection.openActive(now);
    this.touch(entry, now);
    return entry;
  }

  /** A dynamic port that nothing uses. @throws CallError `insufficient resources` */
  freePort(): number {
    return this.#choosePort();
  }

  /**
   * OPEN (passive) of a port for any peer.
   * @returns a function that stops listening
   * @throws CallError `invalid port`, `connection already exists` when the port is listening already
   */
  listen(port: number, options: PassiveOptions): () => void {
    checkPort(port);
    if (this.#listeners.has(port)) {
      throw new CallError('connection already exists', `port ${port} listens`);
    }
    const { backlog, noDelay, mtu } = options;
    const config = this.#configFor(mtu);
    const listener = new Listener({
      localAddress: this.#options.address,
      localPort: port,
      config: noDelay === true ? { ...config, nagle: false } : config,
      ...(backlog === undefined ? {} : { acceptLimit: backlog, halfOpenLimit: backlog }),
      chooseIss: (ends, now) => this.#isns.choose(ends, now),
      journal: this.#options.journal,
    });
    this.#listeners.set(port, listener);
    return () => {
      if (this.#listeners.get(port) === listener) this.#listeners.delete(port);
    };
  }

  /** A program has taken the oldest established connection of this port: there is room for another. */
  accepted(port: number): void {
    this.#listeners.get(port)?.accept();
  }

  /** To be called after every user call on a connection: takes out what it made ready. */
  touch(entry: TableEntry, now: Micros): void {
    const { connection } = entry;
    for (
      let out = connection.pollOutput(now);
      out !== undefined;
      out = connection.pollOutput(now)
    ) {
      this.#send(connection.ends.remoteAddress, out);
    }
    for (let event = connection.pollEvent(); event !== undefined; event = connection.pollEvent()) {
      this.#follow(entry, event, now);
      this.#events.push({ entry, event });
    }
    this.table.reschedule(entry);
    this.table.account(entry);
    if (this.#options.checkInvariants === true) checkInvariants(connection);
  }

  /** Whether the segment could be taken: false when its source names no single host. */
  handleSegment(from: number, segment: TcpSegment, now: Micros): boolean {
    const entry = this.table.find(segment.dstPort, from, segment.srcPort);
    if (entry === undefined) return this.#strangerArrives(from, segment, now);
    const { connection } = entry;
    if (connection.state === 'TIME-WAIT' && connection.acceptsNewIncarnation(segment)) {
      if (this.#listeners.has(segment.dstPort))
        return this.#strangerArrives(from, segment, now, entry);
    }
    connection.handleInput(segment, now);
    this.touch(entry, now);
    return true;
  }

  /** An ICMP message quotes a segment. @returns false when no connection sent it */
  handleIcmp(
    quoted: QuotedSegment,
    about: { readonly type: number; readonly code: number; readonly nextHopMtu: number },
    now: Micros,
  ): boolean {
    const entry = this.table.find(quoted.localPort, quoted.remoteAddress, quoted.remotePort);
    if (entry === undefined) return false;
    entry.connection.icmpArrived({ ...about, seq: quoted.seq }, now);
    this.touch(entry, now);
    return true;
  }

  handleTimeout(now: Micros): void {
    for (
      let entry = this.table.takeDue(now);
      entry !== undefined;
      entry = this.table.takeDue(now)
    ) {
      entry.connection.handleTimeout(now);
      this.touch(entry, now);
    }
  }

  pollEvent(): StackEvent | undefined {
    return this.#events.shift();
  }

  /** What an event of a connection means for the table. */
  #follow(entry: TableEntry, event: TcpEvent, now: Micros): void {
    if (event.kind === 'established' && entry.displaced !== undefined) {
      const old = entry.displaced;
      entry.displaced = undefined;
      old.connection.supersede();
      this.touch(old, now);
    }
    if (event.kind === 'closed' || event.kind === 'failed' || event.kind === 'returned to LISTEN') {
      this.table.remove(entry);
    }
  }

  /**
   * A segment of no connection: for a listener, or answered by the rules of CLOSED.
   * @param old a connection in TIME-WAIT between the same ends that the segment, a SYN, may end
   *   (RFC 9293 §3.6.1, MAY-2); it steps aside until the new one is established
   */
  #strangerArrives(from: number, segment: TcpSegment, now: Micros, old?: TableEntry): boolean {
    if (!namesOneHost(from)) return false;
    const ends: ConnectionEnds = {
      localAddress: this.#options.address,
      localPort: segment.dstPort,
      remoteAddress: from,
      remotePort: segment.srcPort,
    };
    const listener = this.#listeners.get(segment.dstPort);
    if (listener === undefined) {
      const reset = respondClosed(segment);
      if (reset !== undefined) this.#send(from, reset);
      return true;
    }
    const verdict = listener.handleInput(segment, ends, now, old?.connection.lastSequence);
    if (verdict.kind === 'reset') this.#send(from, verdict.segment);
    if (verdict.kind === 'child')
      this.touch(this.table.add(verdict.child, segment.dstPort, old), now);
    return true;
  }

  #makeConnection(ends: ConnectionEnds, mtu: number, now: Micros): Connection {
    return new Connection({
      ends,
      config: this.#configFor(mtu),
      iss: this.#isns.choose(ends, now),
      journal: this.#options.journal,
    });
  }

  /** The host's settings, with the MSS bounded by the link (RFC 9293 §3.7.1, MUST-16 and MUST-67). */
  #configFor(mtu: number): TcpConfig {
    const config = defaultTcpConfig(this.#options.tcp);
    const most = mtu - HEADERS;
    return { ...config, mss: Math.min(config.mss, most), sendMss: Math.min(config.sendMss, most) };
  }

  #choosePort(): number {
    return chooseEphemeralPort(
      this.#options.random,
      (port) => this.table.usesPort(port) || this.#listeners.has(port),
    );
  }
}

function checkPort(port: number): void {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new CallError('invalid port', `${port} is not in 1 … 65535`);
  }
}
