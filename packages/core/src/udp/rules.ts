/**
 * The rules of UDP, in the order in which a datagram meets them. Those of its octets (UDP-01 … UDP-03:
 * length, checksum, the zero checksum) stand in `wire/rules.ts`.
 */
import type { Rule } from '../base/cause.ts';

export const UDP_RULES = {
  noChecksum: {
    id: 'UDP-04',
    rfc: 'RFC 1122 §4.1.3.4',
    level: 'MAY',
    text: 'A program may ask that datagrams without a checksum are thrown away; by default they are taken.',
  },
  invalidSource: {
    id: 'UDP-05',
    rfc: 'RFC 1122 §4.1.3.6',
    level: 'MUST',
    text: 'A datagram whose source is a broadcast or multicast address is discarded.',
  },
  portUnreachable: {
    id: 'UDP-06',
    rfc: 'RFC 1122 §4.1.3.1',
    level: 'SHOULD',
    text: 'A datagram for a port that nobody has bound is answered with ICMP port unreachable.',
  },
  noErrorToMany: {
    id: 'UDP-07',
    rfc: 'RFC 1122 §3.2.2',
    level: 'MUST',
    text: 'No ICMP error answers a datagram that was sent to many, or whose source is not one host.',
  },
  icmpToProgram: {
    id: 'UDP-08',
    rfc: 'RFC 1122 §4.1.3.3',
    level: 'MUST',
    text: 'An ICMP error about a datagram is passed to the socket that sent it.',
  },
  addressesToProgram: {
    id: 'UDP-09',
    rfc: 'RFC 1122 §4.1.3.5',
    level: 'MUST',
    text: 'The address a datagram was sent to is passed up, and the program may choose the source address it sends from.',
  },
  randomPort: {
    id: 'UDP-10',
    rfc: 'RFC 6056 §3.3.1',
    level: 'SHOULD',
    text: 'A port the host chooses is drawn at random, so that it cannot be guessed from the last one.',
  },
  queueFull: {
    id: 'UDP-11',
    rfc: 'RFC 768, Introduction',
    level: 'robust',
    text: 'Delivery is not guaranteed: a datagram that finds the receive queue full is dropped and counted.',
  },
  peerOnly: {
    id: 'UDP-12',
    rfc: 'RFC 1122 §4.1.4',
    level: 'rule',
    text: 'A socket that has named its peer receives from that peer alone.',
  },
  broadcast: {
    id: 'UDP-13',
    rfc: 'RFC 1122 §3.3.6',
    level: 'rule',
    text: 'A broadcast reaches every socket on its port that asked for broadcasts.',
  },
  sourceQuench: {
    id: 'UDP-14',
    rfc: 'RFC 6633',
    level: 'MUST',
    text: 'An ICMP source quench is ignored.',
  },
} as const satisfies Record<string, Rule>;
