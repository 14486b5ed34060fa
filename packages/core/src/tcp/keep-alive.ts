/** Keep-alive, RFC 9293 §3.8.4: off unless asked for. */
import { after, type Micros } from '../base/index.ts';
import { because } from './rules.ts';
import { isSynchronized, type Tcb } from './tcb.ts';
import { KEEP_ALIVE } from './timers.ts';

const HEARD = because('F-008', 'The peer was heard of: the silence is counted anew.');
const PROBED = because('F-010', 'One unanswered probe proves nothing: another follows.');
const OFF = because('F-007', 'Keep-alive is off.');
const DEAD = because('F-010', 'Several probes in a row were not answered.');

/** Something arrived, or the option changed. */
export function restartKeepAlive(tcb: Tcb, now: Micros): void {
  tcb.keepAliveProbes = 0;
  tcb.keepAliveDue = false;
  if (!tcb.config.keepAlive) tcb.stopTimer(KEEP_ALIVE, OFF);
  else if (isSynchronized(tcb.state) && tcb.state !== 'TIME-WAIT') {
    tcb.startTimer(KEEP_ALIVE, after(now, tcb.config.keepAliveIdle), HEARD);
  }
}

/** The timer fired. */
export function keepAliveFired(tcb: Tcb, now: Micros): void {
  const { config } = tcb;
  // MUST-26: only when nothing is outstanding; otherwise retransmission asks the same question.
  if (tcb.flight > 0 || tcb.sendQueue.length > 0) {
    tcb.startTimer(KEEP_ALIVE, after(now, config.keepAliveIdle), HEARD);
    return;
  }
  if (tcb.keepAliveProbes >= Math.max(2, config.keepAliveProbes)) {
    tcb.fail('connection timed out', 'keep-alive probes were not answered');
    tcb.follow('user timeout', DEAD);
    return;
  }
  tcb.keepAliveProbes += 1;
  tcb.keepAliveDue = true;
  tcb.startTimer(KEEP_ALIVE, after(now, config.keepAliveInterval), PROBED);
}
