/**
 * A frame, RFC 6455 §5.2:
 *
 *     FIN RSV1-3 opcode | MASK length7 | length 16 or 64 | masking key 32 | payload
 */
import { readU32, writeU16, writeU32 } from '../base/index.ts';
import { masked } from './mask.ts';
import { OPCODE, type OpcodeName } from './opcode.ts';

export interface FrameHeader {
  readonly fin: boolean;
  /** The bit that permessage-deflate uses: the message is compressed (RFC 7692 §6). */
  readonly rsv1: boolean;
  readonly opcode: OpcodeName;
  /** Octets of payload. */
  readonly length: number;
  /** Four octets; undefined for a frame that is not masked. */
  readonly maskKey: Uint8Array | undefined;
}

/** The octets of one frame. `header.length` is taken from the payload. */
export function encodeFrame(header: Omit<FrameHeader, 'length'>, payload: Uint8Array): Uint8Array {
  const { maskKey } = header;
  const { length } = payload;
  const lengthOctets = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const at = 2 + lengthOctets + (maskKey === undefined ? 0 : 4);
  const frame = new Uint8Array(at + length);
  frame[0] = (header.fin ? 0x80 : 0) | (header.rsv1 ? 0x40 : 0) | OPCODE[header.opcode];
  // The shortest form must be used.
  frame[1] =
    (maskKey === undefined ? 0 : 0x80) |
    (lengthOctets === 0 ? length : lengthOctets === 2 ? 126 : 127);
  if (lengthOctets === 2) writeU16(frame, 2, length);
  if (lengthOctets === 8) {
    writeU32(frame, 2, Math.floor(length / 0x1_0000_0000));
    writeU32(frame, 6, length >>> 0);
  }
  if (maskKey === undefined) {
    frame.set(payload, at);
  } else {
    frame.set(maskKey, at - 4);
    frame.set(masked(payload, maskKey, 0), at);
  }
  return frame;
}

/** The 64-bit length at `at`; undefined when its top bit is set or it passes 2^53 − 1. */
export function readLength64(bytes: Uint8Array, at: number): number | undefined {
  const high = readU32(bytes, at);
  return high >= 0x20_0000 ? undefined : high * 0x1_0000_0000 + readU32(bytes, at + 4);
}
