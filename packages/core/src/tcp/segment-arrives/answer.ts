/** The ACK that answers what cannot be accepted: <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>. */
import { after, type Cause, type Micros } from '../../base/index.ts';
import { because } from '../rules.ts';
import type { Tcb } from '../tcb.ts';

const THROTTLED = because('B-009', 'Enough such answers were sent in this period.');

/** Always answers: the segment took sequence space, so its sender waits for this. */
export function answer(tcb: Tcb, cause: Cause): void {
  tcb.answerDue = cause;
}

/**
 * Answers a limited number of times in a period (RFC 5961 §7): what takes no sequence space, or
 * comes blindly, may not make us talk without end. This also ends ACK loops (RFC 1337 §2.3).
 */
export function challenge(tcb: Tcb, cause: Cause, now: Micros): void {
  if (now >= tcb.challengePeriodEnd) {
    tcb.challengePeriodEnd = after(now, tcb.config.challengeAckPeriod);
    tcb.challenges = 0;
  }
  if (tcb.challenges >= tcb.config.challengeAckLimit) {
    tcb.note('challenge ACKs', tcb.challenges, 'limit reached', THROTTLED);
    return;
  }
  tcb.challenges += 1;
  tcb.answerDue = cause;
}
