/** Eighth step of §3.10.7.4: the FIN bit. */
import { seqAdd, type Cause, type Micros } from '../../base/index.ts';
import { acknowledgeNow } from '../receiving/delayed-ack.ts';
import { because } from '../rules.ts';
import type { Tcb } from '../tcb.ts';
import { enterTimeWait } from '../time-wait.ts';
import type { Seg } from './seg.ts';

const EARLY = because('C-021', 'The FIN is ahead of a hole: kept until its turn.');
const CLOSE_WAIT = because('C-022', 'The peer has no more to send.');
const CLOSING = because('C-023', 'The peer closes too; our FIN is not acknowledged yet.');
const TIME_WAIT = because('C-024', 'Both directions are closed; old segments must die out.');

/** Keeps the segment's FIN until everything before it is in order. After the peer's FIN there is none. */
export function holdFin(tcb: Tcb, seg: Seg, now: Micros): void {
  if (tcb.peerClosed) {
    if (tcb.state === 'TIME-WAIT') enterTimeWait(tcb, now, TIME_WAIT);
    return;
  }
  const fin = seqAdd(seg.seq, seg.text.length);
  tcb.reassembly.holdFin(fin);
  if (fin !== tcb.rcv.nxt) acknowledgeNow(tcb, EARLY);
}

/** Consumes the FIN when its turn has come. */
export function checkFin(tcb: Tcb, now: Micros): void {
  const { rcv, reassembly } = tcb;
  if (!reassembly.takeFinAt(rcv.nxt)) return;
  reassembly.clear();
  rcv.nxt = seqAdd(rcv.nxt, 1);
  if (rcv.wnd > 0) rcv.wnd -= 1;
  tcb.peerClosed = true;
  tcb.events.push({ kind: 'peer closed' });
  switch (tcb.state) {
    case 'ESTABLISHED':
      return rcvFin(tcb, CLOSE_WAIT);
    case 'FIN-WAIT-1':
      return rcvFin(tcb, CLOSING);
    case 'FIN-WAIT-2':
      rcvFin(tcb, TIME_WAIT);
      tcb.events.push({ kind: 'time-wait' });
      return enterTimeWait(tcb, now, TIME_WAIT);
    default:
  }
}

function rcvFin(tcb: Tcb, cause: Cause): void {
  // The FIN is acknowledged at once: the figure's "snd ACK", which replaces an ACK that was waiting.
  tcb.follow('rcv FIN', cause);
}
