import * as z from 'zod';
import { patternPayload } from '@tcplab/core';
import { closed } from '../schema/closed.ts';
import { appKind } from './app-kind.ts';
import { readToTheEnd } from './discard.ts';
import { enduring } from './serve-each.ts';
import { bulkSize, connectOptions, peer } from './settings.ts';

/** Connects, sends so many bytes, and ends the connection one way or another. */
export const bulk = appKind({
  key: 'bulk',
  about: 'Connects, sends so many bytes and closes.',
  settings: closed({
    ...peer,
    size: bulkSize,
    end: z
      .enum(['close', 'shutdown', 'abort', 'keep'])
      .optional()
      .describe(
        'How it ends: close (default), shutdown (say "no more" and read to the end), abort, or keep open.',
      ),
  }),
  needs: ({ to }) => ({ peers: [to] }),
  *run(host, settings) {
    const stream = yield* host.connect(settings.to, settings.port, connectOptions(settings));
    yield* enduring(
      (function* () {
        yield* stream.sendAll(patternPayload(0, settings.size));
        if (settings.end === 'abort') stream.abort();
        else if (settings.end === 'shutdown') {
          stream.shutdown();
          yield* readToTheEnd(stream);
        } else if (settings.end !== 'keep') stream.close();
      })(),
    );
  },
});
