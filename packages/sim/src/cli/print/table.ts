import stringWidth from 'string-width';

/**
 * Rows of cells as aligned columns: texts to the left, numbers to the right.
 * @param texts how many columns from the left are texts
 */
export function table(rows: readonly (readonly string[])[], texts = 1, between = '  '): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, stringWidth(cell));
    }
  }
  const lines = rows.map((row) =>
    row
      .map((cell, column) => {
        const gap = ' '.repeat(widths[column]! - stringWidth(cell));
        return column < texts ? cell + gap : gap + cell;
      })
      .join(between)
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

/**
 * The same; but where it is wider than `width`, the first cell of each row has a line of its own, and
 * the rest of it stands below.
 */
export function fittingTable(rows: readonly (readonly string[])[], width: number): string {
  const wide = table(rows);
  if (wide.split('\n').every((line) => stringWidth(line) <= width)) return wide;
  const rest = table(
    rows.map(([, ...cells]) => ['', ...cells]),
    1,
    ' ',
  ).split('\n');
  // The heading of the names is left out: its place is where the names stand.
  return rest
    .map((line, row) => (row === 0 || row >= rows.length ? line : `${rows[row]![0]}\n${line}`))
    .join('\n');
}

/** A heading and what belongs to it. */
export function section(title: string, body: string, paint: (text: string) => string): string {
  return `\n${paint(title)}\n${body}`;
}
