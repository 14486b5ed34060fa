/** Rules: generating and taking resets. */
import type { Rule } from '../../base/index.ts';

export const resetRules = [
  {
    id: 'R-001',
    rfc: 'RFC 9293 §3.5.2 g1, §3.10.7.1',
    level: 'rule',
    text: 'A closed port answers an ACK-less segment with RST,ACK: SEQ is 0 and ACK is SEG.SEQ + SEG.LEN.',
  },
  {
    id: 'R-002',
    rfc: 'RFC 9293 §3.10.7.1',
    level: 'rule',
    text: 'A closed port answers a segment that has ACK set with a bare RST whose SEQ is SEG.ACK.',
  },
  {
    id: 'R-003',
    rfc: 'RFC 9293 §3.10.7.1',
    level: 'rule',
    text: 'A closed port stays silent on an incoming RST, and no state ever replies to one with another.',
  },
  {
    id: 'R-004',
    rfc: 'RFC 9293 §3.10.7.1',
    level: 'rule',
    text: 'In R-001, SYN and FIN each add one to SEG.LEN, so both with 3 bytes give ACK = SEG.SEQ + 5.',
  },
  {
    id: 'R-005',
    rfc: 'RFC 9293 §3.5.2 g2',
    level: 'rule',
    text: 'Before synchronization (LISTEN, SYN-SENT, SYN-RECEIVED), a bad ACK draws a RST with SEQ = SEG.ACK and the state stays.',
  },
  {
    id: 'R-006',
    rfc: 'RFC 9293 §3.5.2 g3',
    level: 'rule',
    text: 'Once synchronized, a bad SEQ or ACK draws no RST, only a data-less ACK (SEQ=SND.NXT, ACK=RCV.NXT), and the state stays.',
  },
  {
    id: 'R-007',
    rfc: 'RFC 9293 §3.5.3',
    level: 'rule',
    text: 'Outside SYN-SENT, a RST is honoured only when SEG.SEQ lies within the receive window.',
  },
  {
    id: 'R-008',
    rfc: 'RFC 9293 §3.5.3',
    level: 'rule',
    text: 'While in SYN-SENT, we honour a RST only when its ACK field covers the SYN we sent.',
  },
  {
    id: 'R-009',
    rfc: 'RFC 9293 §3.5.3',
    level: 'rule',
    text: 'A RST does nothing in LISTEN; in SYN-RECEIVED a passive opener quietly resumes LISTEN, an active one closes as "connection refused".',
  },
  {
    id: 'R-010',
    rfc: 'RFC 9293 §3.10.7.4',
    level: 'rule',
    text: 'In ESTABLISHED, FIN-WAIT-1/2 and CLOSE-WAIT, a RST empties every queue, ends each pending call with "reset" and leads to CLOSED.',
  },
  {
    id: 'R-011',
    rfc: 'RFC 9293 §3.10.7.4',
    level: 'rule',
    text: 'In CLOSING, LAST-ACK and TIME-WAIT, a RST removes the TCB and leads to CLOSED; B-012 covers the RFC 1337 variant.',
  },
  {
    id: 'R-012',
    rfc: 'RFC 9293 §3.5.3 SHLD-2',
    level: 'SHOULD',
    text: 'Data carried in a RST makes no difference to whether the reset is accepted.',
  },
  {
    id: 'R-013',
    rfc: 'RFC 9293 §3.6 MUST-12',
    level: 'MUST',
    text: 'The user of a connection is able to distinguish an orderly close from an aborted one.',
  },
  {
    id: 'R-014',
    rfc: 'RFC 9293 §3.5.2',
    level: 'rule',
    text: '§3.5.2 says the sender of an unsolicited RST "should" enter TIME-WAIT, which contradicts §3.10.5; we follow the latter and delete the TCB.',
  },
] as const satisfies readonly Rule[];
