/** The rules of the house that no linter knows: who may import whom, sizes, forbidden words. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Source {
  /** Path from the repository's root. */
  readonly path: string;
  readonly text: string;
  /** What it imports: resolved paths for relative ones, names of packages else. */
  readonly imports: readonly string[];
}

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((one) => {
    if (['node_modules', 'dist', '.git'].includes(one.name)) return [];
    const path = join(folder, one.name);
    return one.isDirectory() ? filesBelow(path) : [path];
  });
}

function importsOf(path: string, text: string): string[] {
  const found = [...text.matchAll(/^\s*(?:import|export)\b[^'";]*?from\s+'([^']+)'/gm)].map(
    (m) => m[1]!,
  );
  const bare = [...text.matchAll(/^\s*import\s+'([^']+)'/gm)].map((m) => m[1]!);
  return [...found, ...bare].map((name) =>
    name.startsWith('.') ? relative(root, resolve(root, dirname(path), name)) : name,
  );
}

function read(folder: string): Source[] {
  return filesBelow(folder)
    .filter((path) => path.endsWith('.ts'))
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      return { path, text, imports: importsOf(path, text) };
    });
}

const core = read('packages/core/src');
const sim = read('packages/sim/src');
const product = [...core, ...sim];
const everything = [
  ...product,
  ...read('packages/core/test'),
  ...read('packages/sim/test'),
  ...read('test'),
];

/** The folder of core a file stands in: `base`, `wire` … */
const folderOf = (path: string): string => path.split('/')[3]!.replace(/\.ts$/, '');

/** Which folders of core each folder may import, beside itself. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  base: [],
  wire: ['base'],
  udp: ['base', 'wire'],
  tcp: ['base', 'wire'],
  stack: ['base', 'wire', 'udp', 'tcp'],
  arq: ['base'],
  dns: ['base'],
  tls: ['base'],
  http: ['base'],
  cookies: ['base'],
  websocket: ['base'],
  ftp: ['base'],
  session: ['base', 'tls', 'http', 'cookies', 'websocket'],
  index: ['base', 'wire', 'tcp', 'udp', 'stack'],
};

describe('directions', () => {
  test('inside core, lower never imports higher', () => {
    const wrong = core.flatMap(({ path, imports }) => {
      const allowed = MAY_IMPORT[folderOf(path)];
      if (allowed === undefined) return [`${path}: folder without an entry in MAY_IMPORT`];
      return imports
        .filter((name) => name.startsWith('packages/'))
        .filter((name) => folderOf(name) !== folderOf(path) && !allowed.includes(folderOf(name)))
        .map((name) => `${path} imports ${name}`);
    });
    expect(wrong).toEqual([]);
  });

  test('from outside a folder of core, only its index is imported', () => {
    const wrong = core.flatMap(({ path, imports }) =>
      imports
        .filter((name) => name.startsWith('packages/core/src/'))
        .filter((name) => folderOf(name) !== folderOf(path))
        .filter((name) => name.split('/').length > 4 && !name.endsWith('/index.ts'))
        // base and wire are values and types without a state: any of their files may be named.
        .filter((name) => !['base', 'wire'].includes(folderOf(name)))
        .map((name) => `${path} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  test('core imports xstate only in machine files, @noble only in tls/crypto, fflate only where bodies are inflated', () => {
    const wrong = core.flatMap(({ path, imports }) =>
      imports
        .filter((name) => {
          if (name.startsWith('packages/')) return false;
          if (name === 'xstate') return !/(machine\.ts|\/base\/machine\/[a-z-]+\.ts)$/.test(path);
          if (name.startsWith('@noble/')) return !path.includes('/tls/crypto/');
          if (name === 'fflate') return !/\/(http|websocket)\//.test(path);
          return true;
        })
        .map((name) => `${path} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  test('sim reaches core only through its entries, and node only under cli and node', () => {
    const wrong = sim.flatMap(({ path, imports }) =>
      imports
        .filter(
          (name) =>
            name.startsWith('packages/core') ||
            (name.startsWith('node:') && !/src\/(cli|node)\//.test(path)),
        )
        .map((name) => `${path} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  test('no file imports itself in a circle', () => {
    const graph = new Map(
      product.map(({ path, imports }) => [path, imports.filter((name) => name.endsWith('.ts'))]),
    );
    const typeOnly = new Map(product.map(({ path, text }) => [path, typeImports(path, text)]));
    const state = new Map<string, 'open' | 'done'>();
    const circles: string[] = [];
    const visit = (path: string, trail: readonly string[]): void => {
      if (state.get(path) === 'done') return;
      if (state.get(path) === 'open') {
        circles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
        return;
      }
      state.set(path, 'open');
      for (const next of graph.get(path) ?? []) {
        if (graph.has(next) && typeOnly.get(path)?.has(next) !== true)
          visit(next, [...trail, path]);
      }
      state.set(path, 'done');
    };
    for (const path of graph.keys()) visit(path, []);
    expect(circles).toEqual([]);
  });
});

/** Imports that vanish when types are erased; two files may know each other's types. */
function typeImports(path: string, text: string): Set<string> {
  const found = [...text.matchAll(/^import\s+type\b[^'"]*?from\s+'([^']+)'/gm)].map((m) => m[1]!);
  return new Set(
    found
      .filter((name) => name.startsWith('.'))
      .map((name) => relative(root, resolve(root, dirname(path), name))),
  );
}

describe('sizes', () => {
  /** Files between the soft and the hard limit, each with its reason. */
  const LONG = 300;
  const HARD = 500;

  test('no file is longer than 500 lines, and few of the product than 300', () => {
    const tooLong = everything.filter(({ text }) => text.split('\n').length > HARD);
    expect(tooLong.map(({ path }) => path)).toEqual([]);
    const lengths = product.map(({ path, text }) => ({ path, lines: text.split('\n').length }));
    const long = lengths.filter(({ lines }) => lines > LONG);
    expect(
      long.length,
      `over ${LONG} lines: ${long.map(({ path }) => path).join(', ')}`,
    ).toBeLessThanOrEqual(Math.ceil(product.length * 0.05));
  });

  test('the median source file has at most 130 lines', () => {
    const lines = product.map(({ text }) => text.split('\n').length).sort((a, b) => a - b);
    expect(lines[Math.floor(lines.length / 2)]).toBeLessThanOrEqual(130);
  });
});

/** Source text without comments and strings: what the language sees. */
function codeOf(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, ' ')
    .replace(/(^|[^:'"`])\/\/[^\n]*/g, '$1')
    .replace(/'(?:[^'\\\n]|\\.)*'/g, "''")
    .replace(/"(?:[^"\\\n]|\\.)*"/g, '""');
}

describe('determinism', () => {
  const banned = [
    /\bDate\b/,
    /\bMath\.(random|log\w*|exp\w*|pow|cbrt|sin\w*|cos\w*|tan\w*|a(sin|cos|tan)\w*|hypot)\b/,
    /\bset(Timeout|Interval|Immediate)\b/,
    /\bperformance\./,
    /\bcrypto\.(get|sub|random)/,
    /\bIntl\b/,
    /\.toLocale\w+/,
    /\.localeCompare\b/,
    /\*\*/,
    /\bfor \(const \w+ in\b/,
    /\bTextEncoder\b|\bTextDecoder\b/,
  ];
  const platformFree = product.filter(({ path }) => !/packages\/sim\/src\/(cli|node)\//.test(path));

  for (const pattern of banned) {
    test(`no ${pattern.source} in platform-free code`, () => {
      const found = platformFree
        .filter(({ text }) => pattern.test(codeOf(text)))
        .map(({ path }) => path);
      expect(found).toEqual([]);
    });
  }
});

describe('words', () => {
  test('nothing is left for later: no to-do marks, no skipped or only tests', () => {
    const mark = new RegExp(`\\b(TO${'DO'}|FIX${'ME'}|XX${'X'}|HA${'CK'})\\b`);
    const wrong = everything.filter(({ text }) => mark.test(text)).map(({ path }) => path);
    expect(wrong).toEqual([]);
    const only = new RegExp(`\\b(test|it|describe)\\.(on${'ly'}|to${'do'})\\b`);
    expect(everything.filter(({ text }) => only.test(text)).map(({ path }) => path)).toEqual([]);
  });

  test('every folder of core and sim says what it is', () => {
    const indexes = product.filter(({ path }) => path.endsWith('/index.ts'));
    const silent = indexes.filter(({ text }) => !/^\s*\/\*\*/.test(text)).map(({ path }) => path);
    expect(silent).toEqual([]);
  });

  test('names are nouns and verbs of the field', () => {
    const vague = product
      .filter(({ path }) => /(util|helper|manager|misc|common)s?\.ts$/.test(path))
      .map(({ path }) => path);
    expect(vague).toEqual([]);
    const enums = product
      .filter(({ text }) => /^\s*(export )?(const )?enum /m.test(codeOf(text)))
      .map(({ path }) => path);
    expect(enums).toEqual([]);
  });
});
