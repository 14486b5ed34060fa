import { seqAdd, seqLeq, type Micros, type Seq } from '../base/index.ts';
import type { TcpSegment } from '../wire/index.ts';
import type { TcpConfig } from './config.ts';
import { Connection } from './connection.ts';
import type { ConnectionEnds, TcpJournal } from './journal.ts';
import { because } from './rules.ts';
import { listenVerdict } from './segment-arrives/listen.ts';

const BACKLOG_FULL = because(
  'B-022',
  'As many connections as the backlog allows are waiting: the SYN is dropped.',
);

export interface ListenerOptions {
  /** The local end; address 0 listens on every address of the host (MUST-43). */
  readonly localAddress: number;
  readonly localPort: number;
  readonly config: TcpConfig;
  /** Connections that are not yet established, at most. */
  readonly halfOpenLimit?: number;
  /** Established connections nobody has accepted yet, at most. */
  readonly acceptLimit?: number;
  /** A fresh initial sequence number for a connection (RFC 6528). */
  readonly chooseIss: (ends: ConnectionEnds, now: Micros) => Seq;
  readonly journal?: TcpJournal | undefined;
}

/** What became of a segment that reached the listener. */
export type ListenerVerdict =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'reset'; readonly segment: TcpSegment }
  /** A child that has taken the SYN; the stack puts it into its table and drains it. */
  | { readonly kind: 'child'; readonly child: Connection };

const NOTHING: ListenerVerdict = { kind: 'nothing' };

/**
 * A port in LISTEN (RFC 9293 §3.10.7.2). It stays there: every SYN it takes makes a child connection,
 * which goes its own way from LISTEN to SYN-RECEIVED. The stack owns the table of connections; the
 * listener only counts its children, and looks at their states when it needs to.
 */
export class Listener {
  readonly options: ListenerOptions;
  readonly #halfOpenLimit: number;
  readonly #acceptLimit: number;
  #halfOpen: Connection[] = [];
  #acceptable: Connection[] = [];

  constructor(options: ListenerOptions) {
    this.options = options;
    this.#halfOpenLimit = options.halfOpenLimit ?? 128;
    this.#acceptLimit = options.acceptLimit ?? 128;
  }

  /** Children in SYN-RECEIVED. */
  get halfOpen(): readonly Connection[] {
    this.#sort();
    return this.#halfOpen;
  }

  /** Children that are established, or went further, and wait to be accepted; oldest first. */
  get acceptable(): readonly Connection[] {
    this.#sort();
    return this.#acceptable;
  }

  /**
   * A segment for this port that belongs to no connection.
   * @param issAbove the new connection's numbers must lie above this (reopening from TIME-WAIT, MAY-2)
   */
  handleInput(
    segment: TcpSegment,
    ends: ConnectionEnds,
    now: Micros,
    issAbove?: Seq,
  ): ListenerVerdict {
    const { journal, config } = this.options;
    const verdict = listenVerdict(segment);
    if (verdict.kind === 'reset') return verdict;
    if (verdict.kind === 'drop') {
      journal?.discard(ends, segment, verdict.cause);
      return NOTHING;
    }
    if (this.#isFull()) {
      // Silence, not a RST: the SYN will come again, and there may be room by then.
      journal?.discard(ends, segment, BACKLOG_FULL);
      return NOTHING;
    }
    let iss = this.options.chooseIss(ends, now);
    if (issAbove !== undefined && seqLeq(iss, issAbove)) iss = seqAdd(issAbove, 65_536);
    const child = new Connection({ ends, config, iss, journal });
    child.openPassive(now);
    child.handleInput(segment, now);
    this.#halfOpen.push(child);
    return { kind: 'child', child };
  }

  /** The oldest child that waits, or undefined. It is the caller's from now on. */
  accept(): Connection | undefined {
    for (;;) {
      const child = this.#acceptable.shift() ?? this.#takeEstablished();
      if (child?.state !== 'CLOSED') return child;
    }
  }

  /** Children become established in the order of their SYNs, nearly: the first is found at once. */
  #takeEstablished(): Connection | undefined {
    const at = this.#halfOpen.findIndex((child) => child.state !== 'SYN-RECEIVED');
    return at < 0 ? undefined : this.#halfOpen.splice(at, 1)[0];
  }

  /** Looks at every child only where there may be too many. */
  #isFull(): boolean {
    const waiting = this.#halfOpen.length + this.#acceptable.length;
    if (waiting < this.#halfOpenLimit && waiting < this.#acceptLimit) return false;
    this.#sort();
    return (
      this.#halfOpen.length >= this.#halfOpenLimit || this.#acceptable.length >= this.#acceptLimit
    );
  }

  /** Half-open children that became established wait to be accepted; those that ended are forgotten. */
  #sort(): void {
    const still: Connection[] = [];
    const acceptable = this.#acceptable.filter((child) => child.state !== 'CLOSED');
    for (const child of this.#halfOpen) {
      if (child.state === 'SYN-RECEIVED') still.push(child);
      else if (child.state !== 'CLOSED') acceptable.push(child);
    }
    this.#halfOpen = still;
    this.#acceptable = acceptable;
  }
}
