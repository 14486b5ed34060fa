/** Rules: user interface, IP and ICMP. */
import type { Rule } from '../../base/index.ts';

export const interfaceRules = [
  {
    id: 'U-001',
    rfc: 'RFC 9293 §3.9.1.2 MAY-15',
    level: 'MAY',
    text: 'SEND may offer a PUSH flag; if not, data never waits forever (MUST-60) and the segment that drains the queue has PSH (MUST-61).',
  },
  {
    id: 'U-002',
    rfc: 'RFC 9293 §3.9.1.2 SHLD-27',
    level: 'SHOULD',
    text: 'A run of PSH marks merges into one; full-sized segments are preferred (SHLD-28), and SENDs may be combined (MAY-16).',
  },
  {
    id: 'U-003',
    rfc: 'RFC 9293 §3.9.1.3 MAY-17',
    level: 'MAY',
    text: 'A receiver may tell its user about PSH, but the flag does not divide the stream into records.',
  },
  {
    id: 'U-004',
    rfc: 'RFC 9293 §3.10.2',
    level: 'rule',
    text: 'SEND fails with "connection does not exist" in CLOSED; in SYN-SENT and SYN-RECEIVED its data waits in the queue.',
  },
  {
    id: 'U-005',
    rfc: 'RFC 9293 §3.10.2',
    level: 'rule',
    text: 'After our own CLOSE (FIN-WAIT-1/2, CLOSING, LAST-ACK, TIME-WAIT) a SEND fails with "connection closing".',
  },
  {
    id: 'U-006',
    rfc: 'RFC 9293 §3.10.3',
    level: 'rule',
    text: 'RECEIVE waits during LISTEN, SYN-SENT and SYN-RECEIVED; in CLOSING, LAST-ACK and TIME-WAIT it fails with "connection closing".',
  },
  {
    id: 'U-007',
    rfc: 'RFC 9293 §3.10.2',
    level: 'rule',
    text: 'A SEND that does not fit in the buffer fails with "insufficient resources", which slows the user down.',
  },
  {
    id: 'U-008',
    rfc: 'RFC 9293 §3.10.6',
    level: 'rule',
    text: 'STATUS shows both sockets, the state, both windows, buffers still to be acknowledged or filled, urgent state and timeouts.',
  },
  {
    id: 'U-009',
    rfc: 'RFC 9293 §3.9.1.8 MUST-47',
    level: 'MUST',
    text: 'The user is notified, unasked, of ICMP errors, too many resends and urgent news, and can switch this off (SHLD-20).',
  },
  {
    id: 'U-013',
    rfc: 'RFC 9293 §3.9.2.2 MUST-54',
    level: 'MUST',
    text: 'The header copied into an ICMP error decides which connection the error belongs to.',
  },
  {
    id: 'U-014',
    rfc: 'RFC 9293 §3.9.2.2 MUST-55',
    level: 'MUST',
    text: 'An ICMP Source Quench message is thrown away without any reaction.',
  },
  {
    id: 'U-015',
    rfc: 'RFC 9293 §3.9.2.2 MUST-56',
    level: 'MUST',
    text: 'These ICMP errors are reported (SHLD-25), never fatal: unreachable (v4 0/1/5, v6 0/3), time exceeded, parameter problem (v4, v6 0-2).',
  },
  {
    id: 'U-016',
    rfc: 'RFC 9293 §3.9.2.2 SHLD-26',
    level: 'SHOULD',
    text: 'ICMPv4 unreachable codes 2-4 should end the connection; a setting can spare synchronized ones, as many stacks do (RFC 5927).',
  },
  {
    id: 'U-017',
    rfc: 'RFC 5927 §4.1,§5.2',
    level: 'rule',
    text: 'An ICMP error counts only if it quotes a sequence number from SND.UNA to SND.NXT; synchronized states often treat hard ones as soft.',
  },
  {
    id: 'U-018',
    rfc: 'RFC 9293 §3.10.8',
    level: 'rule',
    text: 'When the user timeout (5 minutes by default) expires in any state, queues are emptied, users get "aborted due to user timeout", and the state is CLOSED.',
  },
  {
    id: 'U-019',
    rfc: 'RFC 9293 §3.10.8',
    level: 'rule',
    text: 'An expired RTO resends the first queued segment and starts the timer again; an expired TIME-WAIT timer removes the TCB.',
  },
] as const satisfies readonly Rule[];
