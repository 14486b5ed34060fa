/** A UDP datagram in octets, RFC 768. */
import { readU16, writeU16 } from '../base/bytes.ts';
import { finishChecksum, sumWords } from '../base/checksum.ts';
import { bytesPayload } from '../base/payload.ts';
import { sumPayload } from './payload-sum.ts';
import { WIRE_RULES } from './rules.ts';
import type { UdpDatagram } from './udp-datagram.ts';
import { decoded, refused, wrongChecksum, type WireResult } from './wire-result.ts';

/** Size of the header in octets. */
export const UDP_HEADER_SIZE = 8;

const CHECKSUM_AT = 6;

/** Writes the header with the right checksum; the payload is only summed. */
export function writeUdpHeader(
  datagram: UdpDatagram,
  target: Uint8Array,
  at: number,
  pseudoSum: number,
): void {
  writeU16(target, at, datagram.srcPort);
  writeU16(target, at + 2, datagram.dstPort);
  writeU16(target, at + 4, UDP_HEADER_SIZE + datagram.payload.length);
  writeU16(target, at + CHECKSUM_AT, 0);
  if (datagram.checksummed === false) return;
  const sum = sumPayload(datagram.payload, sumWords(target, at, at + UDP_HEADER_SIZE, pseudoSum));
  // RFC 768: "If the computed checksum is zero, it is transmitted as all ones" (UDP-03).
  writeU16(target, at + CHECKSUM_AT, finishChecksum(sum) || 0xffff);
}

/**
 * The datagram in `bytes[from, to)`. Octets after its own length are not part of it.
 * @param pseudoSum the sum of a pseudo-header of length 0: UDP's own length is added here.
 */
export function decodeUdp(
  bytes: Uint8Array,
  from: number,
  to: number,
  pseudoSum: number,
): WireResult<UdpDatagram> {
  const length = to - from < UDP_HEADER_SIZE ? 0 : readU16(bytes, from + 4);
  if (length < UDP_HEADER_SIZE || from + length > to) {
    const room = to - from;
    return refused({
      layer: 'udp',
      kind: 'malformed',
      at: room < UDP_HEADER_SIZE ? from : from + 4,
      expected:
        room < UDP_HEADER_SIZE
          ? `a header of ${UDP_HEADER_SIZE} octets`
          : `a length of ${UDP_HEADER_SIZE} … ${room}`,
      found: room < UDP_HEADER_SIZE ? `${room} octets` : String(length),
      rule: WIRE_RULES.udpLength,
    });
  }
  const found = readU16(bytes, from + CHECKSUM_AT);
  const sum = sumWords(bytes, from, from + length, pseudoSum + length);
  if (found !== 0 && finishChecksum(sum) !== 0) {
    return wrongChecksum('udp', from + CHECKSUM_AT, found, WIRE_RULES.udpChecksum);
  }
  return decoded({
    kind: 'udp',
    srcPort: readU16(bytes, from),
    dstPort: readU16(bytes, from + 2),
    payload: bytesPayload(bytes.subarray(from + UDP_HEADER_SIZE, from + length)),
    ...(found === 0 ? { checksummed: false } : {}),
  });
}
