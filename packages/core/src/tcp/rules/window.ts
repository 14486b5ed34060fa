/** Rules: windows, probes, silly window avoidance and acknowledgments. */
import type { Rule } from '../../base/index.ts';

export const windowRules = [
  {
    id: 'V-001',
    rfc: 'RFC 9293 §3.8.6 SHLD-14',
    level: 'SHOULD',
    text: 'A receiver does not shrink its window by pulling back an edge that it has already offered.',
  },
  {
    id: 'V-002',
    rfc: 'RFC 9293 §3.8.6 MUST-34',
    level: 'MUST',
    text: 'A sender copes with a peer that shrinks its window, even if the usable window drops below zero.',
  },
  {
    id: 'V-003',
    rfc: 'RFC 9293 §3.8.6 SHLD-15',
    level: 'SHOULD',
    text: 'Past a shrunk edge no new data is sent (SHLD-15) and resending is optional (MAY-7); from UNA to UNA+WND resending goes on (SHLD-16).',
  },
  {
    id: 'V-004',
    rfc: 'RFC 9293 §3.8.6 SHLD-17',
    level: 'SHOULD',
    text: 'Bytes left outside the window when it shrank do not cause the connection to time out.',
  },
  {
    id: 'V-005',
    rfc: 'RFC 9293 §3.8.6 MUST-35',
    level: 'MUST',
    text: 'If shrinking leaves a window of zero, the sender probes it as it would any other zero window.',
  },
  {
    id: 'V-006',
    rfc: 'RFC 9293 §3.8.6.1 MUST-36',
    level: 'MUST',
    text: 'A sender facing a zero window probes it by sending one or more new bytes or by resending old ones.',
  },
  {
    id: 'V-007',
    rfc: 'RFC 9293 §3.8.6.1 MUST-37, MAY-8',
    level: 'MUST',
    text: 'A window may stay at zero without limit, and the connection is kept open while the peer still acknowledges probes.',
  },
  {
    id: 'V-008',
    rfc: 'RFC 9293 §3.8.6.1 SHLD-29',
    level: 'SHOULD',
    text: 'Probing begins when the window has been zero for one RTO (SHLD-29), and each wait is twice the previous one (SHLD-30).',
  },
  {
    id: 'V-009',
    rfc: 'RFC 9293 §3.8.6.1',
    level: 'rule',
    text: 'Every probe of a closed window is answered by an ACK that states RCV.NXT and the window as it stands.',
  },
  {
    id: 'V-010',
    rfc: 'RFC 9293 §3.8.6.1',
    level: 'robust',
    text: 'The byte in a probe uses up a sequence number, so SND.UNA moves past it once the peer takes it.',
  },
  {
    id: 'V-011',
    rfc: 'RFC 9293 §3.8.6.2.1 MUST-38',
    level: 'MUST',
    text: 'Data is sent if (1) min(D,U) fills Eff.snd.MSS, (2) a PUSH empties the queue, (3) half of Max(SND.WND) is reached, or (4) a 0.1-1.0 s override timer fires.',
  },
  {
    id: 'V-012',
    rfc: 'RFC 9293 §3.8.6.2.1',
    level: 'rule',
    text: 'With Nagle on, cases (2) and (3) of V-011 also require that SND.NXT equals SND.UNA.',
  },
  {
    id: 'V-013',
    rfc: 'RFC 9293 §3.8.6.2.2 MUST-39',
    level: 'MUST',
    text: 'A receiver holds its right window edge until it can move it by min(RCV.BUFF/2, Eff.snd.MSS) or more.',
  },
  {
    id: 'V-014',
    rfc: 'RFC 9293 §3.8.6.3 SHLD-18',
    level: 'SHOULD',
    text: 'An acknowledgment is held back for a while (SHLD-18), but always for less than 0.5 s (MUST-40).',
  },
  {
    id: 'V-015',
    rfc: 'RFC 9293 §3.8.6.3 SHLD-19',
    level: 'SHOULD',
    text: 'No more than two full-sized segments, or 2*RMSS bytes of new data, arrive without an ACK being sent.',
  },
  {
    id: 'V-016',
    rfc: 'RFC 9293 §3.10.7.4 MUST-58/59',
    level: 'MUST',
    text: 'Segments waiting in the input queue are all processed first, and a combined ACK is sent afterwards.',
  },
  {
    id: 'V-017',
    rfc: 'RFC 9293 §3.10.7.4 MAY-13',
    level: 'MAY',
    text: 'A segment that falls inside the window but starts beyond RCV.NXT may be answered with an ACK of RCV.NXT.',
  },
  {
    id: 'V-018',
    rfc: 'RFC 9293 §3.10.7.4',
    level: 'rule',
    text: 'The sum of RCV.NXT and RCV.WND stays the same or grows, but is never reduced.',
  },
  {
    id: 'V-019',
    rfc: 'RFC 9293 §3.10.7.4',
    level: 'rule',
    text: 'SND.WND changes only when SND.UNA ≤ ACK ≤ SND.NXT and either WL1 < SEQ, or WL1 = SEQ with WL2 ≤ ACK.',
  },
  {
    id: 'V-020',
    rfc: 'RFC 9293 §3.8.6',
    level: 'rule',
    text: 'When pure ACKs arrive out of order, the window sent with the largest ACK number is preferred.',
  },
  {
    id: 'V-021',
    rfc: 'RFC 9293 §3.10.7.4 SHLD-31',
    level: 'SHOULD',
    text: 'A segment that arrives early but within the window is kept, and is delivered once the gap before it is closed.',
  },
  {
    id: 'V-022',
    rfc: 'RFC 9293 §3.10.7.4',
    level: 'rule',
    text: 'Of a segment that overlaps earlier data only the unseen bytes are taken, and a SYN or FIN beyond the window is cut off, flag included.',
  },
] as const satisfies readonly Rule[];
