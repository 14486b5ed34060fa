/** ABORT, RFC 9293 §3.10.5. */
import { CallError } from '../../base/index.ts';
import { because } from '../rules.ts';
import type { Tcb } from '../tcb.ts';
import { endOf } from './send.ts';

const SILENT = because('C-019', 'The peer knows of no connection: nothing is sent.');
const RESET = because('C-018', 'The user throws the connection away: the peer is reset.');
const CLOSING = because('C-020', 'The connection was closing: only the TCB is deleted.');

/** @throws CallError `connection does not exist` */
export function abort(tcb: Tcb): void {
  switch (tcb.state) {
    case 'CLOSED':
      throw new CallError(endOf(tcb));
    case 'LISTEN':
    case 'SYN-SENT':
      tcb.fail('connection aborted', 'connection reset');
      return tcb.follow('ABORT', SILENT);
    case 'CLOSING':
    case 'LAST-ACK':
    case 'TIME-WAIT':
      tcb.ended = 'closed';
      tcb.events.push({ kind: 'closed' });
      return tcb.follow('ABORT', CLOSING);
    default:
      tcb.fail('connection aborted', 'connection reset');
      return tcb.follow('ABORT', RESET);
  }
}
