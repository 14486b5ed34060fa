/** `pnpm start`: builds the command line and runs the flagship scenario, with a sentence per step. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { bundleCli } from './bundle-cli.mjs';

const cli = await bundleCli();
const scenario = fileURLToPath(
  new URL('../packages/sim/scenarios/lossy-request.yaml', import.meta.url),
);
const result = spawnSync(
  process.execPath,
  ['--enable-source-maps', cli, 'run', scenario, '--why'],
  {
    stdio: 'inherit',
  },
);
process.exitCode = result.signal === 'SIGINT' ? 130 : (result.status ?? 5);
if (result.status === 0) {
  console.log(`
What to try next
  npx -y pnpm@12 tcplab list                      the scenario library, a line each
  npx -y pnpm@12 tcplab run https-end-to-end      TCP, then TLS, then HTTP
  npx -y pnpm@12 tcplab machine show tcp --table  the state machine itself
  npx -y pnpm@12 tcplab run lossy-request --seed 7 --pcap lossy.pcapng
                                                  another run of the same wire, and its capture for Wireshark
`);
}
