/** Rules: blind attacks and hazards of TIME-WAIT. */
import type { Rule } from '../../base/index.ts';

export const attackRules = [
  { id: 'B-001', rfc: 'RFC 5961 §3.2', level: 'rule', text: 'RST seq = RCV.NXT → reset.' },
  {
    id: 'B-002',
    rfc: 'RFC 5961 §3.2',
    level: 'MUST',
    text: 'RST in window but not equal → challenge ACK <SEQ=SND.NXT><ACK=RCV.NXT>, drop, stop processing.',
  },
  { id: 'B-003', rfc: 'RFC 5961 §3.2', level: 'MUST', text: 'RST outside window → silent drop.' },
  {
    id: 'B-004',
    rfc: 'RFC 5961 §3.2',
    level: 'rule',
    text: 'Legal sender then answers with RST at RCV.NXT: two round trips to reset in corner case.',
  },
  {
    id: 'B-005',
    rfc: 'RFC 5961 §4.2',
    level: 'MUST',
    text: 'SYN in synchronized state, any sequence → challenge ACK, drop.',
  },
  {
    id: 'B-006',
    rfc: 'RFC 5961 §4.2',
    level: 'rule',
    text: 'A legitimately rebooted peer answers the challenge with RST at the right seq → abort, its SYN retry succeeds.',
  },
  {
    id: 'B-007',
    rfc: 'RFC 5961 §5.2, RFC 9293 §3.10.7.4 MAY-12',
    level: 'MAY',
    text: 'ACK acceptable only in SND.UNA-MAX.SND.WND … SND.NXT; else discard and send ACK.',
  },
  {
    id: 'B-008',
    rfc: 'RFC 5961 §5.2',
    level: 'rule',
    text: 'MAX.SND.WND is the largest scaled window ever received.',
  },
  {
    id: 'B-009',
    rfc: 'RFC 5961 §7',
    level: 'SHOULD',
    text: 'Throttle challenge ACKs (e.g. 10 per 5 s), tunable, for each connection: a global limit leaks information across connections.',
  },
  {
    id: 'B-010',
    rfc: 'RFC 9293 §3.10.7.3',
    level: 'rule',
    text: 'SYN-SENT RST: "seq matches RCV.NXT" is stated though RCV.NXT is unknown there; implement ACK check first and document.',
  },
  {
    id: 'B-011',
    rfc: 'RFC 1337 §2,§3',
    level: 'rule',
    text: 'An old duplicate data/ACK in TIME-WAIT draws an ACK; peer with no TCB answers RST; that RST would "assassinate" TIME-WAIT.',
  },
  { id: 'B-012', rfc: 'RFC 1337 §3', level: 'rule', text: 'Fix F1: ignore RST in TIME-WAIT.' },
  {
    id: 'B-013',
    rfc: 'RFC 1337 §2.3',
    level: 'rule',
    text: 'Hazard H2: infinite ACK loop after desynchronisation; engine must detect.',
  },
  {
    id: 'B-018',
    rfc: 'RFC 6191 §2',
    level: 'SHOULD',
    text: 'Neither with timestamps, sequence greater → accept.',
  },
  {
    id: 'B-019',
    rfc: 'RFC 6191 §2',
    level: 'SHOULD',
    text: 'Otherwise SYN silently dropped, TIME-WAIT kept.',
  },
  {
    id: 'B-021',
    rfc: 'RFC 6528 §3',
    level: 'SHOULD',
    text: 'ISN hash of 4-tuple and secret, plus clock (see O-002).',
  },
  {
    id: 'B-022',
    rfc: 'RFC 4987 §3',
    level: 'rule',
    text: 'SYN backlog bounded; strategies: reduce SYN-RECEIVED timer, recycle oldest, SYN cache, SYN cookies.',
  },
] as const satisfies readonly Rule[];
