/** The pictures in the docs are the machines' own; `UPDATE_DOCS=1` draws them again. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describeMachine } from '@tcplab/core';
import { goBackNMachine, selectiveRepeatMachine, stopAndWaitMachine } from '@tcplab/core/arq';
import { ftpClientMachine, ftpServerMachine } from '@tcplab/core/ftp';
import { drawMachineMermaid } from '@tcplab/sim';
import { expect, test } from 'vitest';

test.each([
  ['ftp.md', ftpClientMachine],
  ['ftp.md', ftpServerMachine],
  ['udp-and-dns.md', stopAndWaitMachine],
  ['udp-and-dns.md', goBackNMachine],
  ['udp-and-dns.md', selectiveRepeatMachine],
])('docs/%s shows its machine as it is', (file, machine) => {
  const document = new URL(`../../docs/${file}`, import.meta.url);
  const mark = `<!-- ${machine.id} -->\n`;
  const picture = `\`\`\`mermaid\n${drawMachineMermaid(describeMachine(machine))}\`\`\`\n`;
  if (process.env['UPDATE_DOCS'] === '1') {
    const place = new RegExp(`${mark}(\`\`\`mermaid[^]*?\`\`\`\n)?`);
    const text = readFileSync(document, 'utf8');
    writeFileSync(
      document,
      text.replace(place, () => mark + picture),
    );
  }
  expect(readFileSync(document, 'utf8')).toContain(mark + picture);
});
