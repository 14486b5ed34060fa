/** An ICMP message in octets, RFC 792. */
import { readU16, readU32, writeU16, writeU32 } from '../base/bytes.ts';
import { checksum } from '../base/checksum.ts';
import type { IcmpMessage } from './icmp-message.ts';
import { WIRE_RULES } from './rules.ts';
import { decoded, refused, wrongChecksum, type WireResult } from './wire-result.ts';

/** Size of the part before the data, in octets. */
export const ICMP_HEADER_SIZE = 8;

/** Writes the whole message with its checksum, which covers no pseudo-header. */
export function writeIcmp(message: IcmpMessage, target: Uint8Array, at: number): void {
  target[at] = message.type;
  target[at + 1] = message.code;
  writeU16(target, at + 2, 0);
  writeU32(target, at + 4, message.rest);
  target.set(message.data, at + ICMP_HEADER_SIZE);
  const end = at + ICMP_HEADER_SIZE + message.data.length;
  writeU16(target, at + 2, checksum(target, at, end));
}

/** The message in `bytes[from, to)`. Any type and code is given as it stands. */
export function decodeIcmp(bytes: Uint8Array, from: number, to: number): WireResult<IcmpMessage> {
  if (to - from < ICMP_HEADER_SIZE) {
    return refused({
      layer: 'icmp',
      kind: 'malformed',
      at: from,
      expected: `at least ${ICMP_HEADER_SIZE} octets`,
      found: `${to - from} octets`,
      rule: WIRE_RULES.icmpLength,
    });
  }
  if (checksum(bytes, from, to) !== 0) {
    return wrongChecksum('icmp', from + 2, readU16(bytes, from + 2), WIRE_RULES.icmpChecksum);
  }
  return decoded({
    kind: 'icmp',
    type: bytes[from]!,
    code: bytes[from + 1]!,
    rest: readU32(bytes, from + 4),
    data: bytes.slice(from + ICMP_HEADER_SIZE, to),
  });
}
