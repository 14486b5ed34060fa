/** Rules: generating and taking resets. */
import type { Rule } from '../../base/index.ts';

export const resetRules = [
  {
    id: 'R-001',
    rfc: 'RFC 9293 §3.5.2 g1, §3.10.7.1',
    level: 'rule',
    text: 'CLOSED + non-RST, ACK off → <SEQ=0><ACK=SEG.SEQ+SEG.LEN><RST,ACK>.',
  },
  {
    id: 'R-002',
    rfc: 'RFC 9293 §3.10.7.1',
    level: 'rule',
    text: 'CLOSED + non-RST, ACK on → <SEQ=SEG.ACK><RST>.',
  },
  {
    id: 'R-003',
    rfc: 'RFC 9293 §3.10.7.1',
    level: 'rule',
    text: 'CLOSED + RST → dropped silently; never answer a RST with a RST in any state.',
  },
  {
    id: 'R-004',
    rfc: 'RFC 9293 §3.10.7.1',
    level: 'rule',
    text: 'R-001 length counts SYN and FIN: SYN+FIN with 3 data bytes is acknowledged with seq+5.',
  },
  {
    id: 'R-005',
    rfc: 'RFC 9293 §3.5.2 g2',
    level: 'rule',
    text: 'LISTEN, SYN-SENT, SYN-RECEIVED: unacceptable ACK → <SEQ=SEG.ACK><RST>, state unchanged.',
  },
  {
    id: 'R-006',
    rfc: 'RFC 9293 §3.5.2 g3',
    level: 'rule',
    text: 'Synchronized states: unacceptable seq or ack → empty ACK <SEQ=SND.NXT><ACK=RCV.NXT>, state unchanged (no RST).',
  },
  {
    id: 'R-007',
    rfc: 'RFC 9293 §3.5.3',
    level: 'rule',
    text: 'In all states but SYN-SENT a RST counts only if its sequence is in the window.',
  },
  {
    id: 'R-008',
    rfc: 'RFC 9293 §3.5.3',
    level: 'rule',
    text: 'SYN-SENT: RST counts only if it acknowledges our SYN.',
  },
  {
    id: 'R-009',
    rfc: 'RFC 9293 §3.5.3',
    level: 'rule',
    text: 'LISTEN ignores RST; passive SYN-RECEIVED returns to LISTEN silently; active SYN-RECEIVED → CLOSED "connection refused".',
  },
  {
    id: 'R-010',
    rfc: 'RFC 9293 §3.10.7.4',
    level: 'rule',
    text: 'RST in ESTABLISHED, FIN-WAIT-1/2, CLOSE-WAIT: all calls fail with "reset", queues flushed, CLOSED.',
  },
  {
    id: 'R-011',
    rfc: 'RFC 9293 §3.10.7.4',
    level: 'rule',
    text: 'RST in CLOSING, LAST-ACK, TIME-WAIT: CLOSED, TCB deleted (see B-012 for the RFC 1337 variant).',
  },
  {
    id: 'R-012',
    rfc: 'RFC 9293 §3.5.3 SHLD-2',
    level: 'SHOULD',
    text: 'A RST with payload is accepted like one without.',
  },
  {
    id: 'R-013',
    rfc: 'RFC 9293 §3.6 MUST-12',
    level: 'MUST',
    text: 'The application can tell normal close from abort.',
  },
  {
    id: 'R-014',
    rfc: 'RFC 9293 §3.5.2',
    level: 'rule',
    text: 'Issuer of an unsolicited RST "should" go to TIME-WAIT, but §3.10.5 deletes the TCB: a contradiction; the TCB is deleted.',
  },
] as const satisfies readonly Rule[];
