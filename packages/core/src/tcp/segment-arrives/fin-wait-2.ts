import { after, NEVER, type Micros } from '../../base/index.ts';
import { because } from '../rules.ts';
import type { Tcb } from '../tcb.ts';
import { FIN_WAIT_2 } from '../timers.ts';

const IDLE_LIMIT = because(
  'C-004',
  'Our direction is closed; the peer may go on as long as it is heard of.',
);

/** FIN-WAIT-2 begins: the user's CLOSE is acknowledged, the TCB stays (A-X10). */
export function enterFinWait2(tcb: Tcb, now: Micros): void {
  tcb.events.push({ kind: 'close acknowledged' });
  const at = after(now, tcb.config.finWait2Timeout);
  if (at !== NEVER) tcb.startTimer(FIN_WAIT_2, at, IDLE_LIMIT);
}
