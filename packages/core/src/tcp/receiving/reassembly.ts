/**
 * What arrived out of order, kept until the hole before it is filled (RFC 9293 §3.10.7.4, SHLD-31).
 * Pieces are sorted and do not overlap: of bytes that came twice the first copy stays.
 */
import {
  seqAdd,
  seqDiff,
  seqGeq,
  seqGt,
  seqLeq,
  seqLt,
  type Payload,
  type Seq,
} from '../../base/index.ts';
import type { SeqRange } from '../../base/index.ts';

interface Piece {
  readonly start: Seq;
  readonly end: Seq;
  readonly text: Payload;
}

export class Reassembly {
  #pieces: Piece[] = [];
  /** The number of a FIN that came before its turn. */
  #fin: Seq | undefined;

  get isEmpty(): boolean {
    return this.#pieces.length === 0 && this.#fin === undefined;
  }

  /** What is held, earliest first; neighbouring pieces are joined. For inspection and invariants. */
  get ranges(): readonly SeqRange[] {
    const joined: SeqRange[] = [];
    for (const piece of this.#pieces) {
      const last = joined.at(-1);
      if (last?.end === piece.start)
        joined[joined.length - 1] = { start: last.start, end: piece.end };
      else joined.push({ start: piece.start, end: piece.end });
    }
    return joined;
  }

  get fin(): Seq | undefined {
    return this.#fin;
  }

  /** Keeps the FIN at number `seq`, one after the last byte of the stream. */
  holdFin(seq: Seq): void {
    this.#fin ??= seq;
  }

  /** Keeps the bytes of `text`, which starts at `start`, that are not held yet. */
  hold(start: Seq, text: Payload): void {
    if (text.length === 0) return;
    const end = seqAdd(start, text.length);
    const pieces = this.#pieces;
    const last = pieces.at(-1);
    if (last === undefined || seqGeq(start, last.end)) {
      pieces.push({ start, end, text });
      return;
    }
    let from = start;
    for (let i = 0; i < pieces.length && seqLt(from, end); i += 1) {
      const piece = pieces[i]!;
      if (seqLeq(piece.end, from)) continue;
      if (seqGt(piece.start, from)) {
        const to = seqLt(piece.start, end) ? piece.start : end;
        pieces.splice(i, 0, part(start, text, from, to));
        i += 1;
      }
      from = piece.end;
    }
    if (seqLt(from, end)) pieces.push(part(start, text, from, end));
  }

  /** Takes out the text that follows `next` without a hole; undefined when there is none. */
  takeAt(next: Seq): Payload | undefined {
    while (this.#pieces.length > 0) {
      const piece = this.#pieces[0]!;
      if (seqGt(piece.start, next)) return undefined;
      this.#pieces.shift();
      const known = seqDiff(next, piece.start);
      if (known < piece.text.length) return piece.text.slice(known, piece.text.length);
    }
    return undefined;
  }

  /** Takes out the FIN when it is at `next`. */
  takeFinAt(next: Seq): boolean {
    if (this.#fin !== next) return false;
    this.#fin = undefined;
    return true;
  }

  clear(): void {
    this.#pieces = [];
    this.#fin = undefined;
  }
}

function part(start: Seq, text: Payload, from: Seq, to: Seq): Piece {
  return { start: from, end: to, text: text.slice(seqDiff(from, start), seqDiff(to, start)) };
}
