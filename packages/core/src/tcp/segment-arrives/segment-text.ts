/** Seventh step of §3.10.7.4: the segment text. */
import { seqAdd, type Micros, type Payload } from '../../base/index.ts';
import { acknowledgeNow, acknowledgeText } from '../receiving/delayed-ack.ts';
import { openWindow } from '../receiving/receive-window.ts';
import { because } from '../rules.ts';
import type { Tcb } from '../tcb.ts';
import type { Seg } from './seg.ts';

const AFTER_FIN = because('A-X15', 'The peer has sent its FIN: no text can follow.');
const OUT_OF_ORDER = because(
  'CC-014',
  'Out of order: an immediate duplicate ACK tells the peer of the hole.',
);
const GAP_FILLED = because('CC-014', 'A hole was filled: acknowledged at once.');
const UNREAD = because('C-006', 'Text came after a half-duplex CLOSE: nobody will read it.');
const ARRIVED = { kind: 'data arrived' } as const;

/** @returns false when processing ends here */
export function segmentText(tcb: Tcb, seg: Seg, now: Micros): boolean {
  const { state } = tcb;
  if (state !== 'ESTABLISHED' && state !== 'FIN-WAIT-1' && state !== 'FIN-WAIT-2') {
    tcb.journal?.discard(tcb.ends, seg.segment, AFTER_FIN);
    return true;
  }
  if (tcb.readingOver) {
    tcb.fail('connection aborted', 'data arrived after CLOSE');
    tcb.follow('ABORT', UNREAD);
    return false;
  }
  if (seg.seq !== tcb.rcv.nxt) {
    tcb.reassembly.hold(seg.seq, seg.text);
    acknowledgeNow(tcb, OUT_OF_ORDER);
    return true;
  }
  deliver(tcb, seg.text);
  if (tcb.reassembly.isEmpty) acknowledgeText(tcb, seg.text.length, now);
  else {
    acknowledgeNow(tcb, GAP_FILLED);
    deliverHeld(tcb, now);
  }
  openWindow(tcb);
  return true;
}

/** Delivers what was held and is in order now. */
export function deliverHeld(tcb: Tcb, now: Micros): void {
  for (;;) {
    const text = tcb.reassembly.takeAt(tcb.rcv.nxt);
    if (text === undefined) return;
    deliver(tcb, text);
    acknowledgeText(tcb, text.length, now);
  }
}

/** RCV.NXT advances over the text; the right edge stays where it is. */
function deliver(tcb: Tcb, text: Payload): void {
  const { rcv, events } = tcb;
  tcb.receiveQueue.append(text);
  rcv.nxt = seqAdd(rcv.nxt, text.length);
  rcv.wnd -= text.length;
  if (!rcv.urgent) rcv.up = rcv.nxt;
  if (events.at(-1) !== ARRIVED) events.push(ARRIVED);
}
