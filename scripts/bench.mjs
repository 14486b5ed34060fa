/** `pnpm bench [--quick] [--json FILE]`: bundles the benchmark and runs it with the collector in reach. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { common, requireInModules } from './esbuild-options.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const outfile = `${root}packages/sim/dist/bench.js`;
await build({
  ...common,
  absWorkingDir: root,
  entryPoints: ['packages/sim/bench/main.ts'],
  outfile,
  platform: 'node',
  banner: { js: requireInModules.join('\n') },
  sourcemap: 'linked',
});
const result = spawnSync(
  process.execPath,
  ['--expose-gc', '--enable-source-maps', outfile, ...process.argv.slice(2)],
  { stdio: 'inherit', cwd: process.env.INIT_CWD ?? process.cwd() },
);
process.exitCode = result.status ?? 5;
