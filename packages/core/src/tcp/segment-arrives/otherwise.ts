/**
 * SEGMENT ARRIVES in every state after LISTEN and SYN-SENT: RFC 9293 §3.10.7.4, "Otherwise".
 * Eight steps in the RFC's order; each may end the processing.
 */
import type { Micros } from '../../base/index.ts';
import { FIN, URG, type TcpSegment } from '../../wire/index.ts';
import { restartKeepAlive } from '../keep-alive.ts';
import type { Tcb } from '../tcb.ts';
import { checkAck } from './check-ack.ts';
import { checkFin, holdFin } from './check-fin.ts';
import { checkReset } from './check-reset.ts';
import { checkSequence } from './check-sequence.ts';
import { checkSyn } from './check-syn.ts';
import { checkUrgent } from './check-urgent.ts';
import { Seg } from './seg.ts';
import { segmentText } from './segment-text.ts';

export function segmentArrivesOtherwise(tcb: Tcb, segment: TcpSegment, now: Micros): void {
  const seg = new Seg(segment);
  tcb.lastHeardAt = now;
  if (tcb.config.keepAlive) restartKeepAlive(tcb, now);
  // First, check sequence number.
  if (!checkSequence(tcb, seg, now)) return;
  // Second, check the RST bit.
  if (!checkReset(tcb, seg, now)) return;
  // Third, check security. Simplified: every segment has the same security and compartment.
  // Fourth, check the SYN bit.
  if (!checkSyn(tcb, seg, now)) return;
  // Fifth, check the ACK field.
  if (!checkAck(tcb, seg, now)) return;
  // Sixth, check the URG bit.
  if (seg.has(URG)) checkUrgent(tcb, seg);
  // Seventh, process the segment text.
  if (seg.text.length > 0 && !segmentText(tcb, seg, now)) return;
  // Eighth, check the FIN bit.
  if (seg.has(FIN)) holdFin(tcb, seg, now);
  if (!tcb.reassembly.isEmpty) checkFin(tcb, now);
}
