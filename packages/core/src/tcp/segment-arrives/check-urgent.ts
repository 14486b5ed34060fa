/** Sixth step of §3.10.7.4: the URG bit. */
import { seqAdd, seqDiff, seqGt } from '../../base/index.ts';
import type { Tcb } from '../tcb.ts';
import type { Seg } from './seg.ts';

export function checkUrgent(tcb: Tcb, seg: Seg): void {
  const { state, rcv } = tcb;
  // After the peer's FIN "this should not occur": ignored (A-X14).
  if (state !== 'ESTABLISHED' && state !== 'FIN-WAIT-1' && state !== 'FIN-WAIT-2') return;
  // The pointer counts from the segment as it was sent, not as trimmed.
  const { segment } = seg;
  const pointer = seqAdd(segment.seq, segment.up);
  if (rcv.urgent ? !seqGt(pointer, rcv.up) : !seqGt(pointer, consumed(tcb))) return;
  rcv.up = pointer;
  rcv.urgent = true;
  // MUST-32: told when none was pending, and when the pointer advances.
  tcb.events.push({ kind: 'urgent', bytes: urgentBytes(tcb) });
}

/** How much is to be read up to the end of the urgent data (MUST-33); 0 when nothing is urgent. */
export function urgentBytes(tcb: Tcb): number {
  if (!tcb.rcv.urgent) return 0;
  return Math.max(0, seqDiff(tcb.rcv.up, consumed(tcb)));
}

/** The first number the user has not taken. */
export function consumed(tcb: Tcb): number {
  return seqAdd(tcb.rcv.nxt, -tcb.receiveQueue.length - (tcb.peerClosed ? 1 : 0));
}
