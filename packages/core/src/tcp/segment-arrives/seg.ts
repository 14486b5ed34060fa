import { seqAdd, type Payload, type Seq } from '../../base/index.ts';
import { FIN, SYN, type TcpSegment } from '../../wire/index.ts';

/**
 * The arriving segment as §3.10.7.4 processes it: "the idealized segment that begins at RCV.NXT and
 * does not exceed the window". Trimming changes this view, never the segment.
 */
export class Seg {
  readonly segment: TcpSegment;
  seq: Seq;
  text: Payload;
  /** The control bits that are left after trimming. */
  flags: number;

  constructor(segment: TcpSegment) {
    this.segment = segment;
    this.seq = segment.seq;
    this.text = segment.payload;
    this.flags = segment.flags;
  }

  /** SEG.LEN: text, and one each for SYN and FIN. */
  get len(): number {
    return this.text.length + ((this.flags & SYN) >> 1) + (this.flags & FIN);
  }

  has(flag: number): boolean {
    return (this.flags & flag) !== 0;
  }

  /** Takes off the first `count` numbers; a SYN stands before the text. */
  trimLeft(count: number): void {
    let rest = count;
    this.seq = seqAdd(this.seq, count);
    if (rest > 0 && this.has(SYN)) {
      this.flags &= ~SYN;
      rest -= 1;
    }
    this.text = this.text.slice(Math.min(rest, this.text.length), this.text.length);
  }

  /** Takes off the last `count` numbers; a FIN stands behind the text and goes first. */
  trimRight(count: number): void {
    let rest = count;
    if (rest > 0 && this.has(FIN)) {
      this.flags &= ~FIN;
      rest -= 1;
    }
    this.text = this.text.slice(0, Math.max(0, this.text.length - rest));
  }
}
