/** A TCP segment as meaning, RFC 9293 §3.1. */
import type { Cause } from '../base/cause.ts';
import type { Payload } from '../base/payload.ts';
import type { Seq } from '../base/seq.ts';
import type { TcpOption } from './tcp-option.ts';

/** Control bits of the header's flags octet. */
export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const PSH = 0x08;
export const ACK = 0x10;
export const URG = 0x20;
export const ECE = 0x40;
export const CWR = 0x80;

export interface TcpSegment {
  readonly kind: 'tcp';
  readonly srcPort: number;
  readonly dstPort: number;
  readonly seq: Seq;
  /** Meaningful only with the ACK bit; sent as 0 without it. */
  readonly ack: Seq;
  /** The control bits, or-ed. */
  readonly flags: number;
  /** The window field as it stands in the header, 0 … 65,535 (unscaled). */
  readonly wnd: number;
  /** The urgent pointer field: offset from `seq`; meaningful only with URG. */
  readonly up: number;
  readonly options: readonly TcpOption[];
  readonly payload: Payload;
  /** Why our own TCP sent it. Never on the wire. */
  readonly cause?: Cause | undefined;
  /** True when the sender had sent (some of) these sequence numbers before. Never on the wire. */
  readonly resent?: true | undefined;
}

/** SEG.LEN of RFC 9293 §3.3.1: data octets plus one for SYN and one for FIN. */
export function segmentLength(segment: TcpSegment): number {
  return segment.payload.length + ((segment.flags & SYN) >> 1) + (segment.flags & FIN);
}

const LETTERS: readonly (readonly [number, string])[] = [
  [SYN, 'S'],
  [FIN, 'F'],
  [RST, 'R'],
  [PSH, 'P'],
  [ACK, 'A'],
  [URG, 'U'],
  [ECE, 'E'],
  [CWR, 'W'],
];

/** The control bits as letters in a fixed order, e.g. `SA`, `PA`, `FA`, `R`. */
export function flagLetters(flags: number): string {
  let text = '';
  for (const [bit, letter] of LETTERS) if ((flags & bit) !== 0) text += letter;
  return text;
}

/** The inverse of `flagLetters`, in any order; undefined for a letter that is none. */
export function flagsOfLetters(letters: string): number | undefined {
  let flags = 0;
  for (const letter of letters) {
    const found = LETTERS.find(([, name]) => name === letter);
    if (found === undefined) return undefined;
    flags |= found[0];
  }
  return flags;
}
