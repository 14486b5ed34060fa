/** Rules: windows, probes, silly window avoidance and acknowledgments. */
import type { Rule } from '../../base/index.ts';

export const windowRules = [
  {
    id: 'V-001',
    rfc: 'RFC 9293 §3.8.6 SHLD-14',
    level: 'SHOULD',
    text: 'Receiver never moves the right edge left.',
  },
  {
    id: 'V-002',
    rfc: 'RFC 9293 §3.8.6 MUST-34',
    level: 'MUST',
    text: 'Sender survives a shrunk window (usable window negative).',
  },
  {
    id: 'V-003',
    rfc: 'RFC 9293 §3.8.6 SHLD-15',
    level: 'SHOULD',
    text: 'Sends no new data beyond a shrunk edge; (SHLD-16) still retransmits between UNA and UNA+WND; (MAY-7) beyond optional.',
  },
  {
    id: 'V-004',
    rfc: 'RFC 9293 §3.8.6 SHLD-17',
    level: 'SHOULD',
    text: 'Does not time out for data past the shrunk edge.',
  },
  {
    id: 'V-005',
    rfc: 'RFC 9293 §3.8.6 MUST-35',
    level: 'MUST',
    text: 'Window shrunk to zero is probed normally.',
  },
  {
    id: 'V-006',
    rfc: 'RFC 9293 §3.8.6.1 MUST-36',
    level: 'MUST',
    text: 'Zero window is probed: at least one byte of new data or a retransmission.',
  },
  {
    id: 'V-007',
    rfc: 'RFC 9293 §3.8.6.1 MUST-37, MAY-8',
    level: 'MUST',
    text: 'Connection stays open as long as probes are ACKed, indefinitely.',
  },
  {
    id: 'V-008',
    rfc: 'RFC 9293 §3.8.6.1 SHLD-29',
    level: 'SHOULD',
    text: 'First probe after one RTO of zero window; (SHLD-30) interval doubles.',
  },
  {
    id: 'V-009',
    rfc: 'RFC 9293 §3.8.6.1',
    level: 'rule',
    text: 'Receiver with zero window ACKs every probe with RCV.NXT and current window.',
  },
  {
    id: 'V-010',
    rfc: 'RFC 9293 §3.8.6.1',
    level: 'robust',
    text: 'Probe byte counts in sequence space: if the peer accepts it, SND.UNA advances over it.',
  },
  {
    id: 'V-011',
    rfc: 'RFC 9293 §3.8.6.2.1 MUST-38',
    level: 'MUST',
    text: 'Sender SWS: send if (1) min(D,U) ≥ Eff.snd.MSS, (2) PUSH and all queued data fits, (3) ≥ 1/2 of Max(SND.WND), or (4) override timer 0.1-1.0 s.',
  },
  {
    id: 'V-012',
    rfc: 'RFC 9293 §3.8.6.2.1',
    level: 'rule',
    text: 'Nagle conditions (2) and (3) on SND.NXT = SND.UNA.',
  },
  {
    id: 'V-013',
    rfc: 'RFC 9293 §3.8.6.2.2 MUST-39',
    level: 'MUST',
    text: 'Receiver SWS: advance the right edge only if growth ≥ min(RCV.BUFF/2, Eff.snd.MSS).',
  },
  {
    id: 'V-014',
    rfc: 'RFC 9293 §3.8.6.3 SHLD-18',
    level: 'SHOULD',
    text: 'Delayed ACK; (MUST-40) delay < 0.5 s.',
  },
  {
    id: 'V-015',
    rfc: 'RFC 9293 §3.8.6.3 SHLD-19',
    level: 'SHOULD',
    text: 'ACK at least every second full-sized segment or 2*RMSS new bytes.',
  },
  {
    id: 'V-016',
    rfc: 'RFC 9293 §3.10.7.4 MUST-58/59',
    level: 'MUST',
    text: 'ACKs are aggregated: process all queued segments before acknowledging.',
  },
  {
    id: 'V-017',
    rfc: 'RFC 9293 §3.10.7.4 MAY-13',
    level: 'MAY',
    text: 'ACK RCV.NXT for an in-window segment that is not at the left edge.',
  },
  {
    id: 'V-018',
    rfc: 'RFC 9293 §3.10.7.4',
    level: 'rule',
    text: 'RCV.NXT + RCV.WND never decreases.',
  },
  {
    id: 'V-019',
    rfc: 'RFC 9293 §3.10.7.4',
    level: 'rule',
    text: 'SND.WND update only if SND.UNA ≤ ACK ≤ SND.NXT and (WL1 < SEQ or (WL1 = SEQ and WL2 ≤ ACK)).',
  },
  {
    id: 'V-020',
    rfc: 'RFC 9293 §3.8.6',
    level: 'rule',
    text: 'Preference is to act on the window of the highest acknowledgment (reordered pure ACKs).',
  },
  {
    id: 'V-021',
    rfc: 'RFC 9293 §3.10.7.4 SHLD-31',
    level: 'SHOULD',
    text: 'Out-of-order in-window segments are queued, then delivered when the hole fills.',
  },
  {
    id: 'V-022',
    rfc: 'RFC 9293 §3.10.7.4',
    level: 'rule',
    text: 'Overlapping segments: only new bytes are used; SYN/FIN outside window trimmed with their flag.',
  },
] as const satisfies readonly Rule[];
