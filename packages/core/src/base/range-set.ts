/**
 * A set of sequence numbers kept as disjoint, sorted, non-touching half-open ranges.
 * Holds what arrived out of order and, later, a SACK scoreboard. All ranges lie within 2^31.
 */
import { seqDiff, seqGeq, seqGt, seqLeq, seqLt, seqMax, seqMin, type Seq } from './seq.ts';

/** The numbers `start` … `end − 1`. */
export interface SeqRange {
  readonly start: Seq;
  readonly end: Seq;
}

export class RangeSet {
  #ranges: SeqRange[] = [];

  /** The ranges, earliest first. */
  get ranges(): readonly SeqRange[] {
    return this.#ranges;
  }

  get isEmpty(): boolean {
    return this.#ranges.length === 0;
  }

  /** How many numbers are in the set. */
  get size(): number {
    let total = 0;
    for (const range of this.#ranges) total += seqDiff(range.end, range.start);
    return total;
  }

  /** Adds `[start, end)`, joining what it overlaps or touches. Nothing happens when it is empty. */
  add(start: Seq, end: Seq): void {
    if (seqGeq(start, end)) return;
    const kept: SeqRange[] = [];
    let from = start;
    let to = end;
    let placed = false;
    for (const range of this.#ranges) {
      if (seqLt(range.end, from)) kept.push(range);
      else if (seqGt(range.start, to)) {
        if (!placed) kept.push({ start: from, end: to });
        placed = true;
        kept.push(range);
      } else {
        from = seqMin(from, range.start);
        to = seqMax(to, range.end);
      }
    }
    if (!placed) kept.push({ start: from, end: to });
    this.#ranges = kept;
  }

  /** Takes away everything before `limit`. */
  removeBefore(limit: Seq): void {
    if (this.#ranges.length === 0) return;
    const kept: SeqRange[] = [];
    for (const range of this.#ranges) {
      if (seqLeq(range.end, limit)) continue;
      kept.push(seqLt(range.start, limit) ? { start: limit, end: range.end } : range);
    }
    this.#ranges = kept;
  }

  /** The range that holds `x`, or undefined. */
  find(x: Seq): SeqRange | undefined {
    return this.#ranges.find((range) => seqLeq(range.start, x) && seqLt(x, range.end));
  }

  /** Whether all of `[start, end)` is in the set. */
  covers(start: Seq, end: Seq): boolean {
    const range = this.find(start);
    return range !== undefined && seqGeq(range.end, end);
  }

  clear(): void {
    this.#ranges = [];
  }
}
