/** Rules: segmentation, MSS and Nagle. */
import type { Rule } from '../../base/index.ts';

export const segmentationRules = [
  {
    id: 'S-001',
    rfc: 'RFC 9293 §3.7.1 MUST-14',
    level: 'MUST',
    text: 'Both send and receive MSS.',
  },
  {
    id: 'S-002',
    rfc: 'RFC 9293 §3.7.1 SHLD-5, MAY-3',
    level: 'SHOULD',
    text: 'Send MSS in every SYN when it differs from 536 (v4)/1220 (v6); may always send.',
  },
  {
    id: 'S-003',
    rfc: 'RFC 9293 §3.7.1 MUST-15',
    level: 'MUST',
    text: 'No MSS received → assume 536 (v4) or 1220 (v6).',
  },
  {
    id: 'S-004',
    rfc: 'RFC 9293 §3.7.1 MUST-16',
    level: 'MUST',
    text: 'Eff.snd.MSS = min(SendMSS+20, MMS_S) - TCPhdr - IPoptions; data shrinks by the option bytes actually present.',
  },
  {
    id: 'S-005',
    rfc: 'RFC 9293 §3.7.1 MUST-67',
    level: 'MUST',
    text: 'Advertised MSS <= MMS_R - 20; it excludes IP and TCP options (6691).',
  },
  {
    id: 'S-008',
    rfc: 'RFC 9293 §3.7.4 SHLD-7',
    level: 'SHOULD',
    text: 'Nagle: with unacknowledged data, hold small segments until ACK or a full segment.',
  },
  {
    id: 'S-009',
    rfc: 'RFC 9293 §3.7.4 MUST-17',
    level: 'MUST',
    text: 'Nagle can be disabled per connection.',
  },
  {
    id: 'S-010',
    rfc: 'RFC 9293 §3.7.4',
    level: 'rule',
    text: 'Nagle does not bypass slow start; both limits apply.',
  },
] as const satisfies readonly Rule[];
