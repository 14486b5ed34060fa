/** The pictures in the docs are the machines' own; `UPDATE_DOCS=1` draws them again. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describeMachine } from '@tcplab/core';
import { clientMachine, serverMachine } from '@tcplab/core/http';
import { drawMachineMermaid } from '@tcplab/sim';
import { expect, test } from 'vitest';

const DOCUMENT = new URL('../../docs/http.md', import.meta.url);

test.each([
  ['client', clientMachine],
  ['server', serverMachine],
])('docs/http.md shows the HTTP %s as it is', (side, machine) => {
  const picture = `\`\`\`mermaid\n${drawMachineMermaid(describeMachine(machine))}\`\`\``;
  const text = readFileSync(DOCUMENT, 'utf8');
  if (process.env['UPDATE_DOCS'] === '1') {
    const place = new RegExp(`<!-- ${side} -->\n(\`\`\`mermaid[^]*?\`\`\`\n)?`);
    writeFileSync(DOCUMENT, text.replace(place, `<!-- ${side} -->\n${picture}\n`));
  }
  expect(readFileSync(DOCUMENT, 'utf8')).toContain(`<!-- ${side} -->\n${picture}\n`);
});
