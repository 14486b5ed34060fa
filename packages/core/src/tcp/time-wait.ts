import { after, seqGeq, us, type Cause, type Micros } from '../base/index.ts';
import { ACK, RST, SYN, type TcpSegment } from '../wire/index.ts';
import type { Tcb } from './tcb.ts';
import { TIME_WAIT } from './timers.ts';

/** TIME-WAIT begins or begins anew: twice the maximum segment lifetime, no other timer (MUST-13). */
export function enterTimeWait(tcb: Tcb, now: Micros, cause: Cause): void {
  tcb.timers.stopAll();
  tcb.startTimer(TIME_WAIT, after(now, us(2 * tcb.config.msl)), cause);
}

/**
 * Whether a SYN may end TIME-WAIT and begin a new connection (MAY-2, C-008; without timestamps
 * RFC 6191 §2 asks the same): its number must lie beyond every number of the old one, its FIN included.
 */
export function isNewIncarnation(tcb: Tcb, segment: TcpSegment): boolean {
  if (tcb.state !== 'TIME-WAIT' || !tcb.config.reopenFromTimeWait) return false;
  return (segment.flags & (SYN | ACK | RST)) === SYN && seqGeq(segment.seq, tcb.rcv.nxt);
}
