/** A TCP segment in octets, RFC 9293 §3.1. */
import { readU16, readU32, writeU16, writeU32 } from '../base/bytes.ts';
import { finishChecksum, sumWords } from '../base/checksum.ts';
import { CallError } from '../base/errors.ts';
import { bytesPayload } from '../base/payload.ts';
import { sumPayload } from './payload-sum.ts';
import { WIRE_RULES } from './rules.ts';
import {
  decodeOptions,
  MAX_TCP_OPTIONS_SIZE,
  optionsSize,
  writeOptions,
} from './tcp-options-codec.ts';
import { ACK, type TcpSegment } from './tcp-segment.ts';
import { decoded, refused, wrongChecksum, type WireResult } from './wire-result.ts';

/** Size of the header without options, in octets. */
export const TCP_HEADER_SIZE = 20;

const CHECKSUM_AT = 16;

/** Size of header and options in octets. @throws CallError `options too long` */
export function tcpHeaderSize(segment: TcpSegment): number {
  const options = optionsSize(segment.options);
  if (options > MAX_TCP_OPTIONS_SIZE) {
    throw new CallError('options too long', `${options} octets, at most ${MAX_TCP_OPTIONS_SIZE}`);
  }
  return TCP_HEADER_SIZE + options;
}

/**
 * Writes header and options with the right checksum; the payload is only summed.
 * @param pseudoSum the pseudo-header's sum, see `sumPseudoHeader`.
 */
export function writeTcpHeader(
  segment: TcpSegment,
  target: Uint8Array,
  at: number,
  pseudoSum: number,
): void {
  const size = tcpHeaderSize(segment);
  writeU16(target, at, segment.srcPort);
  writeU16(target, at + 2, segment.dstPort);
  writeU32(target, at + 4, segment.seq);
  writeU32(target, at + 8, (segment.flags & ACK) === 0 ? 0 : segment.ack);
  target[at + 12] = size << 2;
  target[at + 13] = segment.flags;
  writeU16(target, at + 14, segment.wnd);
  writeU16(target, at + CHECKSUM_AT, 0);
  writeU16(target, at + 18, segment.up);
  if (size > TCP_HEADER_SIZE) writeOptions(segment.options, target, at + TCP_HEADER_SIZE);
  const sum = sumPayload(segment.payload, sumWords(target, at, at + size, pseudoSum));
  writeU16(target, at + CHECKSUM_AT, finishChecksum(sum));
}

/**
 * The segment in `bytes[from, to)`. The payload is a view on `bytes`. The acknowledgment field is
 * given as it stands, with or without ACK; reserved bits are ignored (W-005).
 */
export function decodeTcp(
  bytes: Uint8Array,
  from: number,
  to: number,
  pseudoSum: number,
): WireResult<TcpSegment> {
  if (to - from < TCP_HEADER_SIZE) {
    return refused({
      layer: 'tcp',
      kind: 'malformed',
      at: from,
      expected: `a header of at least ${TCP_HEADER_SIZE} octets`,
      found: `${to - from} octets`,
      rule: WIRE_RULES.dataOffset,
    });
  }
  // The checksum first: over octets that changed on their way, nothing else can be said.
  if (finishChecksum(sumWords(bytes, from, to, pseudoSum)) !== 0) {
    const found = readU16(bytes, from + CHECKSUM_AT);
    return wrongChecksum('tcp', from + CHECKSUM_AT, found, WIRE_RULES.tcpChecksum);
  }
  const size = (bytes[from + 12]! >> 4) * 4;
  if (size < TCP_HEADER_SIZE || from + size > to) {
    return refused({
      layer: 'tcp',
      kind: 'malformed',
      at: from + 12,
      expected: `a data offset of 5 … ${Math.min(15, (to - from) >> 2)} words`,
      found: String(size / 4),
      rule: WIRE_RULES.dataOffset,
    });
  }
  const options = decodeOptions(bytes, from + TCP_HEADER_SIZE, from + size);
  if (!options.ok) return options;
  return decoded({
    kind: 'tcp',
    srcPort: readU16(bytes, from),
    dstPort: readU16(bytes, from + 2),
    seq: readU32(bytes, from + 4),
    ack: readU32(bytes, from + 8),
    flags: bytes[from + 13]!,
    wnd: readU16(bytes, from + 14),
    up: readU16(bytes, from + 18),
    options: options.value,
    payload: bytesPayload(bytes.subarray(from + size, to)),
  });
}
