/** The options a TCP header can carry, in the order in which they stand there. */
import type { Seq } from '../base/seq.ts';

export type TcpOption =
  | { readonly kind: 'eol' }
  | { readonly kind: 'nop' }
  /** RFC 9293 §3.7.1: the largest segment text the sender of this option can receive, 0 … 65,535. */
  | { readonly kind: 'mss'; readonly mss: number }
  /** RFC 7323 §2.2: shift count, 0 … 255 on the wire; above 14 is used as 14. */
  | { readonly kind: 'window-scale'; readonly shift: number }
  /** RFC 2018 §2. */
  | { readonly kind: 'sack-permitted' }
  /** RFC 2018 §3: blocks `[left, right)`, one to four. */
  | {
      readonly kind: 'sack';
      readonly blocks: readonly { readonly left: Seq; readonly right: Seq }[];
    }
  /** RFC 7323 §3.2. */
  | { readonly kind: 'timestamps'; readonly value: number; readonly echo: number }
  /** RFC 5482 §3: granularity minutes or seconds, 15-bit value. */
  | { readonly kind: 'user-timeout'; readonly minutes: boolean; readonly value: number }
  /** RFC 7413 §4.1.1: empty asks for a cookie. */
  | { readonly kind: 'fast-open'; readonly cookie: Uint8Array }
  /** RFC 2385. */
  | { readonly kind: 'md5'; readonly digest: Uint8Array }
  /** RFC 5925 §2.2. */
  | {
      readonly kind: 'authentication';
      readonly keyId: number;
      readonly nextKeyId: number;
      readonly mac: Uint8Array;
    }
  /** Any other kind, or a known kind with a length its RFC does not give; `data` is what follows the length octet. */
  | { readonly kind: 'unknown'; readonly number: number; readonly data: Uint8Array };

export const NO_OPTIONS: readonly TcpOption[] = [];
