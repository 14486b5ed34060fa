/** Rules: header, options and sequence space. */
import type { Rule } from '../../base/index.ts';

export const headerRules = [
  {
    id: 'W-001',
    rfc: 'RFC 9293 §3.1 MUST-1',
    level: 'MUST',
    text: 'The window field is read as an unsigned number from 0 to 65535, and sums with it use at least 32 bits (REC-1).',
  },
  {
    id: 'W-005',
    rfc: 'RFC 9293 §3.1',
    level: 'rule',
    text: 'Control bits of features we lack go out as zero, and their values in arriving segments have no effect.',
  },
  {
    id: 'W-007',
    rfc: 'RFC 9293 §3.1 MUST-4',
    level: 'MUST',
    text: 'A TCP understands three basic options: end of list (0), no-operation (1) and MSS (2).',
  },
  {
    id: 'W-008',
    rfc: 'RFC 9293 §3.1 MUST-5',
    level: 'MUST',
    text: 'Any arriving segment may carry options, whether or not it has SYN set.',
  },
  {
    id: 'W-014',
    rfc: 'RFC 9293 §3.2 MUST-65',
    level: 'MUST',
    text: 'We put the MSS option on SYN segments alone, and disregard one that arrives on a segment without SYN.',
  },
  {
    id: 'W-015',
    rfc: 'RFC 9293 §3.1',
    level: 'rule',
    text: 'Once a connection is established, all its segments have ACK set and acknowledge up to RCV.NXT.',
  },
  {
    id: 'W-016',
    rfc: 'RFC 9293 §3.4',
    level: 'rule',
    text: 'Sequence and acknowledgment numbers are compared modulo 2^32, so a window across the wrap still works.',
  },
  {
    id: 'W-017',
    rfc: 'RFC 9293 §3.4',
    level: 'rule',
    text: 'SEG.LEN is the payload size plus one each for SYN and FIN; SYN is numbered ahead of the payload and FIN behind it.',
  },
  {
    id: 'W-018',
    rfc: 'RFC 9293 §3.4',
    level: 'rule',
    text: 'An ACK acknowledges something new only if SEG.ACK is above SND.UNA and no higher than SND.NXT.',
  },
  {
    id: 'W-019',
    rfc: 'RFC 9293 §3.4',
    level: 'rule',
    text: 'While the receive window is zero, an empty segment passes only if SEG.SEQ equals RCV.NXT.',
  },
  {
    id: 'W-020',
    rfc: 'RFC 9293 §3.4',
    level: 'rule',
    text: 'With an open window, an empty segment passes if SEG.SEQ is at least RCV.NXT and below RCV.NXT+RCV.WND.',
  },
  {
    id: 'W-021',
    rfc: 'RFC 9293 §3.4',
    level: 'rule',
    text: 'While the receive window is zero, any segment that occupies sequence space fails the check.',
  },
  {
    id: 'W-022',
    rfc: 'RFC 9293 §3.4',
    level: 'rule',
    text: 'With an open window, a segment that occupies sequence space passes if its first or its last number lies inside.',
  },
  {
    id: 'W-023',
    rfc: 'RFC 9293 §3.4 MUST-66',
    level: 'MUST',
    text: 'A closed receive window does not stop us from acting on RST and URG.',
  },
  {
    id: 'W-024',
    rfc: 'RFC 9293 §A.2',
    level: 'rule',
    text: 'The sequence check may throw away useful ACKs, as in simultaneous open or close, self-connect and probes sent by both ends.',
  },
] as const satisfies readonly Rule[];
