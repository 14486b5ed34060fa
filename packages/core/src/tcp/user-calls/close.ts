/** CLOSE, RFC 9293 §3.10.4. */
import { CallError, type Micros } from '../../base/index.ts';
import { because } from '../rules.ts';
import { adjustSendTimers } from '../sending/send-timers.ts';
import type { Tcb } from '../tcb.ts';
import { endOf } from './send.ts';

const UNOPENED = because('C-011', 'Nothing was opened yet: the TCB is deleted.');
const UNANSWERED = because(
  'C-012',
  'The peer has not answered: the TCB is deleted, nothing is sent.',
);
const FROM_SYN_RECEIVED = because('C-013', 'Nothing is queued: the FIN follows the SYN.');
const FROM_ESTABLISHED = because(
  'C-014',
  'The user has no more to send; the FIN follows what is queued.',
);
const FROM_CLOSE_WAIT = because('C-016', 'Both sides close; the FIN follows what is queued.');
const DELAYED = because('C-013', 'CLOSE waited for ESTABLISHED.');
const UNREAD = because(
  'C-006',
  'The user closes without reading all: the peer must know of the loss.',
);

export interface CloseOptions {
  /**
   * The user will not read any more either (half-duplex close, MAY-1): data that is unread, or arrives
   * after this, is lost and the peer is told by a RST (SHLD-3). @default false, a half-close
   */
  readonly halfDuplex?: boolean;
}

/** @throws CallError `connection does not exist`, `connection closing` */
export function close(tcb: Tcb, now: Micros, options: CloseOptions): void {
  if (tcb.closePending) throw new CallError('connection closing');
  switch (tcb.state) {
    case 'CLOSED':
      throw new CallError(endOf(tcb));
    case 'LISTEN':
    case 'SYN-SENT': {
      const cause = tcb.state === 'LISTEN' ? UNOPENED : UNANSWERED;
      tcb.ended = 'closed';
      tcb.events.push({ kind: 'closed' });
      tcb.follow('CLOSE', cause);
      return;
    }
    case 'SYN-RECEIVED':
      tcb.readingOver = options.halfDuplex === true;
      if (tcb.sendQueue.length > 0) tcb.closePending = true;
      else closeNow(tcb, now, FROM_SYN_RECEIVED);
      return;
    case 'ESTABLISHED':
    case 'CLOSE-WAIT':
      if (options.halfDuplex === true && tcb.receiveQueue.length > 0) {
        tcb.fail('connection aborted', 'closed with unread data');
        tcb.follow('ABORT', UNREAD);
        return;
      }
      tcb.readingOver = options.halfDuplex === true;
      closeNow(tcb, now, tcb.state === 'ESTABLISHED' ? FROM_ESTABLISHED : FROM_CLOSE_WAIT);
      return;
    default:
      throw new CallError('connection closing');
  }
}

/** A CLOSE that waited in SYN-RECEIVED. */
export function performPendingClose(tcb: Tcb): void {
  tcb.closePending = false;
  tcb.follow('CLOSE', DELAYED);
}

function closeNow(tcb: Tcb, now: Micros, cause: typeof UNREAD): void {
  tcb.lastLimit = undefined;
  tcb.follow('CLOSE', cause);
  adjustSendTimers(tcb, now, false);
}
