/**
 * The transmission control block: everything one connection knows (RFC 9293 §3.3.1), nested and named
 * as the RFC writes it. The functions in this folder work on it; only `connection.ts` is seen outside.
 */
import {
  MachineRunner,
  NEVER,
  ZERO_TIME,
  type Cause,
  type ConnectionEnd,
  type Micros,
  type Seq,
} from '../base/index.ts';
import { RST, type TcpOption, type TcpSegment } from '../wire/index.ts';
import type { TcpConfig } from './config.ts';
import type { CongestionController } from './congestion/controller.ts';
import { PhaseTracker } from './congestion/phase.ts';
import type { PhaseArrow } from './congestion/phase.machine.ts';
import { Reno } from './congestion/reno.ts';
import type { TcpEvent } from './events.ts';
import type { ConnectionEnds, SendLimit, TcpJournal, TcpState } from './journal.ts';
import { RtoEstimator } from './loss/rto.ts';
import { tcpMachine, type TcpActions, type TcpArrow } from './machine.ts';
import { synOptions } from './options/mss.ts';
import { Reassembly } from './receiving/reassembly.ts';
import { because } from './rules.ts';
import { buildSegment } from './sending/build-segment.ts';
import { PayloadQueue } from './sending/payload-queue.ts';
import { Timers, TIMERS, type TimerRow } from './timers.ts';
import {
  initialReceive,
  initialSend,
  type LossVariables,
  type ReceiveVariables,
  type SendVariables,
} from './variables.ts';

const NO_CAUSE: Cause = because('O-013', 'The connection begins.');

export class Tcb implements TcpActions {
  readonly ends: ConnectionEnds;
  config: TcpConfig;
  readonly journal: TcpJournal | undefined;
  readonly machine: MachineRunner<TcpState, TcpArrow>;
  readonly timers = new Timers();

  readonly snd: SendVariables;
  readonly rcv: ReceiveVariables;
  readonly loss: LossVariables;
  readonly rto: RtoEstimator;
  readonly congestion: CongestionController = new Reno();
  readonly phases = new PhaseTracker();

  readonly sendQueue = new PayloadQueue();
  readonly receiveQueue = new PayloadQueue();
  readonly reassembly = new Reassembly();
  /** Segments that answer what arrived; they leave before anything else. */
  readonly outbox: TcpSegment[] = [];
  readonly events: TcpEvent[] = [];

  /** Whether the TCB exists: false exactly in CLOSED. */
  exists = false;
  /** Whether the connection came from LISTEN (MUST-11). */
  passive = false;
  /** How it ended; undefined while it has not. */
  ended: ConnectionEnd | 'closed' | undefined;
  /** A SYN (or SYN,ACK) is to be sent at the next opportunity. */
  synDue = false;
  /** CLOSE was called; the FIN follows the last byte queued. */
  finQueued = false;
  /** CLOSE was called in SYN-RECEIVED with data queued: it waits for ESTABLISHED (§3.10.4). */
  closePending = false;
  /** The peer's FIN was consumed. */
  peerClosed = false;
  /** An acknowledgment is to leave at the next opportunity, and why; undefined for none. */
  ackDue: Cause | undefined;
  /** The same, for one that goes out alone and first: the answer to an unacceptable segment. */
  answerDue: Cause | undefined;
  /** Whether our SYN was sent at least once. */
  synSent = false;
  /** Bytes sent beyond cwnd by limited transmit since the last new acknowledgment. */
  limitedSent = 0;
  /** CLOSE meant that nothing will be read any more (half-duplex close, MAY-1). */
  readingOver = false;
  /** A byte may be sent in spite of a closed window, or a small segment in spite of SWS avoidance. */
  probeDue = false;
  overrideDue = false;
  keepAliveDue = false;
  /** The user was told that the send queue is full. */
  sendBlocked = false;

  /** The one segment whose round trip is measured: the number its ACK must reach. `timedAt` NEVER: none. */
  timedEnd: Seq;
  timedAt: Micros = NEVER;
  /** When a segment with sequence numbers was last sent. */
  lastSentAt: Micros = ZERO_TIME;
  /** When anything last arrived from the peer. */
  lastHeardAt: Micros = ZERO_TIME;
  persistInterval: Micros = ZERO_TIME;
  keepAliveProbes = 0;
  /** Answers spent in this period of RFC 5961 §7. */
  challenges = 0;
  challengePeriodEnd: Micros = ZERO_TIME;
  /** Why the arrow now being followed is followed. */
  cause: Cause = NO_CAUSE;
  /** Why the segments in `[resendNxt, resendEnd)` are sent again. */
  resendCause: Cause = NO_CAUSE;
  lastLimit: SendLimit | undefined;

