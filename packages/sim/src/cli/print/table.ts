import stringWidth from 'string-width';

/**
 * Rows of cells as aligned columns: texts to the left, numbers to the right.
 * @param texts how many columns from the left are texts
 */
export function table(rows: readonly (readonly string[])[], texts = 1): string {
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
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

/** A heading and what belongs to it. */
export function section(title: string, body: string, paint: (text: string) => string): string {
  return `\n${paint(title)}\n${body}`;
}
