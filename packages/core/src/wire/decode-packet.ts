/** Octets to an IPv4 datagram, RFC 791 §3.1. Safe for any octets: it never throws and never reads outside. */
import { readU16, readU32 } from '../base/bytes.ts';
import { checksum } from '../base/checksum.ts';
import { IPV4_HEADER_SIZE } from './encode-packet.ts';
import { decodeIcmp } from './icmp-codec.ts';
import {
  PROTOCOL_ICMP,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  type Ipv4Body,
  type Ipv4Packet,
} from './ipv4-packet.ts';
import { sumPseudoHeader } from './pseudo-header.ts';
import { WIRE_RULES } from './rules.ts';
import { decodeTcp } from './tcp-codec.ts';
import { decodeUdp } from './udp-codec.ts';
import { decoded, refused, wrongChecksum, type WireResult } from './wire-result.ts';

/**
 * The datagram, or the first problem, from the outside in: shape and checksum of the internet header,
 * then those of the body. Octets after the total length are ignored; a fragment's body stays raw.
 * Payloads and raw bodies are views on `bytes`, which must not change afterwards.
 */
export function decodePacket(bytes: Uint8Array): WireResult<Ipv4Packet> {
  const shape = checkHeader(bytes);
  if (shape !== undefined) return shape;
  const headerSize = (bytes[0]! & 15) * 4;
  const size = readU16(bytes, 2);
  const fragment = readU16(bytes, 6);
  const src = readU32(bytes, 12);
  const dst = readU32(bytes, 16);
  const body = (fragment & 0x3fff) === 0 ? readBody(bytes, headerSize, size) : undefined;
  if (body?.ok === false) return body;
  return decoded({
    src,
    dst,
    ttl: bytes[8]!,
    identification: readU16(bytes, 4),
    dscp: bytes[1]! >> 2,
    ecn: bytes[1]! & 3,
    dontFragment: (fragment & 0x4000) !== 0,
    moreFragments: (fragment & 0x2000) !== 0,
    fragmentOffset: (fragment & 0x1fff) * 8,
    options: bytes.slice(IPV4_HEADER_SIZE, headerSize),
    // IP-05: the octets of a fragment mean nothing before reassembly.
    body: body?.value ?? {
      kind: 'raw',
      protocol: bytes[9]!,
      bytes: bytes.subarray(headerSize, size),
    },
  });
}

function checkHeader(bytes: Uint8Array): WireResult<never> | undefined {
  const first = bytes[0];
  if (first === undefined || bytes.length < IPV4_HEADER_SIZE) {
    const found = `${bytes.length} octets`;
    return malformed(0, `at least ${IPV4_HEADER_SIZE} octets`, found, WIRE_RULES.ipHeaderLength);
  }
  if (first >> 4 !== 4) {
    return malformed(0, 'version 4', `version ${first >> 4}`, WIRE_RULES.ipVersion);
  }
  const headerSize = (first & 15) * 4;
  if (headerSize < IPV4_HEADER_SIZE || headerSize > bytes.length) {
    const words = `a header of 5 … ${Math.min(15, bytes.length >> 2)} words`;
    return malformed(0, words, String(first & 15), WIRE_RULES.ipHeaderLength);
  }
  const size = readU16(bytes, 2);
  if (size < headerSize || size > bytes.length) {
    const range = `a total length of ${headerSize} … ${bytes.length}`;
    return malformed(2, range, String(size), WIRE_RULES.ipTotalLength);
  }
  if (checksum(bytes, 0, headerSize) !== 0) {
    return wrongChecksum('ip', 10, readU16(bytes, 10), WIRE_RULES.ipChecksum);
  }
  return undefined;
}

function readBody(bytes: Uint8Array, from: number, to: number): WireResult<Ipv4Body> {
  const protocol = bytes[9]!;
  const src = readU32(bytes, 12);
  const dst = readU32(bytes, 16);
  switch (protocol) {
    case PROTOCOL_TCP:
      return decodeTcp(bytes, from, to, sumPseudoHeader(src, dst, protocol, to - from));
    case PROTOCOL_UDP:
      return decodeUdp(bytes, from, to, sumPseudoHeader(src, dst, protocol, 0));
    case PROTOCOL_ICMP:
      return decodeIcmp(bytes, from, to);
    default:
      return decoded({ kind: 'raw', protocol, bytes: bytes.subarray(from, to) });
  }
}

function malformed(
  at: number,
  expected: string,
  found: string,
  rule: (typeof WIRE_RULES)[keyof typeof WIRE_RULES],
): WireResult<never> {
  return refused({ layer: 'ip', kind: 'malformed', at, expected, found, rule });
}
