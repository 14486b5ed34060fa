import type * as z from 'zod';
import { patternPayload, us, type ByteStream, type Process, type ProgramHost } from '@tcplab/core';
import { closed } from '../schema/closed.ts';
import { appKind } from './app-kind.ts';
import { serveEach } from './serve-each.ts';
import { listenPort, messageSize, thinkTime } from './settings.ts';

const settings = closed({
  ...listenPort,
  requestSize: messageSize.describe('A request has exactly so many bytes.'),
  responseSize: messageSize.describe('A response has exactly so many bytes.'),
  think: thinkTime,
});

/** Answers each request of a fixed size with a response of a fixed size, until the peer closes. */
export const respond = appKind({
  key: 'respond',
  about: 'Answers each request of a fixed size with a response of a fixed size.',
  settings,
  needs: ({ port }) => ({ listens: [port] }),
  run: (host, given) => serveEach(host, given.port, (stream) => answer(host, stream, given)),
});

function* answer(host: ProgramHost, stream: ByteStream, given: z.output<typeof settings>): Process {
  for (;;) {
    const request = yield* stream.receiveExactly(given.requestSize);
    if (request.length < given.requestSize) break;
    if (given.think !== undefined) yield* host.sleep(us(given.think));
    yield* stream.sendAll(patternPayload(0, given.responseSize));
  }
  stream.close();
}
