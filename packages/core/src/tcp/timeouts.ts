/** TIMEOUTS, RFC 9293 §3.10.8, and the timers of the mechanisms beside it. */
import { after, us, type Cause, type Micros } from '../base/index.ts';
import { keepAliveFired } from './keep-alive.ts';
import { onTimeout } from './loss/recovery.ts';
import { acknowledgeNow } from './receiving/delayed-ack.ts';
import { because } from './rules.ts';
import type { Tcb } from './tcb.ts';
import {
  DELAYED_ACK,
  FIN_WAIT_2,
  KEEP_ALIVE,
  OVERRIDE,
  PERSIST,
  RETRANSMISSION,
  TIME_WAIT,
  TIMERS,
  USER_TIMEOUT,
  type TimerRow,
} from './timers.ts';

const RETRANSMIT = because('RTO-014', 'The oldest segment was not acknowledged in time.');
const BACK_OFF = because('RTO-015', 'The next wait is twice as long.');
const PROBE = because(
  'V-008',
  'The window is still zero: probed, and the next wait is twice as long.',
);
const OVERRIDDEN = because('V-011', 'Held back for long enough: sent though it is small.');
const DELAY_OVER = because('V-014', 'The acknowledgment has waited for long enough.');
const TWO_MSL = because('C-007', 'Twice the maximum segment lifetime has passed.');
const FIN_WAIT_OVER = because(
  'C-004',
  'The peer was silent in FIN-WAIT-2 for longer than allowed.',
);
const USER = because('U-018', 'Data was not acknowledged for as long as the user allows.');
const R2 = because('F-004', 'The same segment was retransmitted for longer than R2.');
const ASK = because('F-008', 'Nothing was heard for the keep-alive time.');

/** Handles every timer that is due, in the order of the table. */
export function handleTimeouts(tcb: Tcb, now: Micros): void {
  if (fire(tcb, RETRANSMISSION, now, RETRANSMIT)) retransmission(tcb, now);
  if (fire(tcb, PERSIST, now, PROBE)) persist(tcb, now);
  if (fire(tcb, OVERRIDE, now, OVERRIDDEN)) tcb.overrideDue = true;
  if (fire(tcb, DELAYED_ACK, now, DELAY_OVER)) acknowledgeNow(tcb, DELAY_OVER);
  if (fire(tcb, TIME_WAIT, now, TWO_MSL)) {
    tcb.ended = 'closed';
    tcb.events.push({ kind: 'closed' });
    tcb.follow('timeout 2MSL', TWO_MSL);
  }
  if (fire(tcb, FIN_WAIT_2, now, FIN_WAIT_OVER)) finWait2(tcb, now);
  if (fire(tcb, USER_TIMEOUT, now, USER)) {
    tcb.fail('connection timed out', 'connection aborted due to user timeout');
    tcb.follow('user timeout', USER);
  }
  if (fire(tcb, KEEP_ALIVE, now, ASK)) keepAliveFired(tcb, now);
}

/** Whether the timer is due; then it is off again. */
function fire(tcb: Tcb, row: TimerRow, now: Micros, cause: Cause): boolean {
  const due = tcb.timers.due(row);
  if (due > now) return false;
  tcb.timers.stop(row);
  tcb.journal?.timer(tcb.ends, TIMERS[row].name, 'fire', due, cause);
  return true;
}

function retransmission(tcb: Tcb, now: Micros): void {
  const { loss, config } = tcb;
  const limit = tcb.synOutstanding ? config.synR2 : config.r2;
  if (gaveUp(tcb, limit, now)) return;
  loss.timeouts += 1;
  if (loss.timeouts === config.r1) {
    tcb.events.push({ kind: 'excessive retransmission', retransmissions: loss.timeouts });
  }
  if (tcb.synOutstanding) {
    loss.synLost = true;
    tcb.synDue = true;
  } else onTimeout(tcb);
  const before = tcb.rto.rto;
  tcb.rto.backOff();
  tcb.note('RTO', before, tcb.rto.rto, BACK_OFF);
  tcb.startTimer(RETRANSMISSION, after(now, tcb.rto.rto), BACK_OFF);
}

/** R2: the segment was retransmitted for `limit`, so the connection is closed (MUST-20). */
function gaveUp(tcb: Tcb, limit: Micros, now: Micros): boolean {
  if (now - tcb.loss.waitingSince < limit) return false;
  tcb.fail('connection timed out', 'excessive retransmission');
  tcb.follow('R2 exceeded', R2);
  return true;
}

/** Probes go on for ever while they are answered (MUST-37); unanswered, R2 counts as for any segment. */
function persist(tcb: Tcb, now: Micros): void {
  if (gaveUp(tcb, tcb.config.r2, now)) return;
  tcb.probeDue = true;
  tcb.persistInterval = us(Math.min(tcb.persistInterval * 2, tcb.config.maxRto));
  tcb.startTimer(PERSIST, after(now, tcb.persistInterval), PROBE);
}

/** Counted from the last segment of the peer; the user timeout of a state in which nothing is sent. */
function finWait2(tcb: Tcb, now: Micros): void {
  const at = after(tcb.lastHeardAt, tcb.config.finWait2Timeout);
  if (at > now) {
    tcb.startTimer(FIN_WAIT_2, at, FIN_WAIT_OVER);
    return;
  }
  tcb.fail('connection timed out', 'the peer was silent in FIN-WAIT-2');
  tcb.follow('user timeout', FIN_WAIT_OVER);
}
