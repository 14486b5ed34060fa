/**
 * The ladder of every library scenario, as people see it. When a change of behaviour is meant, write them
 * anew with `pnpm exec vitest run test/golden -u` and read the difference.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { TraceMemory, drawLadder, formatProblem, loadScenario, runScenario } from '@tcplab/sim';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';

const library = fileURLToPath(new URL('../../packages/sim/scenarios/', import.meta.url));
const files = readdirSync(library).filter((file) => file.endsWith('.yaml'));

function ladderOf(file: string): string {
  const loaded = loadScenario(readFileSync(`${library}${file}`, 'utf8'), file);
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join('\n'));
  const trace = new TraceMemory();
  runScenario(loaded.loaded, { sinks: [trace] });
  return drawLadder(trace.header!, trace.records, { width: 80 });
}

describe.each(files)('%s', (file) => {
  const ladder = ladderOf(file);

  test('draws the ladder it always drew', async () => {
    await expect(ladder).toMatchFileSnapshot(`ladders/${file.replace(/\.yaml$/, '.txt')}`);
  });

  test('fits a terminal of 80 columns', () => {
    const wide = ladder.split('\n').filter((line) => stringWidth(line) > 80);
    expect(wide).toEqual([]);
  });
});
