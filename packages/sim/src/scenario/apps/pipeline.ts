import * as z from 'zod';
import {
  ConnectionError,
  NEVER,
  concatBytes,
  formatMicros,
  us,
  type ByteStream,
  type Process,
  type ProgramHost,
} from '@tcplab/core';
import { HttpClientRole, RoleStream, type ClientEvent } from '@tcplab/core/http';
import { closed } from '../schema/closed.ts';
import { appKind } from './app-kind.ts';
import { enduring } from './serve-each.ts';
import { connectOptions, peer } from './settings.ts';

const settings = closed({
  ...peer,
  paths: z
    .array(z.string().regex(/^\/[!-~]*$/, 'expected a path, e.g. /slow/500'))
    .min(1)
    .max(1_000)
    .describe('What it asks for, in this order.'),
});

/** Sends requests without waiting for the answers (RFC 9112 §9.3.2): they come in the same order. */
export const pipeline = appKind({
  key: 'pipeline',
  about: 'Sends several GET requests at once over one connection and reads the answers in order.',
  settings,
  needs: (given) => ({ peers: [given.to] }),
  *run(host, given) {
    yield* enduring(askAll(host, given));
  },
});

function* askAll(host: ProgramHost, given: z.output<typeof settings>): Process {
  const stream = yield* host.connect(given.to, given.port, connectOptions(given));
  const role = new HttpClientRole({ pipelining: true });
  const asked = host.now();
  const parts = given.paths.flatMap((target) => [
    role.send({ kind: 'request', method: 'GET', target, headers: { Host: given.to } }),
    role.send({ kind: 'end of message' }),
  ]);
  yield* stream.sendAll(concatBytes(parts));
  const text = `${given.paths.length} requests are sent at once`;
  host.note({ layer: 'app', kind: 'pipelined', text, stream: stream.label });
  try {
    yield* readAnswers(host, stream, { role, paths: given.paths, asked });
  } finally {
    stream.close();
  }
}

interface Asked {
  readonly role: HttpClientRole;
  readonly paths: readonly string[];
  /** When, in microseconds. */
  readonly asked: number;
}

function* readAnswers(
  host: ProgramHost,
  stream: ByteStream,
  { role, paths, asked }: Asked,
): Process {
  const wire = new RoleStream<ClientEvent>(role, stream, () => host.now());
  let status = 0;
  for (let number = 1; number <= paths.length;) {
    const event = yield* wire.next(NEVER);
    if (event.kind === 'violation') throw new ConnectionError('protocol error', event.text);
    if (event.kind === 'connection closed') return;
    if (event.kind === 'response') status = event.status;
    if (event.kind !== 'end of message') continue;
    const took = us(host.now() - asked);
    const url = paths[number - 1]!;
    const text = `answer ${number}: ${url}, ${status}, after ${formatMicros(took)}`;
    host.note({ layer: 'app', kind: 'answer', text, data: { url, status, number, tookUs: took } });
    number += 1;
  }
}