  constructor(ends: ConnectionEnds, config: TcpConfig, iss: Seq, journal: TcpJournal | undefined) {
    this.ends = ends;
    this.config = config;
    this.journal = journal;
    this.snd = initialSend(iss, config);
    this.rcv = initialReceive(config);
    // Deviation: RFC 6582 §3.2 begins with recover = ISS, which read literally (ack − 1 > recover)
    // denies fast retransmit to the first segment of a connection. One less keeps its purpose.
    this.loss = {
      duplicates: 0,
      recover: (iss - 1) >>> 0,
      partialSeen: false,
      timeouts: 0,
      waitingSince: ZERO_TIME,
      synLost: false,
    };
    this.timedEnd = iss;
    this.rto = new RtoEstimator(config);
    this.machine = new MachineRunner<TcpState, TcpArrow>(tcpMachine, 'tcp', { connection: this });
  }

  get synOptions(): readonly TcpOption[] {
    return synOptions(this.config);
  }

  get state(): TcpState {
    return this.machine.state;
  }

  /** The number after the last byte in the send queue: the FIN's. */
  get dataEnd(): Seq {
    return (this.snd.dataStart + this.sendQueue.length) >>> 0;
  }

  /** Whether our SYN is not acknowledged yet. */
  get synOutstanding(): boolean {
    return this.snd.una === this.snd.iss;
  }

  /** Whether our FIN has a sequence number: no more data can be sent. */
  get finSent(): boolean {
    return this.finQueued && this.snd.nxt === (this.dataEnd + 1) >>> 0;
  }

  /** Whether our FIN was sent and acknowledged. */
  get finAcked(): boolean {
    return this.finQueued && !this.synOutstanding && this.snd.una === (this.dataEnd + 1) >>> 0;
  }

  /** FlightSize: numbers sent and not acknowledged (RFC 5681 §2). */
  get flight(): number {
    return (this.snd.nxt - this.snd.una) | 0;
  }

  /**
   * The number of a segment that takes none. Deviation: RFC 9293 says SND.NXT always. A probe into a
   * closed window has moved that beyond the window, where the peer must refuse the segment together
   * with the ACK or the RST it carries; SND.UNA is the one number a peer with a closed window accepts.
   */
  get emptySeq(): Seq {
    const { snd } = this;
    return snd.wnd === 0 && !this.synOutstanding ? snd.una : snd.nxt;
  }

  /** The one way from state to state. */
  follow(arrow: TcpArrow, cause: Cause): void {
    const before = this.machine.state;
    this.cause = cause;
    const after = this.machine.follow(arrow);
    this.journal?.transition(this.ends, before, arrow, after, cause);
  }

  followPhase(arrow: PhaseArrow, cause: Cause): void {
    const before = this.phases.phase;
    this.phases.follow(arrow);
    this.journal?.variable(this.ends, 'congestion phase', before, this.phases.phase, cause);
  }

  // The lower labels of the figure.

  createTcb(): void {
    this.exists = true;
  }

  deleteTcb(): void {
    this.exists = false;
    this.timers.stopAll();
    this.sendQueue.clear();
    this.reassembly.clear();
    this.snd.resendEnd = this.snd.resendNxt;
    this.synDue = false;
    this.probeDue = false;
    this.keepAliveDue = false;
    this.ackDue = undefined;
    this.answerDue = undefined;
  }

  sendSyn(): void {
    this.synDue = true;
  }

  sendSynAck(): void {
    this.synDue = true;
  }

  sendAck(): void {
    this.ackDue = this.cause;
  }

  sendFin(): void {
    this.finQueued = true;
  }

  sendRst(): void {
    this.outbox.push(buildSegment(this, { seq: this.emptySeq, flags: RST }, this.cause));
  }

  startTimer(row: TimerRow, at: Micros, cause: Cause): void {
    this.timers.set(row, at);
    this.journal?.timer(this.ends, TIMERS[row].name, 'start', at, cause);
  }

  stopTimer(row: TimerRow, cause: Cause): void {
    if (!this.timers.isRunning(row)) return;
    this.timers.stop(row);
    this.journal?.timer(this.ends, TIMERS[row].name, 'stop', NEVER, cause);
  }

  /** Tells the journal that a variable changed. */
  note(name: string, before: number | string, after: number | string, cause: Cause): void {
    if (before !== after) this.journal?.variable(this.ends, name, before, after, cause);
  }

  /** The connection is over, otherwise than in order: queues are flushed (§3.10.7.4, §3.10.8). */
  fail(reason: ConnectionEnd, detail: string): void {
    this.ended = reason;
    this.receiveQueue.clear();
    this.events.push({ kind: 'failed', reason, detail });
  }
}

/** The states after both SYNs are exchanged (RFC 9293 §3.4). */
export function isSynchronized(state: TcpState): boolean {
  return (
    state !== 'CLOSED' && state !== 'LISTEN' && state !== 'SYN-SENT' && state !== 'SYN-RECEIVED'
  );
}
