/** Fifth step of §3.10.7.4: the ACK field. */
import { seqAdd, seqGt, seqLeq, seqLt, type Cause, type Micros } from '../../base/index.ts';
import { ACK, FIN, SYN } from '../../wire/index.ts';
import { onDuplicateAck, resendAll } from '../loss/recovery.ts';
import { because } from '../rules.ts';
import { adjustSendTimers } from '../sending/send-timers.ts';
import type { Tcb } from '../tcb.ts';
import { enterTimeWait } from '../time-wait.ts';
import { acknowledge } from './acknowledge.ts';
import { answer, challenge } from './answer.ts';
import { resetAt } from './closed.ts';
import { established } from './established.ts';
import { enterFinWait2 } from './fin-wait-2.ts';
import type { Seg } from './seg.ts';
import { deliverHeld } from './segment-text.ts';
import { performPendingClose } from '../user-calls/close.ts';

const NO_ACK = because('A-X05', 'After the SYN every segment carries an ACK.');
const TOO_OLD = because('B-007', 'The acknowledgment is older than any window: a blind guess.');
const UNSENT = because('A-X08', 'It acknowledges something not yet sent.');
const UNACCEPTABLE = because('A-X06', 'It does not acknowledge our SYN.');
const SYN_ACKED = because('A-X06', 'Our SYN is acknowledged.');
const FIN_ACKED = because('A-X09', 'Our FIN is acknowledged.');
const FIN_ACKED_CLOSING = because('A-X11', 'Our FIN is acknowledged, as theirs was.');
const LAST_ACKED = because('A-X12', 'Our FIN is acknowledged: both directions are closed.');
const REOPENED = because(
  'V-003',
  'What went into the closed window was not taken: sent again, now that it is open.',
);
const WINDOW = because('V-019', 'A newer segment tells the window.');

/** @returns false when processing ends here */
export function checkAck(tcb: Tcb, seg: Seg, now: Micros): boolean {
  if (!seg.has(ACK)) return drop(tcb, seg, NO_ACK);
  const { ack } = seg.segment;
  if (tcb.state === 'SYN-RECEIVED') return checkAckOfSyn(tcb, seg, now);
  const { snd } = tcb;
  if (seqGt(ack, snd.nxt)) return refuse(tcb, seg, UNSENT, now);
  if (tcb.config.blindAttackChecks && seqLt(ack, seqAdd(snd.una, -snd.maxWnd))) {
    return refuse(tcb, seg, TOO_OLD, now);
  }
  const duplicate = isDuplicate(tcb, seg);
  const advanced = seqGt(ack, snd.una);
  const opening = tcb.synOutstanding;
  const restart = advanced && acknowledge(tcb, ack, now);
  // CLOSE in SYN-RECEIVED went past ESTABLISHED; what came with the SYN has waited for this all the same.
  if (opening && advanced && !tcb.reassembly.isEmpty) deliverHeld(tcb, now);
  updateWindow(tcb, seg);
  if (duplicate) onDuplicateAck(tcb, now);
  // Any acceptable ACK proves that the peer is there: probes may go on for ever (MUST-37).
  if (snd.wnd === 0) tcb.loss.waitingSince = now;
  adjustSendTimers(tcb, now, restart || snd.wnd === 0);
  return advanced && tcb.finAcked ? finAcked(tcb, now) : true;
}

function checkAckOfSyn(tcb: Tcb, seg: Seg, now: Micros): boolean {
  const { snd } = tcb;
  const { segment } = seg;
  if (seqLeq(segment.ack, snd.una) || seqGt(segment.ack, snd.nxt)) {
    tcb.outbox.push(resetAt(segment, UNACCEPTABLE));
    return drop(tcb, seg, UNACCEPTABLE);
  }
  acknowledge(tcb, segment.ack, now);
  snd.wnd = segment.wnd;
  snd.maxWnd = Math.max(snd.maxWnd, segment.wnd);
  snd.wl1 = segment.seq;
  snd.wl2 = segment.ack;
  tcb.follow('rcv ACK of SYN', SYN_ACKED);
  established(tcb, now);
  // What came with the SYN was queued "for processing after the ESTABLISHED state has been reached".
  if (!tcb.reassembly.isEmpty) deliverHeld(tcb, now);
  if (tcb.closePending) performPendingClose(tcb);
  return true;
}

/**
 * RFC 5681 §2: outstanding data, no text, no SYN or FIN, ack = SND.UNA, the window unchanged. The
 * answers to window probes have all that too, but tell of no loss: while the window is zero nothing
 * but probes is sent, and nothing can have left the network in order after a missing segment.
 */
function isDuplicate(tcb: Tcb, seg: Seg): boolean {
  const { segment } = seg;
  return (
    segment.ack === tcb.snd.una &&
    segment.payload.length === 0 &&
    (segment.flags & (SYN | FIN)) === 0 &&
    segment.wnd === tcb.snd.wnd &&
    segment.wnd > 0 &&
    tcb.flight > 0
  );
}

/** "Prevents using old segments to update the window": WL1 and WL2. */
function updateWindow(tcb: Tcb, seg: Seg): void {
  const { snd } = tcb;
  const { ack, wnd, seq } = seg.segment;
  if (seqLt(ack, snd.una)) return;
  if (!(seqLt(snd.wl1, seq) || (snd.wl1 === seq && seqLeq(snd.wl2, ack)))) return;
  snd.wl1 = seq;
  snd.wl2 = ack;
  if (wnd === snd.wnd) return;
  tcb.note('SND.WND', snd.wnd, wnd, WINDOW);
  const reopened = snd.wnd === 0;
  snd.wnd = wnd;
  if (wnd > snd.maxWnd) snd.maxWnd = wnd;
  // What went into the closed window (probes, or data before it shrank) was not taken: send it again.
  if (reopened && tcb.flight > 0) resendAll(tcb, REOPENED);
}

function finAcked(tcb: Tcb, now: Micros): boolean {
  switch (tcb.state) {
    case 'FIN-WAIT-1':
      tcb.follow('rcv ACK of FIN', FIN_ACKED);
      enterFinWait2(tcb, now);
      return true;
    case 'CLOSING':
      tcb.follow('rcv ACK of FIN', FIN_ACKED_CLOSING);
      tcb.events.push({ kind: 'close acknowledged' }, { kind: 'time-wait' });
      enterTimeWait(tcb, now, FIN_ACKED_CLOSING);
      return true;
    case 'LAST-ACK':
      tcb.ended = 'closed';
      tcb.events.push({ kind: 'close acknowledged' }, { kind: 'closed' });
      tcb.follow('rcv ACK of FIN', LAST_ACKED);
      return false;
    default:
      return true;
  }
}

/** An ACK we cannot accept is answered; freely only if the segment takes sequence space. */
function refuse(tcb: Tcb, seg: Seg, cause: Cause, now: Micros): boolean {
  if (seg.len === 0) challenge(tcb, cause, now);
  else answer(tcb, cause);
  return drop(tcb, seg, cause);
}

function drop(tcb: Tcb, seg: Seg, cause: Cause): boolean {
  tcb.journal?.discard(tcb.ends, seg.segment, cause);
  return false;
}
