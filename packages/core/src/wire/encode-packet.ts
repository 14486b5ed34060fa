/** An IPv4 datagram to octets, RFC 791 §3.1. */
import { writeU16, writeU32 } from '../base/bytes.ts';
import { checksum } from '../base/checksum.ts';
import { CallError } from '../base/errors.ts';
import { ICMP_HEADER_SIZE, writeIcmp } from './icmp-codec.ts';
import {
  protocolOf,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  type Ipv4Body,
  type Ipv4Packet,
} from './ipv4-packet.ts';
import { sumPseudoHeader } from './pseudo-header.ts';
import { tcpHeaderSize, writeTcpHeader } from './tcp-codec.ts';
import { UDP_HEADER_SIZE, writeUdpHeader } from './udp-codec.ts';

/** Size of the header without options, in octets. */
export const IPV4_HEADER_SIZE = 20;

/** The total length is a field of 16 bits. */
export const MAX_PACKET_SIZE = 65_535;

const MAX_IP_OPTIONS_SIZE = 40;

/** Size of the whole datagram in octets. Cheap: nothing is encoded. @throws CallError as `encodePacket` */
export function packetSize(packet: Ipv4Packet): number {
  return headersSize(packet) + payloadSize(packet.body);
}

/**
 * The datagram in octets with right checksums. Numbers too large for their field lose their upper bits.
 * @throws CallError `packet too large`, `options too long`, `fragment offset impossible`.
 */
export function encodePacket(packet: Ipv4Packet): Uint8Array {
  const bytes = new Uint8Array(packetSize(packet));
  encodePacketInto(packet, bytes, 0);
  return bytes;
}

/**
 * As `encodePacket`, into a buffer that is used again and again.
 * @returns the number of octets written from `at` on.
 * @throws CallError also `buffer too small`.
 */
export function encodePacketInto(packet: Ipv4Packet, target: Uint8Array, at: number): number {
  const headers = writeHeaders(packet, target, at);
  const { body } = packet;
  if (body.kind === 'tcp' || body.kind === 'udp') {
    const { payload } = body;
    if (payload.length > 0) {
      if (at + headers + payload.length > target.length) throw tooSmall(target, at);
      payload.copyTo(target, at + headers);
    }
    return headers + payload.length;
  }
  return headers;
}

/**
 * The internet header and the header of TCP or UDP, with the checksums of the whole datagram: what a
 * trace keeps of a packet whose payload is only described. ICMP messages and raw bodies are complete.
 * @throws CallError as `encodePacket`.
 */
export function encodeHeaders(packet: Ipv4Packet): Uint8Array {
  const bytes = new Uint8Array(headersSize(packet));
  writeHeaders(packet, bytes, 0);
  return bytes;
}

/** What `encodeHeaders` gives has this size. */
function headersSize(packet: Ipv4Packet): number {
  return IPV4_HEADER_SIZE + packet.options.length + bodyHeaderSize(packet.body);
}

function bodyHeaderSize(body: Ipv4Body): number {
  switch (body.kind) {
    case 'tcp':
      return tcpHeaderSize(body);
    case 'udp':
      return UDP_HEADER_SIZE;
    case 'icmp':
      return ICMP_HEADER_SIZE + body.data.length;
    case 'raw':
      return body.bytes.length;
  }
}

function payloadSize(body: Ipv4Body): number {
  return body.kind === 'tcp' || body.kind === 'udp' ? body.payload.length : 0;
}

function writeHeaders(packet: Ipv4Packet, target: Uint8Array, at: number): number {
  const { body } = packet;
  const headers = headersSize(packet);
  const size = headers + payloadSize(body);
  checkPossible(packet, size);
  if (at + headers > target.length) throw tooSmall(target, at);
  const bodyAt = at + IPV4_HEADER_SIZE + packet.options.length;
  writeIpv4Header(packet, target, at, size);
  const length = at + size - bodyAt;
  switch (body.kind) {
    case 'tcp': {
      const sum = sumPseudoHeader(packet.src, packet.dst, PROTOCOL_TCP, length);
      writeTcpHeader(body, target, bodyAt, sum);
      break;
    }
    case 'udp': {
      const sum = sumPseudoHeader(packet.src, packet.dst, PROTOCOL_UDP, length);
      writeUdpHeader(body, target, bodyAt, sum);
      break;
    }
    case 'icmp':
      writeIcmp(body, target, bodyAt);
      break;
    case 'raw':
      target.set(body.bytes, bodyAt);
      break;
  }
  return headers;
}

function writeIpv4Header(packet: Ipv4Packet, target: Uint8Array, at: number, size: number): void {
  const headerSize = IPV4_HEADER_SIZE + packet.options.length;
  target[at] = 0x40 | (headerSize >> 2);
  target[at + 1] = (packet.dscp << 2) | (packet.ecn & 3);
  writeU16(target, at + 2, size);
  writeU16(target, at + 4, packet.identification);
  const flags = (packet.dontFragment ? 0x4000 : 0) | (packet.moreFragments ? 0x2000 : 0);
  writeU16(target, at + 6, flags | (packet.fragmentOffset >> 3));
  target[at + 8] = packet.ttl;
  target[at + 9] = protocolOf(packet.body);
  writeU16(target, at + 10, 0);
  writeU32(target, at + 12, packet.src);
  writeU32(target, at + 16, packet.dst);
  if (packet.options.length > 0) target.set(packet.options, at + IPV4_HEADER_SIZE);
  writeU16(target, at + 10, checksum(target, at, at + headerSize));
}

function checkPossible(packet: Ipv4Packet, size: number): void {
  const { options, fragmentOffset } = packet;
  if (options.length > MAX_IP_OPTIONS_SIZE || options.length % 4 !== 0) {
    throw new CallError('options too long', `${options.length} octets of internet options`);
  }
  if (size > MAX_PACKET_SIZE) {
    throw new CallError('packet too large', `${size} octets, at most ${MAX_PACKET_SIZE}`);
  }
  if (fragmentOffset % 8 !== 0 || fragmentOffset < 0 || fragmentOffset > 0x1fff * 8) {
    throw new CallError('fragment offset impossible', String(fragmentOffset));
  }
}

function tooSmall(target: Uint8Array, at: number): CallError {
  return new CallError('buffer too small', `${target.length - at} octets from ${at} on`);
}
