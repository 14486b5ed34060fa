import * as z from 'zod';
import { patternPayload, us, type ByteStream, type Process, type ProgramHost } from '@tcplab/core';
import { closed } from '../schema/closed.ts';
import { duration } from '../schema/quantities.ts';
import { count } from '../schema/words.ts';
import { appKind } from './app-kind.ts';
import { enduring } from './serve-each.ts';
import { connectOptions, messageSize, peer } from './settings.ts';

const settings = closed({
  ...peer,
  requestSize: messageSize.describe('A request has exactly so many bytes.'),
  responseSize: messageSize.describe('A response has exactly so many bytes.'),
  requests: count(1, 100_000).optional().describe('How many, one after the other. Default: 1.'),
  connections: z
    .enum(['one', 'each'])
    .optional()
    .describe('One connection for all requests (default), or one for each.'),
  pause: duration.optional().describe('How long it waits between a response and the next request.'),
});

type Settings = z.output<typeof settings>;

/** Sends requests of a fixed size and waits for each response: what a client of `respond` does. */
export const request = appKind({
  key: 'request',
  about: 'Sends requests of a fixed size to a respond app and waits for each response.',
  settings,
  needs: ({ to }) => ({ peers: [to] }),
  *run(host, given) {
    const total = given.requests ?? 1;
    const perConnection = given.connections === 'each' ? 1 : total;
    for (let done = 0; done < total; done += perConnection) {
      if (done > 0 && given.pause !== undefined) yield* host.sleep(us(given.pause));
      const stream = yield* host.connect(given.to, given.port, connectOptions(given));
      yield* enduring(exchange(host, stream, given, perConnection));
    }
  },
});

function* exchange(
  host: ProgramHost,
  stream: ByteStream,
  given: Settings,
  requests: number,
): Process {
  for (let i = 0; i < requests; i += 1) {
    if (i > 0 && given.pause !== undefined) yield* host.sleep(us(given.pause));
    const asked = host.now();
    yield* stream.sendAll(patternPayload(0, given.requestSize));
    const response = yield* stream.receiveExactly(given.responseSize);
    host.note({
      layer: 'app',
      kind: response.length === given.responseSize ? 'response' : 'response cut short',
      text: `A response of ${response.length} bytes came ${host.now() - asked} µs after the request.`,
      stream: stream.label,
      data: { bytes: response.length, waitedUs: host.now() - asked },
    });
    if (response.length < given.responseSize) break;
  }
  stream.close();
}
