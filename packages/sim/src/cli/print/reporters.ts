/** The forms in which `tcplab check` reports: for people, for CI systems, for programs. */
import { formatProblem, type Problem, type RunResult, type Verdict } from '../../scenario/index.ts';
import type { Colors } from './colors.ts';
import { verdictsText } from './verdicts.ts';

/** One file and what became of it. */
export interface CheckedFile {
  readonly name: string;
  readonly problems: readonly Problem[];
  readonly runs: readonly { readonly label: string; readonly result: RunResult }[];
  readonly milliseconds: number;
}

export interface ReportOptions {
  readonly colors: Colors;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

export type Reporter = (files: readonly CheckedFile[], options: ReportOptions) => string;
export type ReporterName = 'pretty' | 'junit' | 'json' | 'tap';

export const REPORTERS: { readonly [name in ReporterName]: Reporter } = {
  pretty,
  junit,
  json,
  tap,
};

/** One claim of one run, as test reports count them. */
interface Case {
  readonly file: string;
  readonly title: string;
  readonly verdict: Verdict;
  readonly seed: number;
}

function casesOf(file: CheckedFile): readonly Case[] {
  return file.runs.flatMap(({ label, result }) =>
    result.verdicts.map((verdict) => ({
      file: file.name,
      title: label === '' ? verdict.claim : `${verdict.claim} (${label})`,
      verdict,
      seed: result.seed,
    })),
  );
}

function errorsOf(file: CheckedFile): readonly Problem[] {
  return file.problems.filter(({ severity }) => severity === 'error');
}

function pretty(files: readonly CheckedFile[], { colors, quiet, verbose }: ReportOptions): string {
  const lines: string[] = [];
  for (const file of files) {
    const isBad = errorsOf(file).length > 0 || file.runs.some(({ result }) => !result.passed);
    const claims = casesOf(file).length;
    const head = isBad ? colors.bad('✗') : colors.good('✓');
    if (isBad || !quiet) {
      const about = errorsOf(file).length > 0 ? 'invalid' : `${claims} expectations`;
      lines.push(`${head} ${file.name} ${colors.weak(`(${about})`)}`);
    }
    for (const problem of file.problems) lines.push(formatProblem(problem));
    for (const { label, result } of file.runs) {
      const text = verdictsText(result.verdicts, colors, verbose);
      if (text !== '' && label !== '') lines.push(`  ${label} (seed ${result.seed}):`);
      if (text !== '') lines.push(text.trimEnd().replace(/^/gm, '  '));
      for (const warning of result.warnings) lines.push(`  warning: ${warning}`);
    }
  }
  if (!quiet) lines.push('', summary(files));
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

function summary(files: readonly CheckedFile[]): string {
  const cases = files.flatMap(casesOf);
  const failed = cases.filter(({ verdict }) => !verdict.passed).length;
  const invalid = files.filter((file) => errorsOf(file).length > 0).length;
  const parts = [`${files.length} scenarios`, `${cases.length - failed} expectations hold`];
  if (failed > 0) parts.push(`${failed} failed`);
  if (invalid > 0) parts.push(`${invalid} invalid files`);
  return parts.join(', ');
}

function json(files: readonly CheckedFile[]): string {
  const documents = files.map((file) => ({
    file: file.name,
    valid: errorsOf(file).length === 0,
    problems: file.problems,
    runs: file.runs.map(({ label, result }) => ({
      ...(label === '' ? {} : { variation: label }),
      seed: result.seed,
      hash: result.footer.hash,
      passed: result.passed,
      end: result.end,
      expectations: result.verdicts,
      warnings: result.warnings,
    })),
  }));
  return `${JSON.stringify({ files: documents })}\n`;
}

/** TAP version 14. */
function tap(files: readonly CheckedFile[]): string {
  const lines: string[] = [];
  let number = 0;
  const point = (ok: boolean, title: string, details: readonly string[]): void => {
    number += 1;
    lines.push(`${ok ? 'ok' : 'not ok'} ${number} - ${title.replaceAll('#', '\\#')}`);
    if (details.length > 0)
      lines.push('  ---', '  found: |', ...details.map((line) => `    ${line}`), '  ...');
  };
  for (const file of files) {
    for (const problem of errorsOf(file)) {
      point(false, file.name, formatProblem(problem).split('\n'));
    }
    for (const { title, verdict } of casesOf(file)) {
      point(verdict.passed, `${file.name}: ${title}`, verdict.passed ? [] : verdict.found);
    }
  }
  return `${['TAP version 14', `1..${number}`, ...lines].join('\n')}\n`;
}

/** The XML that CI systems read. */
function junit(files: readonly CheckedFile[]): string {
  const suites = files.map(junitSuite);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites name="tcplab">',
    ...suites,
    '</testsuites>',
    '',
  ].join('\n');
}

function junitSuite(file: CheckedFile): string {
  const cases = casesOf(file);
  const errors = errorsOf(file);
  const failures = cases.filter(({ verdict }) => !verdict.passed).length;
  const seconds = (Math.round(file.milliseconds) / 1_000).toFixed(3);
  const lines = [
    `  <testsuite name="${xml(file.name)}" tests="${cases.length + errors.length}" failures="${failures}" errors="${errors.length}" time="${seconds}">`,
  ];
  for (const problem of errors) {
    lines.push(
      `    <testcase classname="${xml(file.name)}" name="is valid">`,
      `      <error message="${xml(problem.message)}">${xml(formatProblem(problem))}</error>`,
      '    </testcase>',
    );
  }
  for (const { title, verdict, seed } of cases) {
    const open = `    <testcase classname="${xml(file.name)}" name="${xml(title)}"`;
    if (verdict.passed) lines.push(`${open}/>`);
    else {
      const told = [...verdict.found, `seed ${seed}`].join('\n');
      lines.push(
        `${open}>`,
        `      <failure message="${xml(verdict.found[0] ?? 'it does not hold')}">${xml(told)}</failure>`,
        '    </testcase>',
      );
    }
  }
  lines.push('  </testsuite>');
  return lines.join('\n');
}

function xml(text: string): string {
  return (
    text
      // oxlint-disable-next-line no-control-regex
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
  );
}
