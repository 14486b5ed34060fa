import type { Cause } from '../../base/index.ts';
import { because } from '../rules.ts';
import type { Tcb } from '../tcb.ts';

const DISSOLVED = because(
  'C-011',
  'The listener still listens: this connection is not needed any more.',
);

/**
 * Back to LISTEN, without a word to the user (§3.10.7.4). A listener never left LISTEN, so its child
 * has nothing to go back to and dissolves: the figure's CLOSE in LISTEN.
 */
export function returnToListen(tcb: Tcb, arrow: 'rcv RST' | 'rcv SYN', cause: Cause): void {
  tcb.events.push({ kind: 'returned to LISTEN' });
  tcb.follow(arrow, cause);
  tcb.ended = 'closed';
  tcb.follow('CLOSE', DISSOLVED);
}
