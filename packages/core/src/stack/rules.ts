/** The rules of a host's internet layer, RFC 791, 792 and 1122 §3. */
import type { Rule } from '../base/index.ts';

export const STACK_RULES = {
  notForUs: {
    id: 'HS-01',
    rfc: 'RFC 1122 §3.2.1.3',
    level: 'MUST',
    text: 'A datagram that is not addressed to this host is discarded without a word.',
  },
  protocolUnreachable: {
    id: 'HS-02',
    rfc: 'RFC 1122 §3.2.2.1',
    level: 'SHOULD',
    text: 'A datagram of a protocol the host does not have is answered with ICMP protocol unreachable.',
  },
  portUnreachable: {
    id: 'HS-03',
    rfc: 'RFC 1122 §3.2.2.1',
    level: 'SHOULD',
    text: 'A datagram for a port nobody has opened is answered with ICMP port unreachable.',
  },
  echo: {
    id: 'HS-04',
    rfc: 'RFC 1122 §3.2.2.6',
    level: 'MUST',
    text: 'An ICMP echo is answered with an echo reply that carries the same data.',
  },
  invalidSource: {
    id: 'O-021',
    rfc: 'RFC 9293 §3.9.2.3 MUST-63',
    level: 'MUST',
    text: 'A SYN from an address that names no single host is ignored.',
  },
  groupSource: {
    id: 'HS-06',
    rfc: 'RFC 1122 §3.2.1.3',
    level: 'MUST',
    text: 'A datagram from an address that names no single host is discarded without a word.',
  },
  unmatchedError: {
    id: 'U-013',
    rfc: 'RFC 9293 §3.9.2.2 MUST-54',
    level: 'MUST',
    text: 'An ICMP error belongs to the connection whose segment it quotes; without one it is dropped.',
  },
  fragment: {
    id: 'HS-05',
    rfc: 'RFC 1122 §3.3.2',
    level: 'MUST',
    text: 'Fragments are kept until the whole datagram is there, or until a time limit discards them.',
  },
} as const satisfies Record<string, Rule>;
