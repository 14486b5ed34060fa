import { NEVER, ZERO_TIME, type Micros } from '@tcplab/core';
import type { PacketView, SimPacket } from '../packet.ts';

/** What an impairment decides about one packet. The first that is not `pass` or `delay` ends the walk. */
export type Verdict =
  | { readonly kind: 'pass' }
  | { readonly kind: 'drop'; readonly why: string }
  /** Arrives this much later; packets behind it may overtake it. */
  | { readonly kind: 'delay'; readonly by: Micros; readonly why: string }
  /** A second copy arrives `by` after the first. */
  | {
      readonly kind: 'duplicate';
      readonly copies: number;
      readonly by: Micros;
      readonly why: string;
    }
  /** These bits of the datagram are flipped; bit 0 is the most significant bit of octet 0. */
  | { readonly kind: 'corrupt'; readonly bits: readonly number[]; readonly why: string }
  /** Kept until `release(name)`. */
  | { readonly kind: 'hold'; readonly name: string; readonly why: string };

export const PASS: Verdict = { kind: 'pass' };

/** When an impairment is active: `from =< now < to`. */
export interface Window {
  readonly from: Micros;
  readonly to: Micros;
}

export const ALWAYS: Window = { from: ZERO_TIME, to: NEVER };

export interface Impairment {
  /** For people and traces, e.g. `loss 2 %`. */
  readonly name: string;
  readonly window: Window;
  /** How many packets it has touched. One that never touches any is worth a warning. */
  readonly hits: number;
  /** Called for every packet while the window is open. `view` makes the view on first use. */
  judge(packet: SimPacket, view: () => PacketView, now: Micros): Verdict;
}
