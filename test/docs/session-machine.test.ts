/** The picture in the docs is the machine's own; `UPDATE_DOCS=1` draws it again. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describeMachine } from '@tcplab/core';
import { pooledConnectionMachine } from '@tcplab/core/session';
import { drawMachineMermaid } from '@tcplab/sim';
import { expect, test } from 'vitest';

const DOCUMENT = new URL('../../docs/client-session.md', import.meta.url);

test('docs/client-session.md shows the pooled connection as it is', () => {
  const drawn = drawMachineMermaid(describeMachine(pooledConnectionMachine));
  const picture = `\`\`\`mermaid\n${drawn}\`\`\``;
  if (process.env['UPDATE_DOCS'] === '1') {
    const place = /<!-- pooled connection -->\n(```mermaid[^]*?```\n)?/;
    const text = readFileSync(DOCUMENT, 'utf8');
    writeFileSync(DOCUMENT, text.replace(place, `<!-- pooled connection -->\n${picture}\n`));
  }
  expect(readFileSync(DOCUMENT, 'utf8')).toContain(`<!-- pooled connection -->\n${picture}\n`);
});
