/** What a host says and hears through ICMP, RFC 792. */
import { readU16, readU32 } from '../base/index.ts';
import { encodeHeaders, PROTOCOL_TCP, type IcmpMessage, type Ipv4Packet } from '../wire/index.ts';

export const ICMP_ECHO_REPLY = 0;
export const ICMP_UNREACHABLE = 3;
export const ICMP_ECHO = 8;
export const ICMP_TIME_EXCEEDED = 11;
export const CODE_PROTOCOL_UNREACHABLE = 2;
export const CODE_PORT_UNREACHABLE = 3;
export const CODE_REASSEMBLY_TIME = 1;

/** The answer to an echo, RFC 792: the same identifier, sequence and data. */
export function echoReply(echo: IcmpMessage): IcmpMessage {
  return { ...echo, type: ICMP_ECHO_REPLY, code: 0 };
}

/** Destination unreachable about `offending`. */
export function unreachable(offending: Ipv4Packet, code: number): IcmpMessage {
  return errorAbout(offending, ICMP_UNREACHABLE, code);
}

/** Time exceeded about the first part of a datagram that never became whole (RFC 1122 §3.3.2). */
export function reassemblyTimeExceeded(firstPart: Ipv4Packet): IcmpMessage {
  return errorAbout(firstPart, ICMP_TIME_EXCEEDED, CODE_REASSEMBLY_TIME);
}

/** Quotes the header and the first 8 octets as they came (RFC 792). */
function errorAbout(offending: Ipv4Packet, type: number, code: number): IcmpMessage {
  const data = encodeHeaders(offending).slice(0, 20 + offending.options.length + 8);
  return { kind: 'icmp', type, code, rest: 0, data };
}

/** The TCP segment that an ICMP error quotes, as its sender (us) sees it. */
export interface QuotedSegment {
  readonly localPort: number;
  readonly remoteAddress: number;
  readonly remotePort: number;
  readonly seq: number;
}

/** Reads a quoted TCP segment; undefined when it quotes something else or too little. */
export function quotedSegment(message: IcmpMessage): QuotedSegment | undefined {
  const { data } = message;
  if (data.length < 28) return undefined;
  const headerLength = (data[0]! & 15) * 4;
  if (data[0]! >> 4 !== 4 || headerLength < 20 || data.length < headerLength + 8) return undefined;
  if (data[9] !== PROTOCOL_TCP) return undefined;
  return {
    remoteAddress: readU32(data, 16),
    localPort: readU16(data, headerLength),
    remotePort: readU16(data, headerLength + 2),
    seq: readU32(data, headerLength + 4),
  };
}
