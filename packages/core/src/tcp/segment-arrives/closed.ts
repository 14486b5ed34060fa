/** SEGMENT ARRIVES, state CLOSED: RFC 9293 §3.10.7.1. */
import { EMPTY_PAYLOAD, seqAdd, type Cause, type Seq } from '../../base/index.ts';
import { ACK, NO_OPTIONS, RST, segmentLength, type TcpSegment } from '../../wire/index.ts';
import { because } from '../rules.ts';

const WITH_ACK = because(
  'R-002',
  'No connection here: the reset takes its number from the acknowledgment.',
);
const WITHOUT_ACK = because('R-001', 'No connection here: the reset acknowledges what came.');

/** The reset for a segment that belongs to no connection; undefined for a reset (never answered). */
export function respondClosed(segment: TcpSegment): TcpSegment | undefined {
  if ((segment.flags & RST) !== 0) return undefined;
  if ((segment.flags & ACK) !== 0) return resetAt(segment, WITH_ACK);
  // SEG.LEN counts SYN and FIN.
  const ack = seqAdd(segment.seq, segmentLength(segment));
  return reset(segment, { seq: 0, ack, flags: RST | ACK }, WITHOUT_ACK);
}

/** <SEQ=SEG.ACK><CTL=RST>: the reset for an unacceptable acknowledgment (§3.5.2, group 2). */
export function resetAt(segment: TcpSegment, cause: Cause): TcpSegment {
  return reset(segment, { seq: segment.ack, ack: 0, flags: RST }, cause);
}

function reset(
  segment: TcpSegment,
  numbers: { readonly seq: Seq; readonly ack: Seq; readonly flags: number },
  cause: Cause,
): TcpSegment {
  return {
    kind: 'tcp',
    srcPort: segment.dstPort,
    dstPort: segment.srcPort,
    seq: numbers.seq,
    ack: numbers.ack,
    flags: numbers.flags,
    wnd: 0,
    up: 0,
    options: NO_OPTIONS,
    payload: EMPTY_PAYLOAD,
    cause,
    resent: undefined,
  };
}
