/**
 * What leaves next, in this order: answers and resets; the answer to an unacceptable segment; our SYN;
 * what is to be sent again; new data and FIN; probes; an acknowledgment alone.
 */
import { NEVER, seqAdd, seqDiff, seqLeq, seqLt, type Micros } from '../../base/index.ts';
import { ACK, SYN, type TcpSegment } from '../../wire/index.ts';
import { because } from '../rules.ts';
import type { Tcb } from '../tcb.ts';
import { buildSegment } from './build-segment.ts';
import { newSegment } from './new-data.ts';
import { noteSent } from './send-timers.ts';
import { acknowledgedWith, forgetTiming, pureAck, transmit } from './transmit.ts';
import { windowProbe } from './window-probe.ts';

const RESENT_SYN = because('O-023', 'The SYN was not acknowledged: sent again.');
const FIRST_SYN = because('O-013', 'The connection is opened.');
const SYN_ACK = because('A-L03', 'The SYN of the peer is answered with ours.');
const SIMULTANEOUS = because(
  'O-007',
  'Both sides opened: the same SYN again, with the acknowledgment.',
);
const KEEP_ALIVE = because(
  'F-011',
  'The connection was idle: a segment below SND.NXT asks for an ACK.',
);

export function nextSegment(tcb: Tcb, now: Micros): TcpSegment | undefined {
  if (tcb.outbox.length > 0) return tcb.outbox.shift();
  if (!tcb.exists) return undefined;
  if (tcb.answerDue !== undefined) {
    const cause = tcb.answerDue;
    tcb.answerDue = undefined;
    return pureAck(tcb, cause);
  }
  if (tcb.synDue) return synSegment(tcb, now);
  const segment = maySendText(tcb) ? textSegment(tcb, now) : undefined;
  if (segment !== undefined) return segment;
  if (tcb.keepAliveDue) {
    tcb.keepAliveDue = false;
    acknowledgedWith(tcb);
    // MUST carry no data of its own; SND.NXT − 1 is outside the window and so draws an ACK (SHLD-12).
    return buildSegment(
      tcb,
      { seq: seqAdd(tcb.snd.nxt, -1), flags: ACK, resent: true },
      KEEP_ALIVE,
    );
  }
  return tcb.ackDue === undefined ? undefined : pureAck(tcb, tcb.ackDue);
}

/** Whether the state lets text or FIN go out, for the first time or again. */
function maySendText(tcb: Tcb): boolean {
  const { state } = tcb;
  return (
    state === 'ESTABLISHED' ||
    state === 'CLOSE-WAIT' ||
    state === 'FIN-WAIT-1' ||
    state === 'CLOSING' ||
    state === 'LAST-ACK'
  );
}

function textSegment(tcb: Tcb, now: Micros): TcpSegment | undefined {
  if (tcb.probeDue) return windowProbe(tcb, now);
  if (tcb.snd.resendNxt !== tcb.snd.resendEnd) return resentSegment(tcb, now);
  return newSegment(tcb, now);
}

function synSegment(tcb: Tcb, now: Micros): TcpSegment {
  const { snd } = tcb;
  const flags = tcb.state === 'SYN-SENT' ? SYN : SYN | ACK;
  const resent = tcb.synSent;
  const cause =
    tcb.loss.timeouts > 0
      ? RESENT_SYN
      : flags === SYN
        ? FIRST_SYN
        : resent
          ? SIMULTANEOUS
          : SYN_ACK;
  tcb.synDue = false;
  tcb.synSent = true;
  const segment = buildSegment(tcb, { seq: snd.iss, flags, resent }, cause);
  if (resent) forgetTiming(tcb, snd.iss);
  else if (tcb.timedAt === NEVER) {
    tcb.timedAt = now;
    tcb.timedEnd = seqAdd(snd.iss, 1);
  }
  if (flags !== SYN) acknowledgedWith(tcb);
  noteSent(tcb, now);
  return segment;
}

/**
 * The next segment of `[resendNxt, resendEnd)`. After a timeout cwnd paces it (RFC 5681 §3.1); within
 * the peer's window it always may go, beyond it waits for the window (SHLD-15, SHLD-16).
 */
function resentSegment(tcb: Tcb, now: Micros): TcpSegment | undefined {
  const { snd } = tcb;
  const seq = snd.resendNxt;
  const offset = seqDiff(seq, snd.una);
  const room = Math.min(tcb.congestion.cwnd, snd.wnd) - offset;
  const { dataEnd } = tcb;
  const textEnd = seqLt(dataEnd, snd.resendEnd) ? dataEnd : snd.resendEnd;
  const wanted = Math.min(snd.mss, seqDiff(textEnd, seq));
  // Only the segment at SND.UNA is cut to fit; one behind it waits until it fits.
  if (room <= 0 || (room < wanted && offset > 0)) return undefined;
  const length = Math.min(wanted, room);
  const end = seqAdd(seq, length);
  const fin = end === dataEnd && seqLt(dataEnd, snd.resendEnd);
  if (length === 0 && !fin) return undefined;
  snd.resendNxt = fin ? seqAdd(end, 1) : end;
  if (seqLeq(snd.resendEnd, snd.resendNxt)) snd.resendNxt = snd.resendEnd;
  return transmit(tcb, { seq, length, fin }, now, tcb.resendCause);
}
