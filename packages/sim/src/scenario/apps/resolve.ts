import * as z from 'zod';
import {
  ConnectionError,
  dottedAddress,
  formatMicros,
  us,
  type Process,
  type ProgramHost,
} from '@tcplab/core';
import { createResolver, typeNumber, type Resolver } from '@tcplab/core/dns';
import { closed } from '../schema/closed.ts';
import { duration } from '../schema/quantities.ts';
import { hostReference } from '../schema/words.ts';
import { appKind } from './app-kind.ts';

const settings = closed({
  servers: z
    .array(hostReference)
    .min(1, 'expected at least one server')
    .max(10)
    .describe('The hosts to ask, in order of preference.'),
  names: z
    .array(z.string().min(1).max(255))
    .min(1)
    .max(100)
    .describe('Names, asked one after the other.'),
  type: z
    .string()
    .refine(
      (text) => typeNumber(text) !== undefined,
      'expected a type of record, e.g. A, AAAA or MX',
    )
    .optional()
    .describe('Default: A.'),
  pause: duration.optional().describe('Time between two questions. Default: none.'),
  timeout: duration.optional().describe('How long the first try waits; it doubles. Default: 2s.'),
});

type Settings = z.output<typeof settings>;

/** Asks name servers, with a cache as every host has one. */
export const resolve = appKind({
  key: 'resolve',
  about: 'Asks name servers for names, one after the other, with a cache.',
  settings,
  needs: ({ servers }) => ({ peers: servers }),
  *run(host, given) {
    const servers: string[] = [];
    for (const name of given.servers)
      servers.push((yield* host.resolve(name))[0] ?? dottedAddress(0));
    const resolver = createResolver(host, {
      servers,
      ...(given.timeout === undefined ? {} : { timeout: us(given.timeout) }),
    });
    for (const [index, name] of given.names.entries()) {
      if (index > 0 && given.pause !== undefined) yield* host.sleep(us(given.pause));
      yield* ask(host, resolver, name, given);
    }
  },
});

function* ask(host: ProgramHost, resolver: Resolver, name: string, given: Settings): Process {
  const asked = host.now();
  let result: string;
  let found = 0;
  try {
    const resolution = yield* resolver.query(name, given.type ?? 'A');
    result = resolution.kind;
    if (resolution.kind === 'records') found = resolution.records.length;
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    result = error.reason;
  }
  const took = us(host.now() - asked);
  host.note({
    layer: 'dns',
    kind: 'lookup',
    text: `${name}: ${result}${found > 0 ? ` (${found})` : ''} after ${formatMicros(took)}.`,
    data: { name, result, found, tookUs: took },
  });
}
