/** SEND, RFC 9293 §3.10.2. */
import { CallError, type Micros, type Payload } from '../../base/index.ts';
import { adjustSendTimers } from '../sending/send-timers.ts';
import type { Tcb } from '../tcb.ts';
import { openBySend } from './open.ts';

export interface SendOptions {
  /** The last byte is pushed (MAY-15): its segment carries PSH. The last byte queued always is. */
  readonly push?: boolean;
  /** All of this data is urgent (§3.8.5); at least one byte. New programs should not use it (SHLD-13). */
  readonly urgent?: boolean;
}

/**
 * Queues as much of `data` as there is room for.
 * @returns how many bytes that was, 0 … length; a `send space` event follows when it was less
 * @throws CallError `connection does not exist`, `connection closing`, or how the connection ended
 */
export function send(tcb: Tcb, data: Payload, now: Micros, options: SendOptions): number {
  refuseByState(tcb);
  if (options.urgent === true && data.length === 0) {
    throw new CallError('urgent data must have at least one byte');
  }
  if (tcb.state === 'LISTEN') openBySend(tcb, now);
  const room = tcb.config.sendBuffer - tcb.sendQueue.length;
  const taken = Math.min(room, data.length);
  if (taken < data.length) tcb.sendBlocked = true;
  if (taken === 0) return 0;
  tcb.sendQueue.append(data.slice(0, taken));
  tcb.lastLimit = undefined;
  if (options.push === true) tcb.snd.pushed = tcb.dataEnd;
  // §3.10.2 says SND.UP <- SND.NXT, which is right only if nothing waits before the urgent data;
  // §3.8.5 (MUST-62) says the number after its last byte.
  if (options.urgent === true) tcb.snd.up = tcb.dataEnd;
  adjustSendTimers(tcb, now, false);
  return taken;
}

function refuseByState(tcb: Tcb): void {
  if (tcb.closePending) throw new CallError('connection closing');
  switch (tcb.state) {
    case 'CLOSED':
      throw new CallError(endOf(tcb));
    case 'FIN-WAIT-1':
    case 'FIN-WAIT-2':
    case 'CLOSING':
    case 'LAST-ACK':
    case 'TIME-WAIT':
      throw new CallError('connection closing');
    default:
  }
}

/** What a call on a connection without TCB is answered. */
export function endOf(tcb: Tcb): string {
  const { ended } = tcb;
  return ended === undefined || ended === 'closed' ? 'connection does not exist' : ended;
}
