import type { ByteStream, Process } from '@tcplab/core';
import { closed } from '../schema/closed.ts';
import { appKind } from './app-kind.ts';
import { serveEach } from './serve-each.ts';
import { listenPort } from './settings.ts';

/** RFC 863: reads and throws away what arrives, until the peer closes; then it closes too. */
export const discard = appKind({
  key: 'discard',
  about: 'Reads and throws away what arrives until the peer closes (RFC 863).',
  settings: closed(listenPort),
  needs: ({ port }) => ({ listens: [port] }),
  run: (host, { port }) => serveEach(host, port, readToTheEnd),
});

/** Reads until the end of the stream and closes. */
export function* readToTheEnd(stream: ByteStream): Process {
  while ((yield* stream.receive()).length > 0);
  stream.close();
}
