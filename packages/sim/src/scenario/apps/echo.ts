import type { ByteStream, Process } from '@tcplab/core';
import { closed } from '../schema/closed.ts';
import { appKind } from './app-kind.ts';
import { serveEach } from './serve-each.ts';
import { listenPort } from './settings.ts';

/** RFC 862: sends back what arrives, until the peer closes; then it closes too. */
export const echo = appKind({
  key: 'echo',
  about: 'Sends back what arrives until the peer closes (RFC 862).',
  settings: closed(listenPort),
  needs: ({ port }) => ({ listens: [port] }),
  run: (host, { port }) => serveEach(host, port, echoAll),
});

function* echoAll(stream: ByteStream): Process {
  for (;;) {
    const bytes = yield* stream.receive();
    if (bytes.length === 0) break;
    yield* stream.sendAll(bytes);
  }
  stream.close();
}
