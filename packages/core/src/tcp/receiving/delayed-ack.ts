/** When what arrived is acknowledged: RFC 9293 §3.8.6.3 and RFC 5681 §4.2. */
import { after, seqDiff, type Cause, type Micros } from '../../base/index.ts';
import { because } from '../rules.ts';
import type { Tcb } from '../tcb.ts';
import { DELAYED_ACK } from '../timers.ts';

const SECOND = because('V-015', 'Two full-sized segments are not acknowledged yet.');
const UNDELAYED = because('V-014', 'Acknowledgments are not delayed on this connection.');
const WAITS = because('V-014', 'The acknowledgment may wait for company.');
/** The smallest segment that can count as full-sized: every peer may send as much (MUST-15). */
const LEAST_FULL_SIZE = 536;

/** In-order text of `length` bytes was taken. */
export function acknowledgeText(tcb: Tcb, length: number, now: Micros): void {
  const { rcv } = tcb;
  if (length > rcv.largest) {
    // "Full-sized" is what this peer sends, not what we would take: its path may carry less.
    rcv.largest = length;
    rcv.fullSize = Math.min(tcb.config.mss, Math.max(LEAST_FULL_SIZE, length));
  }
  if (tcb.ackDue !== undefined) return;
  if (seqDiff(rcv.nxt, rcv.acked) >= 2 * rcv.fullSize) acknowledgeNow(tcb, SECOND);
  else if (tcb.config.delayedAck === 0) acknowledgeNow(tcb, UNDELAYED);
  else if (!tcb.timers.isRunning(DELAYED_ACK)) {
    tcb.startTimer(DELAYED_ACK, after(now, tcb.config.delayedAck), WAITS);
  }
}

/** An acknowledgment leaves at the next opportunity. */
export function acknowledgeNow(tcb: Tcb, cause: Cause): void {
  tcb.ackDue ??= cause;
}
