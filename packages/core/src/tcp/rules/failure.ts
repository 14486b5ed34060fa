/** Rules: failures, keep-alive and urgent data. */
import type { Rule } from '../../base/index.ts';

export const failureRules = [
  {
    id: 'F-001',
    rfc: 'RFC 9293 §3.8.1 MUST-18',
    level: 'MUST',
    text: "The retransmission timeout is computed as RFC 6298 describes, with Karn's algorithm applied.",
  },
  {
    id: 'F-003',
    rfc: 'RFC 9293 §3.8.2 MUST-19',
    level: 'MUST',
    text: 'A TCP has slow start, congestion avoidance and a doubling RTO; it should offer ECN (SHLD-8) and may add other algorithms (MAY-18).',
  },
  {
    id: 'F-004',
    rfc: 'RFC 9293 §3.8.3 MUST-20',
    level: 'MUST',
    text: 'Resends of one segment are counted against R1 and a larger R2: at R1 IP is told of trouble, at R2 the connection is closed.',
  },
  {
    id: 'F-005',
    rfc: 'RFC 9293 §3.8.3 SHLD-9',
    level: 'SHOULD',
    text: 'A user hears of trouble after R1 and before R2; R1 is three resends or more (SHLD-10), R2 is 100 seconds or more (SHLD-11).',
  },
  {
    id: 'F-006',
    rfc: 'RFC 9293 §3.8.3 MUST-21',
    level: 'MUST',
    text: 'Each connection lets its user choose R2, and choosing to never give up is permitted.',
  },
  {
    id: 'F-007',
    rfc: 'RFC 9293 §3.8.4 MAY-5',
    level: 'MAY',
    text: 'A TCP may offer keep-alives; if so, each connection has its own switch (MUST-24), initially off (MUST-25).',
  },
  {
    id: 'F-008',
    rfc: 'RFC 9293 §3.8.4 MUST-26',
    level: 'MUST',
    text: 'A keep-alive leaves only once the line has been silent for the whole interval and all sent data is acknowledged.',
  },
  {
    id: 'F-009',
    rfc: 'RFC 9293 §3.8.4 MUST-27/28',
    level: 'MUST',
    text: 'The keep-alive interval is adjustable, and unless changed it is no shorter than two hours.',
  },
  {
    id: 'F-010',
    rfc: 'RFC 9293 §3.8.4 MUST-29',
    level: 'MUST',
    text: 'A single keep-alive that gets no reply is not enough to declare the connection dead.',
  },
  {
    id: 'F-011',
    rfc: 'RFC 9293 §3.8.4 SHLD-12',
    level: 'SHOULD',
    text: 'A keep-alive is an empty segment numbered SND.NXT-1; it may instead carry one meaningless byte (MAY-6).',
  },
  {
    id: 'F-012',
    rfc: 'RFC 9293 §3.8.5 MUST-30/31',
    level: 'MUST',
    text: 'Urgent data of every length is handled, although newly written programs should avoid it (SHLD-13).',
  },
  {
    id: 'F-013',
    rfc: 'RFC 9293 §3.8.5 MUST-62',
    level: 'MUST',
    text: 'Added to SEG.SEQ, the urgent pointer names the sequence number just past the final urgent byte.',
  },
  {
    id: 'F-014',
    rfc: 'RFC 9293 §3.8.5 MUST-32',
    level: 'MUST',
    text: 'The user is alerted when urgent data is first announced and whenever the urgent pointer moves forward.',
  },
  {
    id: 'F-015',
    rfc: 'RFC 9293 §3.8.5 MUST-33',
    level: 'MUST',
    text: 'A user can ask if urgent data is still to be read, and how many bytes of it are left.',
  },
  {
    id: 'F-016',
    rfc: 'RFC 9293 §3.10.2',
    level: 'rule',
    text: 'An urgent SEND needs at least one byte; it sets SND.UP to SND.NXT, and outgoing segments carry URG up to that point.',
  },
  {
    id: 'F-017',
    rfc: 'RFC 9293 §3.10.7.4',
    level: 'rule',
    text: 'RCV.UP only moves forward to a larger SEG.UP; each unbroken urgent run alerts the user once, and URG after a FIN has no effect.',
  },
] as const satisfies readonly Rule[];
