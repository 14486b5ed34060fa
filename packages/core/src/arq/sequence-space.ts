/** Sequence numbers of k bits: they count modulo 2^k. */
import { CallError } from '../base/errors.ts';

export type ArqProtocol = 'stop-and-wait' | 'go-back-n' | 'selective-repeat';

/** The field on the wire has this many bits; a transfer may use fewer. */
export const MAX_SEQUENCE_BITS = 16;

export class SequenceSpace {
  /** How many numbers there are. */
  readonly size: number;

  /** @param bits 1 … 16. @throws CallError `invalid sequence bits` */
  constructor(bits: number) {
    if (!Number.isInteger(bits) || bits < 1 || bits > MAX_SEQUENCE_BITS) {
      throw new CallError('invalid sequence bits', `${bits} is not in 1 … ${MAX_SEQUENCE_BITS}`);
    }
    this.size = 1 << bits;
  }

  /** `seq + n`. `n` may be negative. */
  add(seq: number, n: number): number {
    return (((seq + n) % this.size) + this.size) % this.size;
  }

  /** How far `seq` lies after `base`, 0 … size − 1. */
  distance(seq: number, base: number): number {
    return this.add(seq, -base);
  }

  /** The largest window with which old and new frames cannot be confused (ARQ-09). */
  largestWindow(protocol: ArqProtocol): number {
    if (protocol === 'stop-and-wait') return 1;
    return protocol === 'go-back-n' ? this.size - 1 : this.size / 2;
  }
}
