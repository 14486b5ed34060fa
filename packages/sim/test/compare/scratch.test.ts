import { test } from 'vitest';
import { loadScenario, formatProblem } from '../../src/scenario/index.ts';
import { compareScenario, comparisonText, comparisonSvg } from '../../src/compare/index.ts';
import { libraryText } from '../scenario/library.ts';
import { writeFileSync } from 'node:fs';
test('x', () => {
  const file = process.env['SC'] ?? 'http-one-session';
  const loaded = loadScenario(libraryText(`${file}.yaml`), file);
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join('\n'));
  const r = compareScenario(loaded.loaded);
  if (!r.ok) throw new Error(r.problems.map(formatProblem).join('\n'));
  console.log(comparisonText(r.comparison));
  for (const row of r.comparison.rows)
    for (const v of row.result.verdicts)
      if (!v.passed) console.log(row.label, v.claim, v.found.join(' | '));
  writeFileSync('/tmp/cmp.svg', comparisonSvg([r.comparison]));
});
