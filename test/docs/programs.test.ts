/** Every TypeScript block of the docs and of the README runs; what its comments promise is printed. */
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Inside the repository, so that the programs find the packages. */
const folder = join(root, 'node_modules/.cache/tcplab-docs');

interface Program {
  readonly place: string;
  readonly source: string;
}

function programsOf(file: string): Program[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map((match) => ({
    place: `${file}:${text.slice(0, match.index).split('\n').length + 1}`,
    source: match[1]!,
  }));
}

const files = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const programs = files.flatMap(programsOf);

/** What `console.log(…); // this` promises, in order. An ellipsis in it stands for anything. */
function promisesOf(source: string): RegExp[] {
  return [...source.matchAll(/^\s*console\.log\(.*\);(?: \/\/ (.*)|\n\/\/ (.*))$/gm)].map(
    (match) => {
      const words = (match[1] ?? match[2] ?? '').split('…').map((part) => part.trim());
      const escaped = words.map((part) =>
        part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(' ', '\\s+'),
      );
      return new RegExp(escaped.join('[\\s\\S]*'));
    },
  );
}

const nameOf = (place: string): string => place.replace(/\W/g, '-');

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  for (const { place, source } of programs)
    writeFileSync(join(folder, `${nameOf(place)}.ts`), source);
  await build({
    entryPoints: programs.map(({ place }) => join(folder, `${nameOf(place)}.ts`)),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'es2022',
    conditions: ['@tcplab/source'],
    logLevel: 'silent',
    // `yaml` is CommonJS and asks for `require`, which a module does not have.
    banner: {
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
    },
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('there are programs to run', () => {
  expect(programs.length).toBeGreaterThan(10);
});

test.each(programs)('$place', async ({ place, source }) => {
  const printed: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((...words: unknown[]) => {
    printed.push(words.map(String).join(' '));
  });
  try {
    await import(/* @vite-ignore */ pathToFileURL(join(folder, `${nameOf(place)}.mjs`)).href);
  } finally {
    log.mockRestore();
  }
  for (const promise of promisesOf(source)) expect(printed.join('\n')).toMatch(promise);
});
