/** Rules: header, options and sequence space. */
import type { Rule } from '../../base/index.ts';

export const headerRules = [
  {
    id: 'W-001',
    rfc: 'RFC 9293 §3.1 MUST-1',
    level: 'MUST',
    text: 'The 16-bit window is unsigned: 0xFFFF means 65535, never negative; (REC-1) window arithmetic kept in ≥ 32 bits.',
  },
  {
    id: 'W-005',
    rfc: 'RFC 9293 §3.1',
    level: 'rule',
    text: 'Reserved control bits are sent as 0 and ignored on receipt if the feature behind them is not implemented.',
  },
  {
    id: 'W-007',
    rfc: 'RFC 9293 §3.1 MUST-4',
    level: 'MUST',
    text: 'EOL(0), NOP(1), MSS(2) are supported.',
  },
  {
    id: 'W-008',
    rfc: 'RFC 9293 §3.1 MUST-5',
    level: 'MUST',
    text: 'Options are accepted in any segment, not only on SYN.',
  },
  {
    id: 'W-014',
    rfc: 'RFC 9293 §3.2 MUST-65',
    level: 'MUST',
    text: 'MSS is sent only on segments with SYN; an MSS on another segment is not sent by us, and ignored by us as receiver.',
  },
  {
    id: 'W-015',
    rfc: 'RFC 9293 §3.1',
    level: 'rule',
    text: 'After establishment every segment carries ACK and the current acknowledgment number.',
  },
  {
    id: 'W-016',
    rfc: 'RFC 9293 §3.4',
    level: 'rule',
    text: 'All sequence/ack comparisons are modulo 2^32 and correct when the window straddles the wrap.',
  },
  {
    id: 'W-017',
    rfc: 'RFC 9293 §3.4',
    level: 'rule',
    text: 'SEG.LEN counts data bytes plus one for SYN plus one for FIN; SYN occupies the number before the data, FIN the number after.',
  },
  {
    id: 'W-018',
    rfc: 'RFC 9293 §3.4',
    level: 'rule',
    text: 'SND.UNA < SEG.ACK ≤ SND.NXT is the only acceptable new acknowledgment.',
  },
  {
    id: 'W-019',
    rfc: 'RFC 9293 §3.4',
    level: 'rule',
    text: 'Acceptability, LEN=0 WND=0: SEG.SEQ = RCV.NXT.',
  },
  {
    id: 'W-020',
    rfc: 'RFC 9293 §3.4',
    level: 'rule',
    text: 'Acceptability, LEN=0 WND>0: RCV.NXT ≤ SEG.SEQ < RCV.NXT+WND.',
  },
  {
    id: 'W-021',
    rfc: 'RFC 9293 §3.4',
    level: 'rule',
    text: 'Acceptability, LEN>0 WND=0: never acceptable.',
  },
  {
    id: 'W-022',
    rfc: 'RFC 9293 §3.4',
    level: 'rule',
    text: 'Acceptability, LEN>0 WND>0: first byte in window OR last byte in window.',
  },
  {
    id: 'W-023',
    rfc: 'RFC 9293 §3.4 MUST-66',
    level: 'MUST',
    text: 'RST and URG are processed even when the receive window is zero.',
  },
  {
    id: 'W-024',
    rfc: 'RFC 9293 §A.2',
    level: 'rule',
    text: 'Known trap: the acceptability test can discard valid ACK information (simultaneous open/close, self-connect, mutual probes).',
  },
] as const satisfies readonly Rule[];
