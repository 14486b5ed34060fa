/** Rules: the retransmission timer. */
import type { Rule } from '../../base/index.ts';

export const retransmissionTimerRules = [
  {
    id: 'RTO-001',
    rfc: 'RFC 6298 §2.1',
    level: 'SHOULD',
    text: 'Initial RTO 1 s until the first sample (a value > 1 s, e.g. 3 s, is allowed); back-off still applies.',
  },
  {
    id: 'RTO-002',
    rfc: 'RFC 6298 §2.2',
    level: 'MUST',
    text: 'First sample R: SRTT=R, RTTVAR=R/2, RTO=SRTT+max(G,4*RTTVAR).',
  },
  {
    id: 'RTO-003',
    rfc: 'RFC 6298 §2.3',
    level: 'MUST',
    text: 'Later samples: RTTVAR updated first with the OLD SRTT, then SRTT; should: alpha=1/8, beta=1/4.',
  },
  {
    id: 'RTO-004',
    rfc: 'RFC 6298 §2.3',
    level: 'MUST',
    text: 'RTO recomputed after each update as SRTT+max(G,4*RTTVAR).',
  },
  { id: 'RTO-005', rfc: 'RFC 6298 §2.4', level: 'SHOULD', text: 'RTO rounded up to 1 s.' },
  { id: 'RTO-006', rfc: 'RFC 6298 §2.5', level: 'MAY', text: 'Upper bound, at least 60 s.' },
  {
    id: 'RTO-007',
    rfc: 'RFC 6298 §3',
    level: 'MUST',
    text: 'Karn: no sample from a retransmitted segment unless timestamps disambiguate.',
  },
  {
    id: 'RTO-008',
    rfc: 'RFC 6298 §3',
    level: 'MUST',
    text: 'At least one sample per RTT where Karn allows.',
  },
  {
    id: 'RTO-009',
    rfc: 'RFC 6298 §4',
    level: 'MUST',
    text: 'Variance term zero → use clock granularity G.',
  },
  {
    id: 'RTO-010',
    rfc: 'RFC 6298 §5',
    level: 'MUST',
    text: 'Never retransmit a segment earlier than one RTO after its previous transmission.',
  },
  {
    id: 'RTO-011',
    rfc: 'RFC 6298 §5.1',
    level: 'rule',
    text: 'Sending data with the timer off starts it at RTO.',
  },
  {
    id: 'RTO-012',
    rfc: 'RFC 6298 §5.2',
    level: 'rule',
    text: 'All data acknowledged → timer off.',
  },
  {
    id: 'RTO-013',
    rfc: 'RFC 6298 §5.3',
    level: 'rule',
    text: 'ACK of new data restarts the timer at the current RTO.',
  },
  {
    id: 'RTO-014',
    rfc: 'RFC 6298 §5.4',
    level: 'rule',
    text: 'On expiry only the earliest unacknowledged segment is retransmitted.',
  },
  { id: 'RTO-015', rfc: 'RFC 6298 §5.5', level: 'MUST', text: 'RTO doubles (bounded by §2.5).' },
  {
    id: 'RTO-016',
    rfc: 'RFC 6298 §5.6',
    level: 'rule',
    text: 'Timer restarted with the doubled RTO.',
  },
  {
    id: 'RTO-017',
    rfc: 'RFC 6298 §5.7',
    level: 'MUST',
    text: 'SYN timed out with RTO < 3 s → RTO is 3 s when data transmission begins.',
  },
  {
    id: 'RTO-018',
    rfc: 'RFC 6298 §5',
    level: 'rule',
    text: 'First new sample after back-off collapses RTO to the computed value.',
  },
  {
    id: 'RTO-020',
    rfc: 'RFC 9293 §3.10.8',
    level: 'rule',
    text: 'Retransmission carries current ACK and window; may be repacketised; never exceeds original sequence range unless new data is legitimately added.',
  },
] as const satisfies readonly Rule[];
