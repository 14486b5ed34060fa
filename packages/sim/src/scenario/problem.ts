/** A problem of a scenario file: where it is, what was expected, what stands there. */
export interface Problem {
  readonly severity: 'error' | 'warning';
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in characters. */
  readonly column: number;
  /** How many characters the caret underlines, at least 1. */
  readonly length: number;
  readonly message: string;
  /** The line of the file, cut where it is very long. */
  readonly sourceLine: string;
}

/** Longer lines are shown in part. */
const SHOWN_WIDTH = 160;

/** `file:line:col: error: message`, the line and a caret under the place. */
export function formatProblem(problem: Problem): string {
  const { file, line, column, severity, message } = problem;
  const head = `${file}:${line}:${column}: ${severity}: ${message}`;
  if (problem.sourceLine.trim() === '') return head;
  const from = column > SHOWN_WIDTH ? column - SHOWN_WIDTH / 2 : 0;
  const shown = visible(problem.sourceLine.slice(from, from + SHOWN_WIDTH));
  const caretAt = Math.max(0, column - 1 - from);
  const carets = '^'.repeat(Math.max(1, Math.min(problem.length, shown.length - caretAt)));
  return `${head}\n  ${shown}\n  ${' '.repeat(caretAt)}${carets}`;
}

/** A file may hold characters that would steer a terminal. */
function visible(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}

/** Problems in the order of the file, errors and warnings mixed. */
export function inOrder(problems: readonly Problem[]): readonly Problem[] {
  return [...problems].sort(byPlace);
}

function byPlace(a: Problem, b: Problem): number {
  return a.line - b.line || a.column - b.column;
}
