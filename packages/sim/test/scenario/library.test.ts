import { describe, expect, test } from 'vitest';
import {
  formatProblem,
  loadScenario,
  runScenario,
  variationsOf,
  type LoadedScenario,
  type RunResult,
} from '../../src/scenario/index.ts';
import { LIBRARY_FILES, libraryText } from './library.ts';

function load(file: string): LoadedScenario {
  const result = loadScenario(libraryText(file), file);
  const told = (result.ok ? result.warnings : result.problems).map(formatProblem).join('\n');
  expect(told).toBe('');
  if (!result.ok) throw new Error(told);
  return result.loaded;
}

function runs(loaded: LoadedScenario): readonly RunResult[] {
  const result = variationsOf(loaded);
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.variations.map((variation) =>
    runScenario(variation.loaded, { checkInvariants: true }),
  );
}

function failures(result: RunResult): string {
  return result.verdicts
    .filter((verdict) => !verdict.passed)
    .map((verdict) => [verdict.claim, ...verdict.found].join('\n    '))
    .join('\n');
}

describe.each(LIBRARY_FILES)('%s', (file) => {
  const loaded = load(file);

  test('teaches something in one sentence and expects at least three things', () => {
    expect(loaded.scenario.lesson).toMatch(/^[^\n]{20,220}[.?]$/);
    expect(loaded.scenario.expect.length).toBeGreaterThanOrEqual(3);
  });

  test('keeps what it promises, in every variation, with every invariant', () => {
    for (const result of runs(loaded)) {
      expect(failures(result)).toBe('');
      expect(result.warnings).toEqual([]);
    }
  });

  test('runs the same again, whether invariants are checked or not', () => {
    const first = runs(loaded)[0]!;
    const variation = variationsOf(loaded);
    if (!variation.ok) throw new Error('it has loaded before');
    expect(runScenario(variation.variations[0]!.loaded).footer).toEqual(first.footer);
  });

  test.runIf(loaded.scenario.faults.length > 0)('would notice if its faults did nothing', () => {
    const harmless = { ...loaded, scenario: { ...loaded.scenario, faults: [] } };
    expect(failures(runScenario(harmless))).not.toBe('');
  });
});

test('another seed gives another run of a lossy scenario, and the same seed the same', () => {
  const loaded = load('bulk-with-loss.yaml');
  const hash = (seed: number): string => runScenario(loaded, { seed }).footer.hash;
  expect(hash(11)).toBe(hash(11));
  expect(hash(11)).not.toBe(hash(12));
});

test('every scenario of the library also holds under other seeds where nothing is left to chance', () => {
  for (const file of LIBRARY_FILES) {
    const loaded = load(file);
    if (loaded.text.includes('%')) continue;
    expect(failures(runScenario(loaded, { seed: 2 })), file).toBe('');
  }
});
