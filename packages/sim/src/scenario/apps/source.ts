import { patternPayload } from '@tcplab/core';
import { closed } from '../schema/closed.ts';
import { appKind } from './app-kind.ts';
import { serveEach } from './serve-each.ts';
import { bulkSize, listenPort } from './settings.ts';

/** Sends so many bytes to everyone who connects, and closes. */
export const source = appKind({
  key: 'source',
  about: 'Sends so many bytes to everyone who connects, and closes.',
  settings: closed({ ...listenPort, size: bulkSize }),
  needs: ({ port }) => ({ listens: [port] }),
  run: (host, { port, size }) =>
    serveEach(host, port, function* (stream) {
      yield* stream.sendAll(patternPayload(0, size));
      stream.close();
    }),
});
