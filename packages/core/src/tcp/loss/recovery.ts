/**
 * Finding and repairing losses: duplicate ACKs, fast retransmit and NewReno fast recovery (RFC 5681
 * §3.2, RFC 6582 §3.2), and the retransmission timeout (RFC 5681 §3.1). Which segments go out again is
 * decided here; how large the window is, in `congestion/`.
 */
import { seqAdd, seqGt, seqLt, seqMin, type Cause, type Micros } from '../../base/index.ts';
import { because } from '../rules.ts';
import { restartRetransmission } from '../sending/send-timers.ts';
import { forgetTiming } from '../sending/transmit.ts';
import type { Tcb } from '../tcb.ts';

const DUPLICATES_FOR_LOSS = 3;

const FAST = because(
  'CC-017',
  'Three duplicate ACKs say that it is lost: sent again without waiting for the timer.',
);
const PARTIAL_AGAIN = because('NR-004', 'A partial ACK says that it was lost too: sent again.');
const AFTER_TIMEOUT = because('RTO-014', 'It was not acknowledged in time: sent again.');
const THIRD = because('CC-016', 'Three duplicate ACKs: the segment at SND.UNA is taken for lost.');
const INFLATED = because(
  'CC-018',
  'A further duplicate ACK: one more segment has left the network.',
);
const PARTIAL = because('NR-004', 'A partial ACK: the next segment was lost too.');
const RECOVERED = because(
  'NR-003',
  'All that was outstanding when the loss was noticed is acknowledged.',
);
const GROWN = because('CC-009', 'New data was acknowledged.');
const AVOIDING = because('CC-010', 'About one segment a round trip.');
const REACHED = because('CC-008', 'The window is no longer below ssthresh.');
const TIMED_OUT = because(
  'CC-012',
  'The retransmission timer expired: one segment, then slow start.',
);

/**
 * `acked` bytes were newly acknowledged; SND.UNA is already advanced.
 * @returns whether the retransmission timer starts anew
 */
export function recoverOnAck(tcb: Tcb, acked: number, now: Micros): boolean {
  const { loss, congestion, snd } = tcb;
  loss.duplicates = 0;
  loss.timeouts = 0;
  tcb.limitedSent = 0;
  const before = congestion.cwnd;
  const { phase } = tcb.phases;
  const covered = seqGt(snd.una, loss.recover);
  if (phase === 'fast recovery' && !covered) return partialAck(tcb, acked, now);
  if (phase === 'fast recovery') {
    congestion.recoveryEnds(tcb.flight);
    tcb.note('cwnd', before, congestion.cwnd, RECOVERED);
    tcb.followPhase('full ACK', RECOVERED);
  } else {
    const avoiding = before >= congestion.ssthresh;
    congestion.acknowledged(acked);
    tcb.note('cwnd', before, congestion.cwnd, avoiding ? AVOIDING : GROWN);
    if (phase === 'loss' && covered) tcb.followPhase('full ACK', RECOVERED);
  }
  if (tcb.phases.phase === 'slow start' && congestion.cwnd >= congestion.ssthresh) {
    tcb.followPhase('cwnd reached ssthresh', REACHED);
  }
  // Far behind, `recover` would look as if it lay ahead after 2^31 bytes.
  if (seqLt(loss.recover, seqAdd(snd.una, -2))) loss.recover = seqAdd(snd.una, -2);
  return true;
}

function partialAck(tcb: Tcb, acked: number, now: Micros): boolean {
  const before = tcb.congestion.cwnd;
  tcb.congestion.partialAck(acked);
  tcb.note('cwnd', before, tcb.congestion.cwnd, PARTIAL);
  resendFirst(tcb, PARTIAL_AGAIN);
  // RFC 6582 §3.2: the timer is reset for the first partial ACK only, so that many losses in one
  // window end in a timeout rather than in one retransmission for each round trip.
  const first = !tcb.loss.partialSeen;
  tcb.loss.partialSeen = true;
  if (first) restartRetransmission(tcb, now);
  return false;
}

/** An ACK that RFC 5681 §2 calls a duplicate arrived. */
export function onDuplicateAck(tcb: Tcb, now: Micros): void {
  const { loss, congestion, snd } = tcb;
  loss.duplicates += 1;
  const before = congestion.cwnd;
  if (tcb.phases.phase === 'fast recovery') {
    congestion.duplicateInRecovery();
    tcb.note('cwnd', before, congestion.cwnd, INFLATED);
    return;
  }
  if (loss.duplicates !== DUPLICATES_FOR_LOSS) return;
  // RFC 6582 §3.2 step 2 and §4: duplicates of what a timeout resent announce nothing new.
  if (!seqGt(seqAdd(snd.una, -1), loss.recover)) return;
  const thresholdBefore = congestion.ssthresh;
  loss.recover = seqAdd(snd.nxt, -1);
  loss.partialSeen = false;
  // CC-016: what limited transmit sent beyond cwnd does not count.
  congestion.recoveryBegins(tcb.flight - tcb.limitedSent);
  noteWindows(tcb, before, thresholdBefore, THIRD);
  tcb.followPhase('third duplicate ACK', THIRD);
  resendFirst(tcb, FAST);
  restartRetransmission(tcb, now);
}

/** The retransmission timer expired for data or FIN. */
export function onTimeout(tcb: Tcb): void {
  const { loss, congestion, snd } = tcb;
  const before = congestion.cwnd;
  const thresholdBefore = congestion.ssthresh;
  congestion.timedOut(tcb.flight, loss.timeouts > 1);
  noteWindows(tcb, before, thresholdBefore, TIMED_OUT);
  // RFC 6582 §3.2 step 4.
  loss.recover = seqAdd(snd.nxt, -1);
  loss.duplicates = 0;
  tcb.limitedSent = 0;
  if (tcb.phases.phase !== 'loss') tcb.followPhase('retransmission timeout', TIMED_OUT);
  resendAll(tcb, AFTER_TIMEOUT);
}

/** Everything outstanding is to be sent again, as cwnd and the peer's window allow. */
export function resendAll(tcb: Tcb, cause: Cause): void {
  tcb.resendCause = cause;
  tcb.snd.resendNxt = tcb.snd.una;
  tcb.snd.resendEnd = tcb.snd.nxt;
  forgetTiming(tcb, tcb.snd.una);
}

/** One segment from SND.UNA on is to be sent again. */
function resendFirst(tcb: Tcb, cause: Cause): void {
  const { snd } = tcb;
  tcb.resendCause = cause;
  snd.resendNxt = snd.una;
  // One more than a segment of text, when that is the FIN.
  const end = seqAdd(snd.una, snd.mss);
  snd.resendEnd = end === tcb.dataEnd ? seqMin(seqAdd(end, 1), snd.nxt) : seqMin(end, snd.nxt);
}

function noteWindows(tcb: Tcb, cwnd: number, ssthresh: number, cause: Cause): void {
  tcb.note('ssthresh', ssthresh, tcb.congestion.ssthresh, cause);
  tcb.note('cwnd', cwnd, tcb.congestion.cwnd, cause);
}
