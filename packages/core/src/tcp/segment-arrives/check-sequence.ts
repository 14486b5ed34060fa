/** First step of §3.10.7.4: is the segment in the window? What lies outside is trimmed off. */
import { seqAdd, seqDiff, seqInWindow, seqLeq, type Micros } from '../../base/index.ts';
import { FIN, RST, SYN } from '../../wire/index.ts';
import { acknowledgeNow } from '../receiving/delayed-ack.ts';
import { because } from '../rules.ts';
import type { Tcb } from '../tcb.ts';
import { enterTimeWait } from '../time-wait.ts';
import { answer, challenge } from './answer.ts';
import type { Seg } from './seg.ts';

const OUTSIDE = because('A-X01', 'The segment is outside the window: answered with an ACK.');
const RESET_OUTSIDE = because('B-003', 'A reset outside the window is dropped without a word.');
const SYN_OUTSIDE = because('B-005', 'A SYN on a synchronized connection is challenged.');
const ZERO_WINDOW = because(
  'V-009',
  'The window is zero: the text cannot be taken, the ACK tells so.',
);
const FIN_AGAIN = because('C-010', 'The peer sent its FIN again: the wait starts anew.');

/** @returns false when processing ends here */
export function checkSequence(tcb: Tcb, seg: Seg, now: Micros): boolean {
  const { nxt, wnd } = tcb.rcv;
  const { len } = seg;
  // The common case: the next segment, wholly inside.
  if (seg.seq === nxt && len <= wnd) return true;
  if (!isAcceptable(seg, len, nxt, wnd)) return unacceptable(tcb, seg, len, now);
  const before = seqDiff(nxt, seg.seq);
  if (before > 0) seg.trimLeft(before);
  const beyond = seqDiff(seqAdd(seg.seq, seg.len), seqAdd(nxt, wnd));
  if (beyond > 0) seg.trimRight(beyond);
  return true;
}

/** The four cases of Table 6. */
function isAcceptable(seg: Seg, len: number, nxt: number, wnd: number): boolean {
  if (wnd === 0) return len === 0 && seg.seq === nxt;
  if (seqInWindow(seg.seq, nxt, wnd)) return true;
  return len > 0 && seqInWindow(seqAdd(seg.seq, len - 1), nxt, wnd);
}

function unacceptable(tcb: Tcb, seg: Seg, len: number, now: Micros): boolean {
  const { nxt, wnd } = tcb.rcv;
  const coversNext = seqLeq(seg.seq, nxt) && seqInWindow(nxt, seg.seq, len);
  if (wnd === 0 && coversNext && !seg.has(SYN)) {
    // "Special allowance should be made to accept valid ACKs, URGs, and RSTs" (MUST-66).
    seg.trimLeft(seqDiff(nxt, seg.seq));
    seg.trimRight(seg.len);
    if (!seg.has(RST)) {
      tcb.journal?.discard(tcb.ends, seg.segment, ZERO_WINDOW);
      acknowledgeNow(tcb, ZERO_WINDOW);
    }
    return true;
  }
  if (seg.has(RST)) {
    tcb.journal?.discard(tcb.ends, seg.segment, RESET_OUTSIDE);
    return false;
  }
  // Step 8 wants the 2MSL timer restarted by a FIN that comes again, but such a FIN never gets there:
  // it lies before RCV.NXT. So it is noticed here.
  if (tcb.state === 'TIME-WAIT' && seg.has(FIN) && seqAdd(seg.seq, len) === nxt) {
    enterTimeWait(tcb, now, FIN_AGAIN);
  }
  if (seg.has(SYN)) challenge(tcb, SYN_OUTSIDE, now);
  else if (len === 0) challenge(tcb, OUTSIDE, now);
  else answer(tcb, OUTSIDE);
  tcb.journal?.discard(tcb.ends, seg.segment, OUTSIDE);
  return false;
}
