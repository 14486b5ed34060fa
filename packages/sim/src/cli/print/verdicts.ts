import type { Verdict } from '../../scenario/index.ts';
import type { Colors } from './colors.ts';

/** Each claim with a mark; of failed ones why they were to be expected, and what was found. */
export function verdictsText(verdicts: readonly Verdict[], colors: Colors, all: boolean): string {
  const lines: string[] = [];
  for (const verdict of verdicts) {
    if (verdict.passed) {
      if (all) lines.push(`${colors.good('✓')} ${verdict.claim}`);
      continue;
    }
    lines.push(`${colors.bad('✗')} ${verdict.claim}`);
    if (verdict.because !== undefined) lines.push(`    expected because ${verdict.because}`);
    for (const sentence of verdict.found) lines.push(`    ${sentence}`);
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}
