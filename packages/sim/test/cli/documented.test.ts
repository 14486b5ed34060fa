/**
 * The outputs that docs show are those of the commands beside them. When a change of behaviour is meant,
 * write them anew with `pnpm exec vitest run packages/sim/test/cli/documented -u` and read the difference.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Workplace } from './memory-io.ts';

const PAGE = fileURLToPath(new URL('../../../../docs/keep-alive-and-sessions.md', import.meta.url));
const place = new Workplace();

/** `tcplab run handshake | sed -n '4,9p'`: arguments, and which lines are shown. */
function parsed(command: string): { readonly args: string[]; readonly lines: [number, number] } {
  const [call, sed] = command.split(' | ');
  const range = /^sed -n '(\d+),(\d+)p'$/.exec(sed ?? '');
  const lines: [number, number] = range === null ? [1, 10_000] : [+range[1]!, +range[2]!];
  return { args: call!.split(' ').slice(1), lines };
}

async function outputOf(command: string): Promise<string> {
  const { args, lines } = parsed(command);
  const { code, out, err } = await place.tcplab(...args, { columns: 80 });
  expect(code, err).toBe(0);
  return out
    .split('\n')
    .slice(lines[0] - 1, lines[1])
    .join('\n')
    .trimEnd();
}

test('docs/keep-alive-and-sessions.md shows what its commands print', async () => {
  const blocks = readFileSync(PAGE, 'utf8').split(/^(```console\n\$ .*\n[^]*?^```$)/m);
  expect(blocks.filter((block) => block.startsWith('```console')).length).toBeGreaterThanOrEqual(8);
  for (const [index, block] of blocks.entries()) {
    const command = /^```console\n\$ (.*)\n/.exec(block)?.[1];
    if (command === undefined) continue;
    blocks[index] = `\`\`\`console\n$ ${command}\n${await outputOf(command)}\n\`\`\``;
  }
  await expect(blocks.join('')).toMatchFileSnapshot(PAGE);
});
