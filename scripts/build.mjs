/** `pnpm build`: JavaScript by esbuild, declarations by tsc, the command line as one file. */
import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleCli } from './bundle-cli.mjs';
import { common } from './esbuild-options.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);

/** `src/index.ts` and every folder of `src` that has one is an entry of the package. */
function entries(src) {
  const folders = readdirSync(src, { withFileTypes: true }).filter((one) => one.isDirectory());
  const all = [`${src}/index.ts`, ...folders.map((folder) => `${src}/${folder.name}/index.ts`)];
  return all.filter((file) => existsSync(file));
}

for (const name of ['core', 'sim']) {
  rmSync(`packages/${name}/dist`, { recursive: true, force: true });
}
for (const name of ['core', 'sim']) {
  await build({
    ...common,
    conditions: [],
    entryPoints: entries(`packages/${name}/src`),
    outbase: `packages/${name}/src`,
    outdir: `packages/${name}/dist`,
    platform: name === 'core' ? 'neutral' : 'node',
    packages: 'external',
    splitting: true,
  });
}
await bundleCli();
execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b'], { stdio: 'inherit' });
console.log('built packages/core/dist and packages/sim/dist');
