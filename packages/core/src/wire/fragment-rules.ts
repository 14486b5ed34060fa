/** The rules of fragmentation and reassembly. */
import type { Rule } from '../base/cause.ts';

export const FRAGMENT_RULES = {
  cut: {
    id: 'IP-06',
    rfc: 'RFC 791 §3.2',
    level: 'rule',
    text: 'A datagram larger than the MTU is cut at multiples of 8 octets; all parts but the last say that more follow.',
  },
  dontFragment: {
    id: 'IP-07',
    rfc: 'RFC 791 §3.1',
    level: 'rule',
    text: 'A datagram marked "do not fragment" is never cut; where it does not fit it is discarded.',
  },
  copiedOptions: {
    id: 'IP-08',
    rfc: 'RFC 791 §3.1',
    level: 'rule',
    text: 'Later parts carry only the options whose copied flag is set.',
  },
  sameDatagram: {
    id: 'IP-09',
    rfc: 'RFC 791 §3.2',
    level: 'rule',
    text: 'Parts belong together when source, destination, protocol and identification agree.',
  },
  impossible: {
    id: 'IP-10',
    rfc: 'RFC 791 §3.2',
    level: 'robust',
    text: 'A part that is empty, ends off an 8-octet boundary or reaches past 65,535 octets is discarded.',
  },
  overlap: {
    id: 'IP-11',
    rfc: 'RFC 1858 §4',
    level: 'robust',
    text: 'Parts that overlap and disagree, or disagree about the end, make the whole datagram suspect: it is discarded.',
  },
  timeout: {
    id: 'IP-12',
    rfc: 'RFC 1122 §3.3.2',
    level: 'MUST',
    text: 'What is incomplete after a fixed time is discarded, and the source is told if the first part was there.',
  },
  limits: {
    id: 'IP-13',
    rfc: 'RFC 1122 §3.3.2',
    level: 'robust',
    text: 'Reassembly holds a limited number of datagrams and octets; the oldest make room.',
  },
  congestion: {
    id: 'IP-14',
    rfc: 'RFC 3168 §5.3',
    level: 'MUST',
    text: 'A congestion mark on any part marks the whole; mixed with a part that is not ECN-capable it is discarded.',
  },
} as const satisfies Record<string, Rule>;
