import { seqAdd, type Micros, type Seq } from '../base/index.ts';
import type { ConnectionEnds } from './journal.ts';

/**
 * Initial sequence numbers, RFC 6528 §3: ISN = M + F(local end, remote end, secret).
 *
 * M is a clock that ticks every 4 microseconds (MUST-8). F is a keyed integer hash (the finalizer of
 * MurmurHash3 over the four numbers and two words of key). RFC 9293 §3.4.1 asks that F cannot be
 * computed from outside; this one keeps that against an observer who does not know the key, but it is
 * no cryptographic function. Simplified: the laboratory needs a cheap, deterministic F; whoever puts
 * this stack on a real network gives `chooseIss` of a `Listener` a real one.
 */
export class InitialSequenceNumbers {
  readonly #low: number;
  readonly #high: number;

  /** @param low @param high the secret: two uniform unsigned 32-bit integers. */
  constructor(low: number, high: number) {
    this.#low = low;
    this.#high = high;
  }

  choose(ends: ConnectionEnds, now: Micros): Seq {
    const m = Math.floor(now / 4) % 0x1_0000_0000;
    return seqAdd(this.#f(ends), m);
  }

  #f(ends: ConnectionEnds): number {
    let hash = this.#low;
    hash = mix(hash ^ ends.localAddress);
    hash = mix(hash ^ ends.remoteAddress);
    hash = mix(hash ^ this.#high);
    return mix(hash ^ ((ends.localPort << 16) | ends.remotePort));
  }
}

function mix(word: number): number {
  let h = word | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85eb_ca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2_ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
