/**
 * What the packages export, by name: nothing appears or vanishes unnoticed. When it is meant:
 * `pnpm exec vitest run test/api -u`.
 */
import { readdirSync, existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The entries of a package: its root and every folder of `src` with an index. */
function entriesOf(name: string): string[] {
  const src = `${root}packages/${name}/src`;
  const folders = readdirSync(src, { withFileTypes: true }).filter((one) => one.isDirectory());
  const below = folders
    .filter((one) => existsSync(`${src}/${one.name}/index.ts`))
    .map((one) => one.name);
  return [`@tcplab/${name}`, ...below.map((folder) => `@tcplab/${name}/${folder}`)];
}

const entries = [...entriesOf('core'), ...entriesOf('sim')].filter(
  (name) => !name.endsWith('/cli'),
);

test.each(entries)('%s', async (entry) => {
  const names = Object.keys((await import(entry)) as object).sort();
  expect(names.length).toBeGreaterThan(0);
  await expect(`${names.join('\n')}\n`).toMatchFileSnapshot(
    `golden/api/${entry.slice(1).replaceAll('/', '-')}.txt`,
  );
});
