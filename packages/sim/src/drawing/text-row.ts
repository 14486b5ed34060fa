/** One row of a text drawing: cells in which text of a role is put at a column. */
import stringWidth from 'string-width';
import type { Paint, PaintRole } from './paint.ts';

interface Cell {
  text: string;
  role: PaintRole;
}

/** A space at which a line is not broken; it is drawn as a space. */
export const NO_BREAK = '\u00a0';

export class TextRow {
  readonly #cells: (Cell | undefined)[];

  constructor(width: number) {
    this.#cells = Array.from({ length: width }, () => undefined);
  }

  /** Puts a text at a column, over what was there; what lies outside the row is cut off. */
  put(at: number, text: string, role: PaintRole): void {
    let column = at;
    for (const character of printable(text)) {
      const width = widthOf(character);
      if (width === 0) {
        const before = this.#cells[column - 1];
        if (before !== undefined) before.text += character;
        continue;
      }
      if (column >= 0 && column + width <= this.#cells.length) {
        this.#cells[column] = { text: character === NO_BREAK ? ' ' : character, role };
        if (width === 2) this.#cells[column + 1] = { text: '', role };
      }
      column += width;
    }
  }

  /** Puts a text so that it ends before a column. */
  putBefore(end: number, text: string, role: PaintRole): void {
    this.put(end - textWidth(text), text, role);
  }

  /** Fills `[from, to)` with one character where nothing stands; a lifeline is crossed. */
  line(from: number, to: number, character: string, crossing: string): void {
    for (let at = Math.max(0, from); at < to; at += 1) {
      const there = this.#cells[at];
      if (there === undefined) this.#cells[at] = { text: character, role: 'line' };
      else if (there.role === 'line') there.text = crossing;
    }
  }

  /** The row as text without blanks at its end. */
  render(paint: Paint): string {
    let last = this.#cells.length - 1;
    while (last >= 0 && (this.#cells[last] === undefined || this.#cells[last]!.text === ' ')) {
      last -= 1;
    }
    let row = '';
    let run = '';
    let role: PaintRole | undefined;
    const flush = (): void => {
      row += role === undefined ? run : paint(role, run);
      run = '';
    };
    for (let at = 0; at <= last; at += 1) {
      const cell = this.#cells[at];
      const next = cell === undefined || cell.text === ' ' ? undefined : cell.role;
      if (next !== role) {
        flush();
        role = next;
      }
      run += cell === undefined ? ' ' : cell.text;
    }
    flush();
    return row;
  }
}

/** Columns that a text takes in a terminal. */
export function textWidth(text: string): number {
  return isAscii(text) ? text.length : stringWidth(text);
}

/** The text in at most `width` columns, ended by `…` where it was cut. */
export function clip(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  if (width <= 1) return width === 1 ? '…' : '';
  let shown = '';
  let used = 1;
  for (const character of text) {
    used += widthOf(character);
    if (used > width) break;
    shown += character;
  }
  return `${shown.trimEnd()}…`;
}

/** The text in lines of at most `width` columns, broken between words where that is possible. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (textWidth(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = clip(word, width);
  }
  if (line !== '') lines.push(line);
  return lines;
}

/**
 * The text without what would move a terminal's cursor or turn its direction of writing: a trace may
 * come from anywhere.
 */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these are what must not come through
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff]/g, '·');
}

function widthOf(character: string): number {
  return isAscii(character) ? 1 : stringWidth(character);
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < 32 || code > 126) return false;
  }
  return true;
}
