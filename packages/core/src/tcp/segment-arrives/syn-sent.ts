/** SEGMENT ARRIVES, state SYN-SENT: RFC 9293 §3.10.7.3, in its order. */
import { seqGt, seqLeq, type Micros } from '../../base/index.ts';
import { ACK, RST, SYN, URG, type TcpSegment } from '../../wire/index.ts';
import { because } from '../rules.ts';
import type { Tcb } from '../tcb.ts';
import { acknowledge } from './acknowledge.ts';
import { checkFin } from './check-fin.ts';
import { checkUrgent } from './check-urgent.ts';
import { resetAt } from './closed.ts';
import { established } from './established.ts';
import { synchronize } from './listen.ts';
import { Seg } from './seg.ts';
import { deliverHeld } from './segment-text.ts';

const BAD_ACK = because('A-S01', 'It acknowledges something we did not send.');
const BAD_ACK_RST = because('R-008', 'A reset counts only if it acknowledges our SYN.');
const REFUSED = because('A-S02', 'The peer refuses: a reset that acknowledges our SYN.');
const BLIND_RST = because('A-S02', 'A reset without an acknowledgment proves nothing.');
const NEITHER = because('A-S06', 'Neither SYN nor RST.');
const SIMULTANEOUS = because('A-S03', 'The peer opens at the same time.');
const ANSWERED = because('A-S04', 'The peer answers our SYN with its own.');

export function segmentArrivesSynSent(tcb: Tcb, segment: TcpSegment, now: Micros): void {
  const { flags } = segment;
  const { snd } = tcb;
  // First, check the ACK bit. "=< SND.NXT": less than all may be acknowledged.
  const hasAck = (flags & ACK) !== 0;
  if (hasAck && (seqLeq(segment.ack, snd.iss) || seqGt(segment.ack, snd.nxt))) {
    if ((flags & RST) !== 0) return discard(tcb, segment, BAD_ACK_RST);
    tcb.outbox.push(resetAt(segment, BAD_ACK));
    return discard(tcb, segment, BAD_ACK);
  }
  // Second, check the RST bit. The check of its number against RCV.NXT that RFC 5961 adds cannot be
  // made: RCV.NXT is not known yet.
  if ((flags & RST) !== 0) {
    if (!hasAck) return discard(tcb, segment, BLIND_RST);
    // Deviation: the RFC's words here are "connection reset"; its word for the same failure of an
    // active OPEN one state later, and the one programs know, is "connection refused".
    tcb.fail('connection refused', 'connection reset');
    tcb.follow('rcv RST', REFUSED);
    return;
  }
  // Third, security: Simplified, every segment has the same. Fourth, check the SYN bit.
  if ((flags & SYN) === 0) return discard(tcb, segment, NEITHER);
  tcb.lastHeardAt = now;
  synchronize(tcb, segment);
  if (!hasAck) {
    tcb.synDue = true;
    tcb.follow('rcv SYN', SIMULTANEOUS);
    return;
  }
  acknowledge(tcb, segment.ack, now);
  tcb.follow('rcv SYN,ACK', ANSWERED);
  established(tcb, now);
  // "If there are other controls or text in the segment, continue at the sixth step."
  const seg = new Seg(segment);
  if (seg.has(URG)) checkUrgent(tcb, seg);
  deliverHeld(tcb, now);
  checkFin(tcb, now);
}

function discard(tcb: Tcb, segment: TcpSegment, cause: typeof BAD_ACK): void {
  tcb.journal?.discard(tcb.ends, segment, cause);
}
