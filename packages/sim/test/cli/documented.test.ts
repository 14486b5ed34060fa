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

/** `tcplab run handshake | sed -n '/^Costs/,/^$/p'`: arguments, and the first and last line that are shown. */
function parsed(command: string): { readonly args: string[]; readonly range: readonly string[] } {
  const [call, sed] = command.split(' | ');
  const range = /^sed -n '\/(.+)\/,(?:\/(.+)\/|\$)p'$/.exec(sed ?? '');
  return {
    args: call!.split(' ').slice(1),
    range: range === null ? [] : [range[1]!, range[2] ?? ''],
  };
}

/** As sed does: from the first line that fits to the next that fits the end; to the last one without an end. */
function linesBetween(text: string, [first, end]: readonly string[]): string {
  const lines = text.split('\n');
  if (first === undefined) return text;
  const from = lines.findIndex((line) => new RegExp(first).test(line));
  expect(from, `a line ${first}`).toBeGreaterThanOrEqual(0);
  const to = lines.findIndex((line, at) => at > from && new RegExp(end!).test(line));
  return lines.slice(from, end === '' || to < 0 ? undefined : to + 1).join('\n');
}

async function outputOf(command: string): Promise<string> {
  const { args, range } = parsed(command);
  const { code, out, err } = await place.tcplab(...args, { columns: 80 });
  expect(code, err).toBe(0);
  return linesBetween(out, range).trimEnd();
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
