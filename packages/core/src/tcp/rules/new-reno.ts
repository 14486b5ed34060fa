/** Rules: newReno. */
import type { Rule } from '../../base/index.ts';

export const newRenoRules = [
  {
    id: 'NR-001',
    rfc: 'RFC 6582 §3.2',
    level: 'rule',
    text: 'When a connection starts, its recover variable holds the initial send sequence number.',
  },
  {
    id: 'NR-002',
    rfc: 'RFC 6582 §3.2',
    level: 'rule',
    text: 'At the third duplicate ACK, recovery begins only if ack-1 is above recover, which is then set to the highest sequence number sent.',
  },
  {
    id: 'NR-003',
    rfc: 'RFC 6582 §3.2',
    level: 'rule',
    text: 'An ACK covering recover ends recovery; cwnd becomes min(ssthresh, max(FlightSize,SMSS)+SMSS), or ssthresh with bursts limited.',
  },
  {
    id: 'NR-004',
    rfc: 'RFC 6582 §3.2',
    level: 'rule',
    text: 'A partial ACK resends the first hole, takes its bytes off cwnd (then adds SMSS if they were SMSS or more), sends what fits, and recovery goes on.',
  },
  {
    id: 'NR-005',
    rfc: 'RFC 6582 §3.2',
    level: 'rule',
    text: 'The "impatient" form restarts the timer at the first partial ACK alone; the slow-but-steady form can be chosen instead.',
  },
  {
    id: 'NR-006',
    rfc: 'RFC 6582 §3.2',
    level: 'rule',
    text: 'A timeout ends recovery and stores the highest sequence number sent so far in recover.',
  },
  {
    id: 'NR-007',
    rfc: 'RFC 6582 §4',
    level: 'rule',
    text: 'After a timeout, duplicate ACKs that do not pass recover trigger no fast retransmit; timestamp or ACK-advance heuristics are optional.',
  },
  {
    id: 'NR-008',
    rfc: 'RFC 6582 §5',
    level: 'rule',
    text: 'NewReno depends on a receiver that acknowledges each out-of-order segment without delay.',
  },
] as const satisfies readonly Rule[];
