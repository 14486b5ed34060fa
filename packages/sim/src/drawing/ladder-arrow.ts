/** The arrow of one packet in a row of the ladder: whole, its two ends apart, or lost on the way. */
import type { PaintRole } from './paint.ts';
import { textWidth, type TextRow } from './text-row.ts';

/** The shortest line that still reads as an arrow. */
export const MIN_ARROW = 3;

/** How far the line of a lost packet goes at most. */
const MAX_LOST_LINE = 9;

/** Draws between two lifelines, in either direction. */
export class Arrow {
  readonly #text: TextRow;
  readonly #left: number;
  readonly #right: number;
  readonly #rightwards: boolean;

  constructor(text: TextRow, from: number, to: number) {
    this.#text = text;
    this.#left = Math.min(from, to) + 1;
    this.#right = Math.max(from, to);
    this.#rightwards = from < to;
  }

  /** Columns between the lifelines. */
  get room(): number {
    return this.#right - this.#left;
  }

  whole(label: string, role: PaintRole, arrival: string): void {
    this.#label(label, role);
    this.#head(role);
    if (arrival !== '') {
      if (this.#rightwards) this.#text.putBefore(this.#right - 1, ` ${arrival} `, 'time');
      else this.#text.put(this.#left + 1, ` ${arrival} `, 'time');
    }
    this.#line(this.#left, this.#right);
  }

  departure(label: string, role: PaintRole): void {
    const end = this.#label(label, role);
    if (this.#rightwards) {
      const stop = Math.min(Math.max(end + 2, this.#right - 12), this.#right - 3);
      this.#line(end, stop);
      this.#fade(stop, Math.min(stop + 6, this.#right - 1));
    } else {
      const stop = Math.max(Math.min(end - 2, this.#left + 12), this.#left + 3);
      this.#line(stop, end);
      this.#fade(Math.max(stop - 6, this.#left + 1), stop);
    }
  }

  arrival(label: string, role: PaintRole): void {
    this.#head(role);
    const width = textWidth(label) + 2;
    const tail = Math.max(MIN_ARROW, Math.min(12, this.room - width - 6));
    const fade = Math.min(6, this.room - width - tail);
    if (this.#rightwards) {
      const start = this.#right - tail - width;
      this.#text.put(start, ` ${label} `, role);
      this.#fade(start - fade, start);
      this.#line(start + width, this.#right);
    } else {
      const end = this.#left + tail + width;
      this.#text.putBefore(end, ` ${label} `, role);
      this.#fade(end, end + fade);
      this.#line(this.#left, end - width);
    }
  }

  /** The line breaks off. @returns whether the reason found room */
  lost(label: string, role: PaintRole, reason: string): boolean {
    const end = this.#label(label, role);
    const used = this.#rightwards ? end - this.#left : this.#right - end;
    const fits = this.room - used - MIN_ARROW - 3 >= textWidth(reason);
    const free = this.room - used - (fits ? textWidth(reason) + 3 : 2);
    const length = Math.max(MIN_ARROW, Math.min(MAX_LOST_LINE, free));
    if (this.#rightwards) {
      this.#line(end, end + length);
      this.#text.put(end + length, fits ? `× ${reason}` : '×', 'lost');
    } else {
      this.#line(end - length, end);
      this.#text.putBefore(end - length, fits ? `${reason} ×` : '×', 'lost');
    }
    return fits;
  }

  /** It was lost somewhere on its way, later. */
  loss(label: string): void {
    const middle = Math.floor((this.#left + this.#right) / 2);
    this.#text.put(middle - 1, `× ${label}`, 'lost');
  }

  /** @returns the column where the line goes on */
  #label(label: string, role: PaintRole): number {
    const width = textWidth(label) + 2;
    if (this.#rightwards) {
      this.#text.put(this.#left, ` ${label} `, role);
      this.#text.put(this.#left - 1, '├', 'line');
      return this.#left + width;
    }
    this.#text.putBefore(this.#right, ` ${label} `, role);
    this.#text.put(this.#right, '┤', 'line');
    return this.#right - width;
  }

  #head(role: PaintRole): void {
    if (this.#rightwards) this.#text.put(this.#right - 1, '►', role);
    else this.#text.put(this.#left, '◄', role);
  }

  /** A line that goes on where it cannot be seen. */
  #fade(from: number, to: number): void {
    this.#text.line(Math.max(from, this.#left), Math.min(to, this.#right), '╌', '┼');
  }

  #line(from: number, to: number): void {
    this.#text.line(Math.max(from, this.#left), Math.min(to, this.#right), '─', '┼');
  }
}
