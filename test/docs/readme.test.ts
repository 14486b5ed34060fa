/** The README keeps its word: its picture is what the program prints, its commands and its scenario work. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadScenario, runScenario } from '@tcplab/sim/scenario';
import { expect, test } from 'vitest';
import { Workplace } from '../../packages/sim/test/cli/memory-io.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readme = readFileSync(`${root}README.md`, 'utf8');
const block = (language: string, nth = 0): string =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))][nth]![1]!;

test('the picture is what the flagship prints at 80 columns', async () => {
  const { out } = await new Workplace().tcplab(
    'run',
    'lossy-request',
    '--width',
    '80',
    '--no-color',
  );
  expect(out).toContain(block('text').trimEnd());
});

test('the scenario keeps its promises', () => {
  const result = loadScenario(block('yaml'), 'README.md');
  expect(result.ok && result.warnings).toEqual([]);
  if (result.ok)
    expect(runScenario(result.loaded).verdicts.every(({ passed }) => passed)).toBe(true);
});

test('every command of the README ends well', async () => {
  const place = new Workplace();
  const commands = [...readme.matchAll(/^npx -y pnpm@12 tcplab (.*)$/gm)].map((match) => match[1]!);
  expect(commands.length).toBeGreaterThanOrEqual(8);
  for (const command of commands) {
    const { code, err } = await place.tcplab(...command.split(' '));
    expect(code, `${command}\n${err}`).toBe(0);
  }
});

test('every page it points to exists', () => {
  const links = [...readme.matchAll(/\]\(([\w./-]+)\)/g)].map((match) => match[1]!);
  expect(links.filter((link) => !existsSync(`${root}${link}`))).toEqual([]);
});

test('its two commands are scripts of the workspace', () => {
  const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
    scripts: Record<string, string>;
  };
  expect(Object.keys(scripts)).toEqual(
    expect.arrayContaining(['start', 'test', 'tcplab', 'check', 'bench']),
  );
});
