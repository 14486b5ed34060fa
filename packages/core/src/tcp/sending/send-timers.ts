/**
 * Retransmission, persist and user timeout: which of them runs follows from what is outstanding and
 * from the peer's window. Retransmission and persist never run together.
 */
import { after, type Micros } from '../../base/index.ts';
import { because } from '../rules.ts';
import type { Tcb } from '../tcb.ts';
import { OVERRIDE, PERSIST, RETRANSMISSION, USER_TIMEOUT } from '../timers.ts';

const STARTED = because('RTO-011', 'Something was sent while the timer was off.');
const RESTARTED = because('RTO-013', 'New data was acknowledged, the rest gets a whole RTO.');
const ALL_ACKED = because('RTO-012', 'Everything sent is acknowledged.');
const ZERO_WINDOW = because(
  'V-008',
  'The window is zero: it is probed, the first time after one RTO.',
);
const WINDOW_OPEN = because('V-005', 'The window is open, or nothing waits for it.');
const USER_WAIT = because('U-018', 'Data waits to be acknowledged.');
const USER_DONE = because('U-018', 'Nothing waits to be acknowledged.');

/** After a segment with sequence numbers was sent. */
export function noteSent(tcb: Tcb, now: Micros): void {
  tcb.lastSentAt = now;
  tcb.probeDue = false;
  tcb.overrideDue = false;
  if (tcb.timers.isRunning(OVERRIDE)) tcb.stopTimer(OVERRIDE, WINDOW_OPEN);
  if (!tcb.timers.isRunning(RETRANSMISSION)) adjustSendTimers(tcb, now, false);
}

/** @param acknowledged new data was acknowledged, so that a running retransmission timer starts anew. */
export function adjustSendTimers(tcb: Tcb, now: Micros, acknowledged: boolean): void {
  const { timers } = tcb;
  if (isProbing(tcb)) {
    tcb.stopTimer(RETRANSMISSION, ZERO_WINDOW);
    if (!timers.isRunning(PERSIST)) {
      // R2 counts from the first wait for an answer, however long ago the window was closed.
      tcb.loss.waitingSince = now;
      tcb.persistInterval = tcb.rto.rto;
      tcb.startTimer(PERSIST, after(now, tcb.persistInterval), ZERO_WINDOW);
    }
  } else {
    if (timers.isRunning(PERSIST)) tcb.stopTimer(PERSIST, WINDOW_OPEN);
    if (tcb.flight === 0) tcb.stopTimer(RETRANSMISSION, ALL_ACKED);
    else if (!timers.isRunning(RETRANSMISSION)) {
      tcb.loss.waitingSince = now;
      tcb.startTimer(RETRANSMISSION, after(now, tcb.rto.rto), STARTED);
    } else if (acknowledged) {
      tcb.startTimer(RETRANSMISSION, after(now, tcb.rto.rto), RESTARTED);
    }
  }
  adjustUserTimeout(tcb, now, acknowledged);
}

/** Restarts the retransmission timer for what is sent again now (RFC 6298 §5, MUST not be earlier). */
export function restartRetransmission(tcb: Tcb, now: Micros): void {
  if (isProbing(tcb)) return;
  tcb.startTimer(RETRANSMISSION, after(now, tcb.rto.rto), STARTED);
}

/** Zero window, and something it keeps from being sent or acknowledged (RFC 9293 §3.8.6.1). */
export function isProbing(tcb: Tcb): boolean {
  if (tcb.snd.wnd !== 0 || tcb.synOutstanding) return false;
  return tcb.flight > 0 || tcb.sendQueue.length > 0 || (tcb.finQueued && !tcb.finSent);
}

function adjustUserTimeout(tcb: Tcb, now: Micros, acknowledged: boolean): void {
  const waiting = tcb.flight > 0 || tcb.sendQueue.length > 0;
  if (!waiting) tcb.stopTimer(USER_TIMEOUT, USER_DONE);
  else if (acknowledged || !tcb.timers.isRunning(USER_TIMEOUT)) {
    tcb.startTimer(USER_TIMEOUT, after(now, tcb.config.userTimeout), USER_WAIT);
  }
}
