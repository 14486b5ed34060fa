/** Rules: initial sequence numbers and opening. */
import type { Rule } from '../../base/index.ts';

export const openingRules = [
  {
    id: 'O-001',
    rfc: 'RFC 9293 §3.4.1 MUST-8',
    level: 'MUST',
    text: 'ISN has a clock component ticking about every 4 microseconds so that it cycles in roughly 4.5 hours.',
  },
  {
    id: 'O-002',
    rfc: 'RFC 9293 §3.4.1 SHLD-1',
    level: 'SHOULD',
    text: 'ISN = M + F(localip, localport, remoteip, remoteport, secret).',
  },
  {
    id: 'O-003',
    rfc: 'RFC 9293 §3.4.1 MUST-9',
    level: 'MUST',
    text: 'F is not computable from outside (a keyed pseudorandom function); in the simulator: keyed from the run seed.',
  },
  {
    id: 'O-005',
    rfc: 'RFC 9293 §3.5',
    level: 'rule',
    text: 'Three-way handshake Fig. 6: SYN, SYN-ACK with ack=ISS+1, ACK; data may follow from the third segment on.',
  },
  {
    id: 'O-006',
    rfc: 'RFC 9293 §3.5',
    level: 'rule',
    text: 'SYN may carry data; data is kept and delivered only after ESTABLISHED.',
  },
  {
    id: 'O-007',
    rfc: 'RFC 9293 §3.5 MUST-10',
    level: 'MUST',
    text: 'Simultaneous open works: SYN-SENT + SYN → SYN-RECEIVED, resend SYN,ACK with the same ISS, both reach ESTABLISHED.',
  },
  {
    id: 'O-008',
    rfc: 'RFC 9293 §3.5 MUST-11',
    level: 'MUST',
    text: 'SYN-RECEIVED remembers whether it came from a passive or an active OPEN.',
  },
  {
    id: 'O-009',
    rfc: 'RFC 9293 §3.5',
    level: 'rule',
    text: 'Fig. 8: old duplicate SYN → SYN-ACK with a stale ack → initiator answers RST(seq=that ack) → listener returns to LISTEN → the real SYN succeeds.',
  },
  {
    id: 'O-010',
    rfc: 'RFC 9293 §3.5.1',
    level: 'rule',
    text: "Fig. 9: crashed client SYNs into an ESTABLISHED peer → ACK of peer's expectation → client RST → peer aborts → client's SYN retry succeeds.",
  },
  {
    id: 'O-011',
    rfc: 'RFC 9293 §3.5.1',
    level: 'rule',
    text: 'Fig. 10: peer data to a host without TCB → RST(seq=SEG.ACK) → peer aborts.',
  },
  {
    id: 'O-012',
    rfc: 'RFC 9293 §3.5.1',
    level: 'rule',
    text: 'Fig. 11: old duplicate SYN to one of two passive sockets → SYN-ACK to LISTEN → RST → both stay LISTEN.',
  },
  {
    id: 'O-013',
    rfc: 'RFC 9293 §3.10.1',
    level: 'rule',
    text: 'Active OPEN from CLOSED: choose ISS, send <SEQ=ISS><SYN>, SND.UNA=ISS, SND.NXT=ISS+1, enter SYN-SENT.',
  },
  {
    id: 'O-014',
    rfc: 'RFC 9293 §3.10.1',
    level: 'rule',
    text: 'OPEN in LISTEN with a foreign socket turns the passive connection active; without one → error "remote socket unspecified".',
  },
  {
    id: 'O-015',
    rfc: 'RFC 9293 §3.10.1',
    level: 'rule',
    text: 'OPEN in any other state → error "connection already exists".',
  },
  {
    id: 'O-016',
    rfc: 'RFC 9293 §3.9.1.1 MUST-41',
    level: 'MUST',
    text: 'Passive OPEN either creates a new LISTEN record or fails; never disturbs existing connections.',
  },
  {
    id: 'O-017',
    rfc: 'RFC 9293 §3.9.1.1 MUST-42',
    level: 'MUST',
    text: 'The application can listen on a port while connections with the same local port are in SYN-SENT/SYN-RECEIVED.',
  },
  {
    id: 'O-023',
    rfc: 'RFC 9293 §3.8.3 MUST-22/23',
    level: 'MUST',
    text: 'SYN loss uses the same R1/R2 machinery; R2 for SYN lasts at least 3 minutes; the app may give up earlier.',
  },
  {
    id: 'O-024',
    rfc: 'RFC 9293 §3.10.2',
    level: 'rule',
    text: 'SEND in LISTEN with a foreign socket performs an active OPEN and queues the data.',
  },
] as const satisfies readonly Rule[];
