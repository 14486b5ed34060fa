/** A comparison as text for a terminal. */
import { formatMicros, us } from '@tcplab/core';
import stringWidth from 'string-width';
import type { Comparison, ComparisonRow } from './compare-scenario.ts';
import { slicesOf } from './table-history.ts';
import { measuresFor, saving, written } from './measures.ts';

const TITLE_WIDTH = 25;
const COLUMN_WIDTH = 18;
/** Between the value and its saving. */
const SAVING_WIDTH = 7;

/** @param width columns of the terminal; variations that do not fit go into another table below */
export function comparisonText(comparison: Comparison, width = 80): string {
  const { rows, name, rttUs, seed } = comparison;
  const rtt = rttUs === undefined ? '' : `RTT ${formatMicros(us(rttUs))}, `;
  const perTable = Math.max(1, Math.floor((width - TITLE_WIDTH) / COLUMN_WIDTH));
  const tables = groupsOf(rows).flatMap((group) => {
    // Tables of one group are about equally wide.
    const size = Math.ceil(group.length / Math.ceil(group.length / perTable));
    const count = Math.ceil(group.length / size);
    return Array.from({ length: count }, (_, at) =>
      tableOf(comparison, group.slice(at * size, (at + 1) * size)),
    );
  });
  const parts = [ownClaims(rows, width), sumsOf(rows, width), tableOverTime(rows, width)];
  const more = parts.filter((text) => text !== '');
  return [`${name} (${rtt}seed ${seed})\n`, ...tables, ...more].join('\n');
}

/** Each baseline with those that are measured against it. */
function groupsOf(rows: readonly ComparisonRow[]): readonly (readonly ComparisonRow[])[] {
  return [...new Set(rows.map((row) => row.baseline))].map((baseline) =>
    rows.filter((row) => row.baseline === baseline),
  );
}

function tableOf({ rows: all }: Comparison, rows: readonly ComparisonRow[]): string {
  const lines = headings(rows);
  for (const measure of measuresFor(all.map(({ figures }) => figures))) {
    const cells = rows.map(({ figures, baseline }) => {
      const less = all.length === 1 ? '' : saving(measure, baseline, figures);
      return padStart(`${written(measure, figures)}${less.padStart(SAVING_WIDTH)}`, COLUMN_WIDTH);
    });
    lines.push(`${measure.title.padEnd(TITLE_WIDTH)}${cells.join('')}`.trimEnd());
  }
  const verdicts = rows.map(({ result }) =>
    padStart(`${result.passed ? 'hold' : 'FAIL'}${' '.repeat(SAVING_WIDTH)}`, COLUMN_WIDTH),
  );
  lines.push(`${'expectations'.padEnd(TITLE_WIDTH)}${verdicts.join('')}`.trimEnd());
  return `${lines.join('\n')}\n`;
}

/** The names of the variations over their columns, broken into lines. */
function headings(rows: readonly ComparisonRow[]): string[] {
  const names = rows.map(({ label }) => wrapped(label, COLUMN_WIDTH - 2));
  const height = Math.max(...names.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) => {
    const cells = names.map((lines) =>
      padStart(lines[line - height + lines.length] ?? '', COLUMN_WIDTH),
    );
    return `${' '.repeat(TITLE_WIDTH)}${cells.join('')}`.trimEnd();
  });
}

/** What is claimed of one variation and not of the others: the point of many a comparison. */
function ownClaims(rows: readonly ComparisonRow[], width: number): string {
  const lines = rows.flatMap(({ label, own }) => [
    ...(own.length === 0 ? [] : [label]),
    ...own.flatMap(({ claim, because, passed }) => {
      const text = because === undefined ? claim : `${claim}, because ${because}`;
      const [first, ...rest] = wrapped(text, width - 4);
      return [`  ${passed ? '✓' : '✗'} ${first}`, ...rest.map((line) => `    ${line}`)];
    }),
  ]);
  return lines.length === 0 ? '' : `What holds of each alone\n${lines.join('\n')}\n`;
}

function sumsOf(rows: readonly ComparisonRow[], width: number): string {
  const lines: string[] = [];
  for (const { label, arithmetic } of rows) {
    if (arithmetic === undefined) continue;
    const { text, measuredUs, predictedUs, agrees } = arithmetic;
    const off = formatMicros(us(Math.abs(measuredUs - predictedUs)));
    const isMore = measuredUs > predictedUs;
    const differs = isMore ? `${off} of it is no round trip of this length` : `${off} less`;
    const verdict = agrees ? 'agrees' : differs;
    const measured = `the clock says ${formatMicros(us(measuredUs))}: ${verdict}`;
    lines.push(label === '' ? 'this run' : label);
    for (const part of [...wrapped(text, width - 4), measured]) lines.push(`    ${part}`);
  }
  return lines.length === 0 ? '' : `What was waited for\n${lines.join('\n')}\n`;
}

/** What the server held, on one axis of time for all variations. */
function tableOverTime(rows: readonly ComparisonRow[], width: number): string {
  const shown = rows.filter(({ figures }) => figures.serverTable.length > 0);
  if (shown.length === 0) return '';
  const endUs = Math.max(...shown.map(({ figures }) => figures.serverTable.at(-1)!.timeUs));
  if (endUs === 0) return '';
  const slices = width - 4;
  const lines = shown.flatMap(({ label, figures }) => [
    label === '' ? 'this run' : label,
    `    ${slicesOf(figures.serverTable, endUs, slices).map(digit).join('')}`,
  ]);
  const each = formatMicros(us(Math.round(endUs / slices)));
  return `Connections at the server, a column for each ${each}\n${lines.join('\n')}\n`;
}

function digit(entries: number): string {
  if (entries === 0) return '·';
  return entries > 9 ? '+' : String(entries);
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && stringWidth(`${line} ${word}`) > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function padStart(text: string, width: number): string {
  return `${' '.repeat(Math.max(1, width - stringWidth(text)))}${text}`;
}
