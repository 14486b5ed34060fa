import { utf8TextStrict } from '@tcplab/core';
import type { Problem } from './problem.ts';

/** Larger scenario files are refused before anything looks into them. In bytes. */
export const MAX_SCENARIO_BYTES = 1_000_000;

/** A place in a text. */
export interface Span {
  /** Offset in characters. */
  readonly offset: number;
  readonly length: number;
}

/** The text of a scenario file with its lines, for whoever reports problems in it. */
export class SourceText {
  readonly file: string;
  readonly text: string;
  readonly #lineStarts: readonly number[];

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
    const starts = [0];
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    this.#lineStarts = starts;
  }

  problem(severity: Problem['severity'], message: string, span: Span): Problem {
    const offset = Math.max(0, Math.min(span.offset, this.text.length));
    const line = this.#lineAt(offset);
    const start = this.#lineStarts[line]!;
    const end = (this.#lineStarts[line + 1] ?? this.text.length + 1) - 1;
    return {
      severity,
      file: this.file,
      line: line + 1,
      column: offset - start + 1,
      length: Math.max(1, Math.min(span.length, end - offset)),
      message,
      sourceLine: this.text.slice(start, end).replace(/\r$/, ''),
    };
  }

  #lineAt(offset: number): number {
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#lineStarts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** The text of a file's content, or the problem that makes it none: too large, binary, not UTF-8. */
export function readSource(content: string | Uint8Array, file: string): SourceText | Problem {
  const none = new SourceText(file, '');
  const refused = (message: string): Problem =>
    none.problem('error', message, { offset: 0, length: 1 });
  if (content.length > MAX_SCENARIO_BYTES) {
    const size = content.length;
    return refused(
      `the file is too large: ${size} bytes; a scenario has at most ${MAX_SCENARIO_BYTES}`,
    );
  }
  const text = typeof content === 'string' ? content : utf8TextStrict(content);
  if (text === undefined) {
    return refused('the file is not UTF-8 text; expected a scenario in YAML or JSON');
  }
  const source = new SourceText(file, text.startsWith('\ufeff') ? text.slice(1) : text);
  // oxlint-disable-next-line no-control-regex
  const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.exec(source.text);
  if (control === null) return source;
  const code = control[0].charCodeAt(0).toString(16).padStart(4, '0').toUpperCase();
  const message = `the control character U+${code} is not allowed; is this a binary file?`;
  return source.problem('error', message, { offset: control.index, length: 1 });
}
