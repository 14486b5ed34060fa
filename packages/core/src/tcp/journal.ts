/**
 * What a connection tells whoever wants to explain it: every transition, discard, timer and change of
 * a variable, each with its cause. A connection without a journal pays nothing for it.
 *
 * The journal is a listener: it must not call back into the connection.
 */
import type { Cause } from '../base/cause.ts';
import type { Micros } from '../base/time.ts';
import type { TcpSegment } from '../wire/tcp-segment.ts';

/** The eleven states of RFC 9293 §3.3.2. */
export type TcpState =
  | 'CLOSED'
  | 'LISTEN'
  | 'SYN-SENT'
  | 'SYN-RECEIVED'
  | 'ESTABLISHED'
  | 'FIN-WAIT-1'
  | 'FIN-WAIT-2'
  | 'CLOSE-WAIT'
  | 'CLOSING'
  | 'LAST-ACK'
  | 'TIME-WAIT';

/** The four numbers that name a connection. Addresses are unsigned 32-bit. */
export interface ConnectionEnds {
  readonly localAddress: number;
  readonly localPort: number;
  readonly remoteAddress: number;
  readonly remotePort: number;
}

/** Why nothing more is sent at a send opportunity. */
export type SendLimit =
  | 'nothing to send'
  | 'congestion window'
  | 'receive window'
  | 'Nagle'
  | 'silly window avoidance'
  | 'not established'
  | 'FIN already sent';

export interface TcpJournal {
  /** The machine followed an arrow. */
  transition(
    ends: ConnectionEnds,
    before: TcpState,
    arrow: string,
    after: TcpState,
    cause: Cause,
  ): void;
  /** A segment that arrived was not (or not wholly) taken; it had no further effect. */
  discard(ends: ConnectionEnds, segment: TcpSegment, cause: Cause): void;
  /** A timer was started for `at`, stopped, or fired. `name` is e.g. `retransmission`, `persist`, `delayed ACK`, `2MSL`. */
  timer(
    ends: ConnectionEnds,
    name: string,
    action: 'start' | 'stop' | 'fire',
    at: Micros,
    cause: Cause,
  ): void;
  /** A variable changed: `cwnd`, `ssthresh`, `SRTT`, `RTTVAR`, `RTO`, `SND.WND`, `RCV.WND`, `congestion phase` … */
  variable(
    ends: ConnectionEnds,
    name: string,
    before: number | string,
    after: number | string,
    cause: Cause,
  ): void;
  /** At a send opportunity with data queued, nothing (more) was sent, for this reason. Told on change only. */
  limited(ends: ConnectionEnds, limit: SendLimit, cause: Cause): void;
}
