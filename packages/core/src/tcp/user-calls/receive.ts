/** RECEIVE, RFC 9293 §3.10.3. */
import { CallError, EMPTY_PAYLOAD, type Payload } from '../../base/index.ts';
import { openWindow, updatePeer } from '../receiving/receive-window.ts';
import { consumed } from '../segment-arrives/check-urgent.ts';
import type { Tcb } from '../tcb.ts';
import { seqGeq } from '../../base/index.ts';
import { endOf } from './send.ts';

/**
 * What has arrived, at most `max` bytes; empty when nothing is there now. What arrived before the
 * peer's FIN can be read as long as the connection object lives, after TIME-WAIT too.
 * @throws CallError `connection closing` when nothing will come any more, `connection does not exist`,
 * or how the connection ended
 */
export function receive(tcb: Tcb, max: number): Payload {
  if (tcb.receiveQueue.length === 0) {
    refuseByState(tcb);
    return EMPTY_PAYLOAD;
  }
  const text = tcb.receiveQueue.take(max);
  if (tcb.rcv.urgent && seqGeq(consumed(tcb), tcb.rcv.up)) tcb.rcv.urgent = false;
  if (tcb.exists && !tcb.peerClosed) {
    openWindow(tcb);
    updatePeer(tcb);
  }
  return text;
}

function refuseByState(tcb: Tcb): void {
  if (tcb.state === 'CLOSED') {
    throw new CallError(tcb.peerClosed ? 'connection closing' : endOf(tcb));
  }
  // CLOSE-WAIT, CLOSING, LAST-ACK, TIME-WAIT: the peer's FIN was consumed.
  if (tcb.peerClosed) throw new CallError('connection closing');
}
