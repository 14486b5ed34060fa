import {
  NEVER,
  seqAdd,
  seqDiff,
  seqGt,
  seqLeq,
  type Cause,
  type Micros,
  type Seq,
} from '../../base/index.ts';
import { ACK, FIN, PSH, URG, type TcpSegment } from '../../wire/index.ts';
import { because } from '../rules.ts';
import type { Tcb } from '../tcb.ts';
import { DELAYED_ACK } from '../timers.ts';
import { buildSegment } from './build-segment.ts';
import { noteSent } from './send-timers.ts';

const ACK_SENT = because('V-014', 'The acknowledgment has left with a segment.');

/** A stretch of the send sequence space: `length` bytes from `seq`, and the FIN behind them or not. */
export interface Stretch {
  readonly seq: Seq;
  readonly length: number;
  readonly fin: boolean;
}

/** Sends text and FIN for the first time or again, with the current ACK and window (RTO-020). */
export function transmit(tcb: Tcb, stretch: Stretch, now: Micros, cause: Cause): TcpSegment {
  const { snd } = tcb;
  const { seq, length } = stretch;
  const textEnd = seqAdd(seq, length);
  const end = stretch.fin ? seqAdd(textEnd, 1) : textEnd;
  const resent = seq !== snd.nxt;
  const urgent = seqGt(snd.up, seq);
  const text = tcb.sendQueue.slice(seqDiff(seq, snd.dataStart), length);
  const content = {
    seq,
    flags: flagsOf(tcb, stretch, textEnd, urgent),
    text,
    up: urgent ? Math.min(seqDiff(snd.up, seq), 65_535) : 0,
    resent,
  };
  const segment = buildSegment(tcb, content, cause);
  if (resent) forgetTiming(tcb, seq);
  else if (tcb.timedAt === NEVER) {
    // RFC 6298 §3: one round trip at a time is measured, so at least one sample each RTT.
    tcb.timedAt = now;
    tcb.timedEnd = end;
  }
  if (seqGt(end, snd.nxt)) snd.nxt = end;
  acknowledgedWith(tcb);
  noteSent(tcb, now);
  return segment;
}

function flagsOf(tcb: Tcb, stretch: Stretch, textEnd: Seq, urgent: boolean): number {
  let flags = ACK;
  if (stretch.fin) flags |= FIN;
  if (urgent) flags |= URG;
  if (stretch.length > 0) {
    // MUST-61: PSH with the last byte queued; or where the user pushed, once for several (SHLD-27).
    const { pushed } = tcb.snd;
    if (textEnd === tcb.dataEnd || (seqGt(pushed, stretch.seq) && seqLeq(pushed, textEnd))) {
      flags |= PSH;
    }
  }
  return flags;
}

/** Karn: the ACK of something sent twice does not say which copy it answers (RFC 6298 §3). */
export function forgetTiming(tcb: Tcb, resentFrom: Seq): void {
  if (tcb.timedAt !== NEVER && seqGt(tcb.timedEnd, resentFrom)) tcb.timedAt = NEVER;
}

/** A segment with the current ACK and window is on its way: no other acknowledgment is owed. */
export function acknowledgedWith(tcb: Tcb): void {
  const { rcv } = tcb;
  rcv.acked = rcv.nxt;
  rcv.toldEdge = seqAdd(rcv.nxt, rcv.wnd);
  tcb.ackDue = undefined;
  if (tcb.timers.isRunning(DELAYED_ACK)) tcb.stopTimer(DELAYED_ACK, ACK_SENT);
}

/** <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>; see `emptySeq` for the exception. */
export function pureAck(tcb: Tcb, cause: Cause): TcpSegment {
  const segment = buildSegment(tcb, { seq: tcb.emptySeq, flags: ACK }, cause);
  acknowledgedWith(tcb);
  return segment;
}
