/** Every code block of docs/scenarios.md is loaded and run, every command line of docs/cli.md is called. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import {
  allFields,
  allNouns,
  APP_KINDS,
  formatProblem,
  loadScenario,
  runScenario,
  schemaOfScenario,
  variationsOf,
} from '@tcplab/sim/scenario';
import { Workplace } from '../../packages/sim/test/cli/memory-io.ts';

const path = (name: string): string =>
  fileURLToPath(new URL(`../../docs/${name}`, import.meta.url));
const text = readFileSync(path('scenarios.md'), 'utf8');

const blocks = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => ({
  line: text.slice(0, match.index).split('\n').length,
  source: match[1]!,
}));

/** The sections of a block: each begins with a key in the first column. */
function sections(source: string): Map<string, string> {
  const found = source.split(/^(?=[a-zA-Z]+:)/m).filter((part) => /^[a-zA-Z]+:/.test(part));
  return new Map(found.map((part) => [part.slice(0, part.indexOf(':')), part]));
}

/** A block that shows some sections, in the file of the first block without its faults and expectations. */
function completed(source: string): string {
  if (source.includes('tcplab: 1')) return source;
  const whole = sections(blocks[0]!.source);
  whole.delete('faults');
  whole.delete('expect');
  for (const [name, part] of sections(source)) whole.set(name, part);
  return [...whole.values()].join('');
}

describe('docs/scenarios.md', () => {
  test.each(blocks)(
    'the block at line $line is a scenario that keeps its promises',
    ({ source }) => {
      const result = loadScenario(completed(source), 'docs/scenarios.md');
      const told = (result.ok ? result.warnings : result.problems).map(formatProblem);
      expect(told).toEqual([]);
      if (!result.ok) return;
      const variations = variationsOf(result.loaded);
      expect(variations.ok).toBe(true);
      for (const { loaded } of variations.ok ? variations.variations : []) {
        const run = runScenario(loaded, { checkInvariants: true });
        const failed = run.verdicts.filter(({ passed }) => !passed);
        expect(failed).toEqual([]);
      }
    },
  );

  /** `UPDATE_DOCS=1` writes the tables anew. */
  test.each([
    ['apps', ['| app | does |', ...APP_KINDS.map(({ key, about }) => `| \`${key}\` | ${about} |`)]],
    [
      'fields',
      ['| field | is |', ...allFields().map(({ name, about }) => `| \`${name}\` | ${about} |`)],
    ],
    [
      'nouns',
      [
        '| noun | stands for |',
        ...allNouns().map(({ name, about }) => `| \`${name}\` | ${about} |`),
      ],
    ],
  ])('the table of %s is that of the code', (name, rows) => {
    const table = [rows[0], '|---|---|', ...rows.slice(1)].join('\n');
    const marked = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`);
    const current = readFileSync(path('scenarios.md'), 'utf8');
    const updated = current.replace(
      marked,
      (_all, open: string, close: string) => `${open}${table}\n${close}`,
    );
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(path('scenarios.md'), updated);
    else expect(current, 'UPDATE_DOCS=1 pnpm vitest run test/docs/scenarios').toBe(updated);
  });
});

describe('packages/sim/scenario.schema.json', () => {
  test('is the schema that the code gives; UPDATE_DOCS=1 writes it anew', () => {
    const file = fileURLToPath(new URL('../../packages/sim/scenario.schema.json', import.meta.url));
    const schema = `${JSON.stringify(schemaOfScenario(), undefined, 2)}\n`;
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, schema);
    else {
      const isCurrent = readFileSync(file, 'utf8') === schema;
      expect(isCurrent, 'UPDATE_DOCS=1 pnpm vitest run test/docs/scenarios').toBe(true);
    }
  });
});

describe('docs/cli.md', () => {
  const place = new Workplace();
  const lines = [...readFileSync(path('cli.md'), 'utf8').matchAll(/^\$ tcplab (.*)$/gm)].map(
    (match) => match[1]!,
  );

  test('every command line works, in this order', async () => {
    expect(lines.length).toBeGreaterThan(15);
    for (const line of lines) {
      const args = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2]!);
      const { code, err } = await place.tcplab(...args);
      expect(code, `tcplab ${line}\n${err}`).toBe(0);
    }
  });
});
