/** Rules: segmentation, MSS and Nagle. */
import type { Rule } from '../../base/index.ts';

export const segmentationRules = [
  {
    id: 'S-001',
    rfc: 'RFC 9293 §3.7.1 MUST-14',
    level: 'MUST',
    text: 'The MSS option is implemented in both directions: we announce our own and read that of the peer.',
  },
  {
    id: 'S-002',
    rfc: 'RFC 9293 §3.7.1 SHLD-5, MAY-3',
    level: 'SHOULD',
    text: 'Each SYN announces our MSS unless it equals the default of 536 (IPv4) or 1220 (IPv6), when it may still do so.',
  },
  {
    id: 'S-003',
    rfc: 'RFC 9293 §3.7.1 MUST-15',
    level: 'MUST',
    text: 'A peer that announces no MSS is taken to have one of 536 on IPv4 or 1220 on IPv6.',
  },
  {
    id: 'S-004',
    rfc: 'RFC 9293 §3.7.1 MUST-16',
    level: 'MUST',
    text: 'Eff.snd.MSS is min(SendMSS+20, MMS_S) less TCPhdr and IPoptions, so every option byte in use leaves one byte less for data.',
  },
  {
    id: 'S-005',
    rfc: 'RFC 9293 §3.7.1 MUST-67',
    level: 'MUST',
    text: 'The MSS we announce is at most MMS_R - 20 and, as RFC 6691 clarifies, makes no deduction for IP or TCP options.',
  },
  {
    id: 'S-008',
    rfc: 'RFC 9293 §3.7.4 SHLD-7',
    level: 'SHOULD',
    text: 'While sent data awaits acknowledgment, Nagle delays a short segment until the ACK comes or the segment can be filled.',
  },
  {
    id: 'S-009',
    rfc: 'RFC 9293 §3.7.4 MUST-17',
    level: 'MUST',
    text: 'An application may switch the Nagle algorithm off for any single connection.',
  },
  {
    id: 'S-010',
    rfc: 'RFC 9293 §3.7.4',
    level: 'rule',
    text: 'Sending is governed by Nagle and slow start together, and neither one lifts the limit of the other.',
  },
] as const satisfies readonly Rule[];
