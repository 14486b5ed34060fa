/** Rules: the retransmission timer. */
import type { Rule } from '../../base/index.ts';

export const retransmissionTimerRules = [
  {
    id: 'RTO-001',
    rfc: 'RFC 6298 §2.1',
    level: 'SHOULD',
    text: 'Before any RTT has been measured, the RTO starts at 1 s (longer, such as 3 s, is permitted) and still backs off.',
  },
  {
    id: 'RTO-002',
    rfc: 'RFC 6298 §2.2',
    level: 'MUST',
    text: 'The first measurement R sets SRTT to R and RTTVAR to R/2, and then RTO to SRTT + max(G, 4*RTTVAR).',
  },
  {
    id: 'RTO-003',
    rfc: 'RFC 6298 §2.3',
    level: 'MUST',
    text: 'Each further measurement updates RTTVAR using the previous SRTT and only then SRTT; alpha should be 1/8 and beta 1/4.',
  },
  {
    id: 'RTO-004',
    rfc: 'RFC 6298 §2.3',
    level: 'MUST',
    text: 'Every update of SRTT and RTTVAR is followed by setting RTO to SRTT + max(G, 4*RTTVAR).',
  },
  {
    id: 'RTO-005',
    rfc: 'RFC 6298 §2.4',
    level: 'SHOULD',
    text: 'A computed RTO shorter than one second is raised to one second.',
  },
  {
    id: 'RTO-006',
    rfc: 'RFC 6298 §2.5',
    level: 'MAY',
    text: 'The RTO may be capped, provided that the cap is no lower than 60 seconds.',
  },
  {
    id: 'RTO-007',
    rfc: 'RFC 6298 §3',
    level: 'MUST',
    text: "Following Karn's algorithm, a segment sent more than once yields no RTT sample unless timestamps tell which copy was acknowledged.",
  },
  {
    id: 'RTO-008',
    rfc: 'RFC 6298 §3',
    level: 'MUST',
    text: "The RTT is measured once or more per round trip, except when Karn's algorithm forbids it.",
  },
  {
    id: 'RTO-009',
    rfc: 'RFC 6298 §4',
    level: 'MUST',
    text: 'If 4*RTTVAR comes to zero, the clock granularity G takes its place in the RTO formula.',
  },
  {
    id: 'RTO-010',
    rfc: 'RFC 6298 §5',
    level: 'MUST',
    text: 'A full RTO must pass after a segment was last sent before the timer may send it again.',
  },
  {
    id: 'RTO-011',
    rfc: 'RFC 6298 §5.1',
    level: 'rule',
    text: 'When data goes out while the timer is idle, the timer is armed to expire after RTO.',
  },
  {
    id: 'RTO-012',
    rfc: 'RFC 6298 §5.2',
    level: 'rule',
    text: 'The timer is stopped as soon as nothing sent is left unacknowledged.',
  },
  {
    id: 'RTO-013',
    rfc: 'RFC 6298 §5.3',
    level: 'rule',
    text: 'Whenever an ACK covers data not acknowledged before, the timer is set afresh to the RTO now in force.',
  },
  {
    id: 'RTO-014',
    rfc: 'RFC 6298 §5.4',
    level: 'rule',
    text: 'When the timer fires, the oldest outstanding segment is sent again, and no other.',
  },
  {
    id: 'RTO-015',
    rfc: 'RFC 6298 §5.5',
    level: 'MUST',
    text: 'Each expiry multiplies the RTO by two, up to the cap that §2.5 permits.',
  },
  {
    id: 'RTO-016',
    rfc: 'RFC 6298 §5.6',
    level: 'rule',
    text: 'After an expiry, the timer is armed again using the RTO that has just been doubled.',
  },
  {
    id: 'RTO-017',
    rfc: 'RFC 6298 §5.7',
    level: 'MUST',
    text: 'If the timer expired on a SYN while RTO was under 3 s, RTO is set to 3 s once data starts to flow.',
  },
  {
    id: 'RTO-018',
    rfc: 'RFC 6298 §5',
    level: 'rule',
    text: 'A fresh RTT sample taken after back-off brings the RTO back down to what the formula gives.',
  },
  {
    id: 'RTO-020',
    rfc: 'RFC 9293 §3.10.8',
    level: 'rule',
    text: 'A resent segment has up-to-date ACK and window fields and may be split or merged, but covers no further sequence numbers unless new data may be sent.',
  },
] as const satisfies readonly Rule[];
