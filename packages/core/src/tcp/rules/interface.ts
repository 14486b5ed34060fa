/** Rules: user interface, IP and ICMP. */
import type { Rule } from '../../base/index.ts';

export const interfaceRules = [
  {
    id: 'U-001',
    rfc: 'RFC 9293 §3.9.1.2 MAY-15',
    level: 'MAY',
    text: 'PUSH flag on SEND; without it (MUST-60) never buffer indefinitely and (MUST-61) PSH on the last segment when queue empties.',
  },
  {
    id: 'U-002',
    rfc: 'RFC 9293 §3.9.1.2 SHLD-27',
    level: 'SHOULD',
    text: 'Collapse successive PSH bits; (SHLD-28) send maximum-sized segments when possible; (MAY-16) may aggregate.',
  },
  {
    id: 'U-003',
    rfc: 'RFC 9293 §3.9.1.3 MAY-17',
    level: 'MAY',
    text: 'PSH may be passed up; PSH is not a record mark.',
  },
  {
    id: 'U-004',
    rfc: 'RFC 9293 §3.10.2',
    level: 'rule',
    text: 'SEND in CLOSED → "connection does not exist"; in SYN-SENT/SYN-RECEIVED → queued.',
  },
  {
    id: 'U-005',
    rfc: 'RFC 9293 §3.10.2',
    level: 'rule',
    text: 'SEND in FIN-WAIT-1/2, CLOSING, LAST-ACK, TIME-WAIT → "connection closing".',
  },
  {
    id: 'U-006',
    rfc: 'RFC 9293 §3.10.3',
    level: 'rule',
    text: 'RECEIVE in LISTEN/SYN-SENT/SYN-RECEIVED queued; in CLOSING/LAST-ACK/TIME-WAIT → "connection closing".',
  },
  {
    id: 'U-007',
    rfc: 'RFC 9293 §3.10.2',
    level: 'rule',
    text: 'SEND beyond buffer space → "insufficient resources" (backpressure).',
  },
  {
    id: 'U-008',
    rfc: 'RFC 9293 §3.10.6',
    level: 'rule',
    text: 'STATUS returns local/remote socket, state, both windows, buffers awaiting ACK/receipt, urgent state, timeouts.',
  },
  {
    id: 'U-009',
    rfc: 'RFC 9293 §3.9.1.8 MUST-47',
    level: 'MUST',
    text: 'Soft errors reported asynchronously: ICMP error, excessive retransmission, urgent advance; (SHLD-20) reports can be disabled.',
  },
  {
    id: 'U-013',
    rfc: 'RFC 9293 §3.9.2.2 MUST-54',
    level: 'MUST',
    text: 'ICMP errors are matched to the connection by the quoted header.',
  },
  {
    id: 'U-014',
    rfc: 'RFC 9293 §3.9.2.2 MUST-55',
    level: 'MUST',
    text: 'Source Quench is silently dropped.',
  },
  {
    id: 'U-015',
    rfc: 'RFC 9293 §3.9.2.2 MUST-56',
    level: 'MUST',
    text: 'Soft errors (v4 unreachable 0/1/5, time exceeded, param problem; v6 unreach 0/3, time exceeded, param problem 0-2) never abort; (SHLD-25) report.',
  },
  {
    id: 'U-016',
    rfc: 'RFC 9293 §3.9.2.2 SHLD-26',
    level: 'SHOULD',
    text: 'Hard errors (v4 unreachable 2-4) should abort; many stacks do not in synchronized states (RFC 5927): configurable.',
  },
  {
    id: 'U-017',
    rfc: 'RFC 5927 §4.1,§5.2',
    level: 'rule',
    text: 'Act on an ICMP error only if the quoted sequence lies in SND.UNA..SND.NXT; hard errors in synchronized states are commonly treated as soft.',
  },
  {
    id: 'U-018',
    rfc: 'RFC 9293 §3.10.8',
    level: 'rule',
    text: 'User timeout: default 5 min, flush, "aborted due to user timeout", CLOSED, in any state.',
  },
  {
    id: 'U-019',
    rfc: 'RFC 9293 §3.10.8',
    level: 'rule',
    text: 'RTO: retransmit queue head, re-arm; TIME-WAIT timeout: delete TCB.',
  },
] as const satisfies readonly Rule[];
