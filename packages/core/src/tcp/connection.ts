/** One TCP connection behind the sans-IO contract: the user's calls, what arrives, and the time. */
import type { Micros, Payload, SansIo, Seq } from '../base/index.ts';
import type { TcpSegment } from '../wire/index.ts';
import type { TcpConfig } from './config.ts';
import type { TcpEvent } from './events.ts';
import { icmpArrived, type IcmpError } from './icmp.ts';
import type { ConnectionEnds, TcpJournal, TcpState } from './journal.ts';
import { restartKeepAlive } from './keep-alive.ts';
import { respondClosed } from './segment-arrives/closed.ts';
import { segmentArrivesListen } from './segment-arrives/listen.ts';
import { segmentArrivesOtherwise } from './segment-arrives/otherwise.ts';
import { segmentArrivesSynSent } from './segment-arrives/syn-sent.ts';
import { nextSegment } from './sending/next-segment.ts';
import { adjustSendTimers } from './sending/send-timers.ts';
import { Tcb } from './tcb.ts';
import { because } from './rules.ts';
import { isNewIncarnation } from './time-wait.ts';
import { handleTimeouts } from './timeouts.ts';
import { USER_TIMEOUT } from './timers.ts';
import { abort } from './user-calls/abort.ts';
import { close, type CloseOptions } from './user-calls/close.ts';
import { openActive, openPassive } from './user-calls/open.ts';
import { receive } from './user-calls/receive.ts';
import { send, type SendOptions } from './user-calls/send.ts';
import { status, type TcpStatus } from './user-calls/status.ts';

const NO_OPTIONS_GIVEN = {};
const NEW_INCARNATION = because('C-008', 'A SYN beyond the old numbers began a new connection.');
const NEW_LIMIT = because('F-006', 'The user set another limit.');

export interface ConnectionOptions {
  readonly ends: ConnectionEnds;
  readonly config: TcpConfig;
  /** The initial send sequence number; see `InitialSequenceNumbers`. */
  readonly iss: Seq;
  readonly journal?: TcpJournal | undefined;
}

export class Connection implements SansIo<TcpSegment, TcpSegment, TcpEvent> {
  /** Everything the connection knows; to look at, not to change. */
  readonly tcb: Tcb;

  /** A connection in CLOSED: open it next. */
  constructor(options: ConnectionOptions) {
    this.tcb = new Tcb(options.ends, options.config, options.iss, options.journal);
  }

  get ends(): ConnectionEnds {
    return this.tcb.ends;
  }

  get config(): TcpConfig {
    return this.tcb.config;
  }

  /** The value of the state machine's actor. */
  get state(): TcpState {
    return this.tcb.machine.state;
  }

  /** OPEN, active: SYN-SENT. @throws CallError `connection already exists`, `remote socket unspecified` */
  openActive(now: Micros): void {
    openActive(this.tcb, now);
  }

  /** OPEN, passive: LISTEN, for this one connection. @throws CallError `connection already exists` */
  openPassive(_now: Micros): void {
    openPassive(this.tcb);
  }

  /** See `send` in `user-calls/send.ts`. */
  send(data: Payload, now: Micros, options: SendOptions = NO_OPTIONS_GIVEN): number {
    return send(this.tcb, data, now, options);
  }

  /** See `receive` in `user-calls/receive.ts`. */
  receive(max: number, _now: Micros): Payload {
    return receive(this.tcb, max);
  }

  /** CLOSE: no more to send. @throws CallError `connection does not exist`, `connection closing` */
  close(now: Micros, options: CloseOptions = NO_OPTIONS_GIVEN): void {
    close(this.tcb, now, options);
  }

  /** ABORT: RST where the peer has a connection. @throws CallError `connection does not exist` */
  abort(_now: Micros): void {
    abort(this.tcb);
  }

  /** STATUS. @throws CallError `connection does not exist` */
  status(): TcpStatus {
    return status(this.tcb);
  }

