/** The pictures in the docs are the machines' own; `UPDATE_DOCS=1` draws them again. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describeMachine } from '@tcplab/core';
import {
  client12Machine,
  client13Machine,
  server12Machine,
  server13Machine,
} from '@tcplab/core/tls';
import { drawMachineMermaid } from '@tcplab/sim';
import { expect, test } from 'vitest';

const DOCUMENT = new URL('../../docs/tls.md', import.meta.url);

test.each([
  ['client13', client13Machine],
  ['server13', server13Machine],
  ['client12', client12Machine],
  ['server12', server12Machine],
])('docs/tls.md shows %s as it is', (name, machine) => {
  const picture = `\`\`\`mermaid\n${drawMachineMermaid(describeMachine(machine))}\`\`\``;
  const text = readFileSync(DOCUMENT, 'utf8');
  if (process.env['UPDATE_DOCS'] === '1') {
    const place = new RegExp(`<!-- ${name} -->\n(\`\`\`mermaid[^]*?\`\`\`\n)?`);
    writeFileSync(DOCUMENT, text.replace(place, `<!-- ${name} -->\n${picture}\n`));
  }
  expect(readFileSync(DOCUMENT, 'utf8')).toContain(`<!-- ${name} -->\n${picture}\n`);
});
