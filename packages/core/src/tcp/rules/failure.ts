/** Rules: failures, keep-alive and urgent data. */
import type { Rule } from '../../base/index.ts';

export const failureRules = [
  {
    id: 'F-001',
    rfc: 'RFC 9293 §3.8.1 MUST-18',
    level: 'MUST',
    text: 'RTO per RFC 6298 including Karn.',
  },
  {
    id: 'F-003',
    rfc: 'RFC 9293 §3.8.2 MUST-19',
    level: 'MUST',
    text: 'Slow start, congestion avoidance and exponential RTO backoff implemented; (SHLD-8) ECN; (MAY-18) other CC.',
  },
  {
    id: 'F-004',
    rfc: 'RFC 9293 §3.8.3 MUST-20',
    level: 'MUST',
    text: 'Thresholds R1 < R2 on retransmissions of the same segment; R1 → negative advice to IP; R2 → close.',
  },
  {
    id: 'F-005',
    rfc: 'RFC 9293 §3.8.3 SHLD-9',
    level: 'SHOULD',
    text: 'Application informed between R1 and R2; (SHLD-10) R1 ≥ 3 retransmissions; (SHLD-11) R2 ≥ 100 s.',
  },
  {
    id: 'F-006',
    rfc: 'RFC 9293 §3.8.3 MUST-21',
    level: 'MUST',
    text: 'Application sets R2 per connection (infinity allowed).',
  },
  {
    id: 'F-007',
    rfc: 'RFC 9293 §3.8.4 MAY-5',
    level: 'MAY',
    text: 'Keepalive optional; (MUST-24) can be turned on/off per connection; (MUST-25) default off.',
  },
  {
    id: 'F-008',
    rfc: 'RFC 9293 §3.8.4 MUST-26',
    level: 'MUST',
    text: 'Sent only when no data is outstanding and nothing was received for the interval.',
  },
  {
    id: 'F-009',
    rfc: 'RFC 9293 §3.8.4 MUST-27/28',
    level: 'MUST',
    text: 'Interval configurable, default at least 2 hours.',
  },
  {
    id: 'F-010',
    rfc: 'RFC 9293 §3.8.4 MUST-29',
    level: 'MUST',
    text: 'One unanswered probe is not proof of death.',
  },
  {
    id: 'F-011',
    rfc: 'RFC 9293 §3.8.4 SHLD-12',
    level: 'SHOULD',
    text: 'Probe has SEG.SEQ=SND.NXT-1 and no data; (MAY-6) optionally one garbage byte.',
  },
  {
    id: 'F-012',
    rfc: 'RFC 9293 §3.8.5 MUST-30/31',
    level: 'MUST',
    text: 'Urgent supported, any length; (SHLD-13) new applications should not use it.',
  },
  {
    id: 'F-013',
    rfc: 'RFC 9293 §3.8.5 MUST-62',
    level: 'MUST',
    text: 'Urgent pointer = sequence after the last urgent byte (offset from SEG.SEQ).',
  },
  {
    id: 'F-014',
    rfc: 'RFC 9293 §3.8.5 MUST-32',
    level: 'MUST',
    text: 'Application told when an urgent pointer arrives with none pending or when it advances.',
  },
  {
    id: 'F-015',
    rfc: 'RFC 9293 §3.8.5 MUST-33',
    level: 'MUST',
    text: 'Application can learn whether/how much urgent data remains.',
  },
  {
    id: 'F-016',
    rfc: 'RFC 9293 §3.10.2',
    level: 'rule',
    text: 'SEND with URGENT: SND.UP=SND.NXT, URG set on outgoing segments until UP is reached; at least one data byte required.',
  },
  {
    id: 'F-017',
    rfc: 'RFC 9293 §3.10.7.4',
    level: 'rule',
    text: 'RCV.UP = max(RCV.UP, SEG.UP); one signal per continuous urgent sequence; urgent after FIN ignored.',
  },
] as const satisfies readonly Rule[];
