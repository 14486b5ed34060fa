/** Bundles the command line from its sources; returns where it is. A tenth of a second. */
import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';
import { common } from './esbuild-options.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

export async function bundleCli(outfile = `${root}packages/sim/dist/cli.js`) {
  await build({
    ...common,
    absWorkingDir: root,
    entryPoints: ['packages/sim/src/cli/main.ts'],
    outfile,
    platform: 'node',
    // Some dependencies are CommonJS and ask for `require`, which a module does not have.
    banner: {
      js: [
        '#!/usr/bin/env node',
        "import { createRequire as makeRequire } from 'node:module';",
        'const require = makeRequire(import.meta.url);',
      ].join('\n'),
    },
    sourcemap: 'linked',
  });
  return outfile;
}
