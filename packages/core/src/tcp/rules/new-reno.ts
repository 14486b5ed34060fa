/** Rules: newReno. */
import type { Rule } from '../../base/index.ts';

export const newRenoRules = [
  { id: 'NR-001', rfc: 'RFC 6582 §3.2', level: 'rule', text: 'Initialise recover to ISS.' },
  {
    id: 'NR-002',
    rfc: 'RFC 6582 §3.2',
    level: 'rule',
    text: 'Third dup ACK enters recovery only if ack-1 > recover; then recover = highest sequence sent.',
  },
  {
    id: 'NR-003',
    rfc: 'RFC 6582 §3.2',
    level: 'rule',
    text: 'Full ACK (covers recover): cwnd = min(ssthresh, max(FlightSize,SMSS)+SMSS), or ssthresh with burst limiting; leave recovery (the text avoids RFC 2119 keywords on purpose).',
  },
  {
    id: 'NR-004',
    rfc: 'RFC 6582 §3.2',
    level: 'rule',
    text: 'Partial ACK: retransmit first unacknowledged, deflate cwnd by acked bytes, re-add SMSS if ≥ SMSS acked, send if allowed, stay in recovery.',
  },
  {
    id: 'NR-005',
    rfc: 'RFC 6582 §3.2',
    level: 'rule',
    text: 'Only the first partial ACK resets the retransmission timer ("impatient" variant); slow-but-steady variant available.',
  },
  {
    id: 'NR-006',
    rfc: 'RFC 6582 §3.2',
    level: 'rule',
    text: 'RTO: record highest sequence in recover, leave recovery.',
  },
  {
    id: 'NR-007',
    rfc: 'RFC 6582 §4',
    level: 'rule',
    text: 'After RTO, dup ACKs not above recover do not start fast retransmit; heuristics (timestamps / cumulative advance) optional.',
  },
  {
    id: 'NR-008',
    rfc: 'RFC 6582 §5',
    level: 'rule',
    text: 'Receiver must ACK out-of-order immediately, otherwise NewReno starves.',
  },
] as const satisfies readonly Rule[];