  /** Turns Nagle's algorithm off or on (MUST-17). */
  setNoDelay(on: boolean, _now: Micros): void {
    this.#change({ nagle: !on });
  }

  /** Turns keep-alive on or off (MUST-24). */
  setKeepAlive(on: boolean, now: Micros): void {
    this.#change({ keepAlive: on });
    restartKeepAlive(this.tcb, now);
  }

  /** How long data may stay unacknowledged before the connection is aborted; NEVER is allowed. */
  setUserTimeout(limit: Micros, now: Micros): void {
    this.#change({ userTimeout: limit });
    this.tcb.stopTimer(USER_TIMEOUT, NEW_LIMIT);
    if (this.tcb.exists) adjustSendTimers(this.tcb, now, false);
  }

  /** R2: how long one segment is retransmitted before the connection is closed (MUST-21); NEVER is allowed. */
  setR2(limit: Micros, _now: Micros): void {
    this.#change({ r2: limit });
  }

  /** How long an ACK may wait, 0 … 500 ms. */
  setDelayedAck(delay: Micros, _now: Micros): void {
    this.#change({ delayedAck: delay });
  }

  /** Bytes that SEND would take now. */
  get sendSpace(): number {
    return this.tcb.config.sendBuffer - this.tcb.sendQueue.length;
  }

  /** Bytes that RECEIVE would give now. */
  get readable(): number {
    return this.tcb.receiveQueue.length;
  }

  /** Whether the peer's FIN was consumed: after what is readable the stream ends. */
  get peerClosed(): boolean {
    return this.tcb.peerClosed;
  }

  handleInput(segment: TcpSegment, now: Micros): void {
    const { tcb } = this;
    switch (tcb.machine.state) {
      case 'CLOSED': {
        const reset = respondClosed(segment);
        if (reset !== undefined) tcb.outbox.push(reset);
        return;
      }
      case 'LISTEN':
        return segmentArrivesListen(tcb, segment, now);
      case 'SYN-SENT':
        return segmentArrivesSynSent(tcb, segment, now);
      default:
        return segmentArrivesOtherwise(tcb, segment, now);
    }
  }

  handleTimeout(now: Micros): void {
    if (this.tcb.timers.earliest <= now) handleTimeouts(this.tcb, now);
  }

  pollOutput(now: Micros): TcpSegment | undefined {
    return nextSegment(this.tcb, now);
  }

  pollEvent(): TcpEvent | undefined {
    const { events } = this.tcb;
    return events.length === 0 ? undefined : events.shift();
  }

  pollTimeout(): Micros {
    return this.tcb.timers.earliest;
  }

  /** An ICMP error quoted a segment of this connection. */
  icmpArrived(error: IcmpError, _now: Micros): void {
    icmpArrived(this.tcb, error);
  }

  /**
   * Whether this segment is a SYN that may end our TIME-WAIT and begin a new connection between the
   * same ends (MAY-2). Ask before `handleInput`. If so, give the SYN to the listener with
   * `issAbove: connection.lastSequence`; keep this connection aside until the new one is established,
   * then call `supersede`; put it back if the new one fell back to LISTEN (it was an old duplicate).
   */
  acceptsNewIncarnation(segment: TcpSegment): boolean {
    return isNewIncarnation(this.tcb, segment);
  }

  /** The new connection is established: TIME-WAIT is over. */
  supersede(): void {
    this.tcb.ended = 'closed';
    this.tcb.events.push({ kind: 'closed' });
    this.tcb.follow('rcv SYN of a new incarnation', NEW_INCARNATION);
  }

  /** SND.NXT: above every number this connection has used. */
  get lastSequence(): Seq {
    return this.tcb.snd.nxt;
  }

  #change(changes: Partial<TcpConfig>): void {
    this.tcb.config = { ...this.tcb.config, ...changes };
    this.tcb.lastLimit = undefined;
  }
}
