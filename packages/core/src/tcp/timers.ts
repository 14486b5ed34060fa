/**
 * The timers of one connection: a table of moments. Nothing is scheduled here; the driver asks for
 * the earliest and calls back. Moving a timer is one write, so restarting it at every ACK is cheap.
 */
import { NEVER, type Micros } from '../base/index.ts';

/** Each timer and when it fires. */
export const TIMERS = [
  {
    name: 'retransmission',
    fires:
      'one RTO after the oldest unacknowledged segment was sent or an ACK advanced (RFC 6298 §5)',
  },
  {
    name: 'persist',
    fires: 'while the peer offers no window and something waits: to probe it (RFC 9293 §3.8.6.1)',
  },
  {
    name: 'override',
    fires: 'when silly window avoidance held data back for long enough (RFC 9293 §3.8.6.2.1)',
  },
  {
    name: 'delayed ACK',
    fires: 'when an acknowledgment has waited for company for long enough (RFC 9293 §3.8.6.3)',
  },
  { name: '2MSL', fires: 'at the end of TIME-WAIT (RFC 9293 §3.10.8)' },
  {
    name: 'FIN-WAIT-2',
    fires: 'when the peer was silent for too long after our FIN was acknowledged (no RFC)',
  },
  {
    name: 'user timeout',
    fires: 'when data was not acknowledged for as long as the user allows (RFC 9293 §3.10.8)',
  },
  { name: 'keep-alive', fires: 'when an idle connection is to be probed (RFC 9293 §3.8.4)' },
] as const;

/** A timer's row in the table. */
export const RETRANSMISSION = 0;
export const PERSIST = 1;
export const OVERRIDE = 2;
export const DELAYED_ACK = 3;
export const TIME_WAIT = 4;
export const FIN_WAIT_2 = 5;
export const USER_TIMEOUT = 6;
export const KEEP_ALIVE = 7;

export type TimerRow = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;

const COUNT = TIMERS.length;

export class Timers {
  readonly #due: Micros[] = [NEVER, NEVER, NEVER, NEVER, NEVER, NEVER, NEVER, NEVER];

  /** When the timer fires, or NEVER when it is off. */
  due(row: TimerRow): Micros {
    return this.#due[row]!;
  }

  isRunning(row: TimerRow): boolean {
    return this.#due[row] !== NEVER;
  }

  set(row: TimerRow, at: Micros): void {
    this.#due[row] = at;
  }

  stop(row: TimerRow): void {
    this.#due[row] = NEVER;
  }

  stopAll(): void {
    this.#due.fill(NEVER);
  }

  /** The earliest moment in the table, or NEVER. */
  get earliest(): Micros {
    let least = NEVER;
    for (let row = 0; row < COUNT; row += 1) if (this.#due[row]! < least) least = this.#due[row]!;
    return least;
  }
}
