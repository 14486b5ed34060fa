/** What an ICMP error says about a datagram of ours: the quoted datagram, and the error in words. */
import { readU16, readU32 } from '../base/bytes.ts';
import type { ConnectionEnd } from '../base/errors.ts';
import { encodeHeaders } from '../wire/encode-packet.ts';
import type { IcmpMessage } from '../wire/icmp-message.ts';
import { PROTOCOL_UDP, type Ipv4Address, type Ipv4Packet } from '../wire/ipv4-packet.ts';

/** RFC 792: destination unreachable. */
export const ICMP_UNREACHABLE = 3;
/** RFC 792: the code of destination unreachable that says that the port is bound by nobody. */
export const ICMP_PORT_UNREACHABLE = 3;
const ICMP_FRAGMENTATION_NEEDED = 4;
const ICMP_TIME_EXCEEDED = 11;
const ICMP_PARAMETER_PROBLEM = 12;

/** The addresses of a datagram of ours that an error quotes. */
export interface QuotedDatagram {
  readonly src: Ipv4Address;
  readonly srcPort: number;
  readonly dst: Ipv4Address;
  readonly dstPort: number;
}

/**
 * Reads the internet header and the first 8 octets that an error quotes (RFC 792).
 * @returns undefined when they are not those of a UDP datagram's first fragment.
 */
export function quotedDatagram(data: Uint8Array): QuotedDatagram | undefined {
  if (data.length < 20 || data[0]! >> 4 !== 4) return undefined;
  const header = (data[0]! & 15) * 4;
  if (header < 20 || data.length < header + 4 || data[9] !== PROTOCOL_UDP) return undefined;
  if ((readU16(data, 6) & 0x1fff) !== 0) return undefined;
  return {
    src: readU32(data, 12),
    dst: readU32(data, 16),
    srcPort: readU16(data, header),
    dstPort: readU16(data, header + 2),
  };
}

/** The error as a program sees it; undefined for a message that is no error for UDP. */
export function reasonOf(message: IcmpMessage): ConnectionEnd | undefined {
  if (message.type === ICMP_UNREACHABLE) {
    if (message.code === ICMP_PORT_UNREACHABLE) return 'connection refused';
    // RFC 1191 §3: a hint for whoever keeps the path's MTU, no failure of the peer.
    if (message.code === ICMP_FRAGMENTATION_NEEDED) return undefined;
    return 'host unreachable';
  }
  if (message.type === ICMP_TIME_EXCEEDED) return 'host unreachable';
  if (message.type === ICMP_PARAMETER_PROBLEM) return 'protocol error';
  return undefined;
}

/**
 * The ICMP message that answers a datagram for a port that nobody has bound: it quotes the internet
 * header and the first 8 octets (RFC 792), which for UDP are its header.
 */
export function portUnreachableMessage(offending: Ipv4Packet): IcmpMessage {
  return {
    kind: 'icmp',
    type: ICMP_UNREACHABLE,
    code: ICMP_PORT_UNREACHABLE,
    rest: 0,
    data: encodeHeaders(offending),
  };
}
