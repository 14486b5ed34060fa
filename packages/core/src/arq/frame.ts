/**
 * What travels in a datagram:
 *
 *      0        1        2        3        4        5        6        7
 *     +--------+--------+--------+--------+--------+--------+--------+--------+
 *     |  type  |  zero  |    transfer     | sequence number |    checksum     |  data octets ...
 *     +--------+--------+--------+--------+--------+--------+--------+--------+
 *
 * The checksum is the Internet checksum over the whole frame with the field taken as zero.
 */
import { readU16, writeU16 } from '../base/bytes.ts';
import { checksum } from '../base/checksum.ts';

export const ARQ_HEADER_SIZE = 8;
/** The largest message: what is left in a UDP datagram. */
export const MAX_ARQ_MESSAGE = 65_507 - ARQ_HEADER_SIZE;

const TYPES = ['data', 'end', 'ack'] as const;

export interface ArqFrame {
  /** `end` takes a sequence number like `data` and says that no message follows. */
  readonly type: (typeof TYPES)[number];
  /** Tells transfers apart, 0 … 65,535. */
  readonly transfer: number;
  /** Of the message, or of the message that is acknowledged. */
  readonly seq: number;
  readonly data: Uint8Array;
}

export function encodeFrame(frame: ArqFrame): Uint8Array {
  const bytes = new Uint8Array(ARQ_HEADER_SIZE + frame.data.length);
  bytes[0] = TYPES.indexOf(frame.type);
  writeU16(bytes, 2, frame.transfer);
  writeU16(bytes, 4, frame.seq);
  bytes.set(frame.data, ARQ_HEADER_SIZE);
  writeU16(bytes, 6, checksum(bytes));
  return bytes;
}

/** The frame, or undefined when it is too short, of an unknown type, or its checksum does not fit. */
export function decodeFrame(bytes: Uint8Array): ArqFrame | undefined {
  const type = TYPES[bytes[0] ?? TYPES.length];
  if (bytes.length < ARQ_HEADER_SIZE || type === undefined || bytes[1] !== 0) return undefined;
  if (checksum(bytes) !== 0) return undefined;
  return {
    type,
    transfer: readU16(bytes, 2),
    seq: readU16(bytes, 4),
    data: bytes.slice(ARQ_HEADER_SIZE),
  };
}
