/** Rules: blind attacks and hazards of TIME-WAIT. */
import type { Rule } from '../../base/index.ts';

export const attackRules = [
  {
    id: 'B-001',
    rfc: 'RFC 5961 §3.2',
    level: 'rule',
    text: 'A RST numbered exactly RCV.NXT resets the connection.',
  },
  {
    id: 'B-002',
    rfc: 'RFC 5961 §3.2',
    level: 'MUST',
    text: 'A RST elsewhere inside the window is discarded without further processing, and we send the challenge ACK <SEQ=SND.NXT><ACK=RCV.NXT>.',
  },
  {
    id: 'B-003',
    rfc: 'RFC 5961 §3.2',
    level: 'MUST',
    text: 'A RST that lies beyond the window is discarded, and nothing is sent in reply.',
  },
  {
    id: 'B-004',
    rfc: 'RFC 5961 §3.2',
    level: 'rule',
    text: 'A genuine peer replies to the challenge ACK with a RST numbered RCV.NXT, so in that rare case a reset needs two round trips.',
  },
  {
    id: 'B-005',
    rfc: 'RFC 5961 §4.2',
    level: 'MUST',
    text: 'On a synchronized connection every SYN, whatever its number, is discarded and draws a challenge ACK.',
  },
  {
    id: 'B-006',
    rfc: 'RFC 5961 §4.2',
    level: 'rule',
    text: 'If the peer really restarted, it meets our challenge with a correctly numbered RST; we abort, and its next SYN can connect.',
  },
  {
    id: 'B-007',
    rfc: 'RFC 5961 §5.2, RFC 9293 §3.10.7.4 MAY-12',
    level: 'MAY',
    text: 'An ACK must lie between SND.UNA-MAX.SND.WND and SND.NXT; a segment with any other ACK is dropped and answered with an ACK.',
  },
  {
    id: 'B-008',
    rfc: 'RFC 5961 §5.2',
    level: 'rule',
    text: 'MAX.SND.WND records the biggest window, after scaling, that the peer has offered so far.',
  },
  {
    id: 'B-009',
    rfc: 'RFC 5961 §7',
    level: 'SHOULD',
    text: 'An adjustable limit such as 10 in 5 s holds back challenge ACKs, counted per connection because a shared count would reveal facts about other ones.',
  },
  {
    id: 'B-010',
    rfc: 'RFC 9293 §3.10.7.3',
    level: 'rule',
    text: 'For a RST in SYN-SENT we check the ACK first, because no RCV.NXT exists yet to compare its sequence number with, although the text asks for it.',
  },
  {
    id: 'B-011',
    rfc: 'RFC 1337 §2,§3',
    level: 'rule',
    text: 'A stale segment can make TIME-WAIT send an ACK; if the peer has lost its TCB, the RST it sends back could end TIME-WAIT too early.',
  },
  {
    id: 'B-012',
    rfc: 'RFC 1337 §3',
    level: 'rule',
    text: 'A connection in TIME-WAIT takes no notice of RST segments, which is fix F1.',
  },
  {
    id: 'B-013',
    rfc: 'RFC 1337 §2.3',
    level: 'rule',
    text: 'Two ends that lose synchronization can exchange ACKs forever (hazard H2), so the engine has to notice such a loop.',
  },
  {
    id: 'B-018',
    rfc: 'RFC 6191 §2',
    level: 'SHOULD',
    text: 'If old and new connection both lack timestamps, a SYN with a higher sequence number may replace the one in TIME-WAIT.',
  },
  {
    id: 'B-019',
    rfc: 'RFC 6191 §2',
    level: 'SHOULD',
    text: 'A SYN that meets none of the reuse conditions is discarded without reply, and TIME-WAIT continues.',
  },
  {
    id: 'B-021',
    rfc: 'RFC 6528 §3',
    level: 'SHOULD',
    text: 'The initial sequence number adds a clock to a hash over both addresses, both ports and a secret, as in O-002.',
  },
  {
    id: 'B-022',
    rfc: 'RFC 4987 §3',
    level: 'rule',
    text: 'The number of half-open connections is limited; to cope, shorten their timer, evict the oldest, or use a SYN cache or SYN cookies.',
  },
] as const satisfies readonly Rule[];
