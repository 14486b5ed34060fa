/** A state machine as a Markdown table: one row per arrow. */
import type { MachineDescription } from '@tcplab/core';
import { drawnArrows, type MachineDrawingOptions } from './machine-mermaid.ts';
import { printable } from './text-row.ts';

/** Columns: from, event, actions, to, and where the arrow stands when the figure lacks it. */
export function drawMachineTable(
  machine: MachineDescription,
  options: MachineDrawingOptions = {},
): string {
  const rows = drawnArrows(machine, options).map((arrow) => [
    arrow.from,
    arrow.guard === undefined ? arrow.event : `${arrow.event} [${arrow.guard}]`,
    arrow.actions.join(', '),
    arrow.to,
    arrow.rfc === undefined ? 'figure' : `RFC ${arrow.rfc}`,
  ]);
  const all = [['state', 'event', 'actions', 'next state', 'source'], ...rows].map((row) =>
    row.map(cell),
  );
  const widths = [0, 1, 2, 3, 4].map((column) =>
    all.reduce((widest, row) => Math.max(widest, row[column]!.length), 3),
  );
  const line = (row: readonly string[]): string =>
    `| ${row.map((text, column) => text.padEnd(widths[column]!)).join(' | ')} |`;
  const [head, ...body] = all;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return `${[line(head!), rule, ...body.map(line)].join('\n')}\n`;
}

function cell(text: string): string {
  return printable(text).replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
