/** `pnpm tcplab …`: the command line from the sources of this repository. */
import { spawnSync } from 'node:child_process';
import { bundleCli } from './bundle-cli.mjs';

const cli = await bundleCli();
const result = spawnSync(
  process.execPath,
  ['--enable-source-maps', cli, ...process.argv.slice(2)],
  {
    stdio: 'inherit',
    // pnpm runs scripts at the root; paths are meant from where the person stands.
    cwd: process.env.INIT_CWD ?? process.cwd(),
  },
);
process.exitCode = result.signal === 'SIGINT' ? 130 : (result.status ?? 5);
