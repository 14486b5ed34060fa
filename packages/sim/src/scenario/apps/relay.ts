import * as z from 'zod';
import {
  concatBytes,
  EMPTY_BYTES,
  fromHex,
  toHex,
  type ByteStream,
  type Process,
  type ProgramHost,
} from '@tcplab/core';
import { closed } from '../schema/closed.ts';
import { count, hostReference, port } from '../schema/words.ts';
import { appKind } from './app-kind.ts';
import { enduring, serveEach } from './serve-each.ts';
import { listenPort } from './settings.ts';

const hex = z
  .string()
  .max(10_000)
  .refine(
    (text) => (fromHex(text)?.length ?? 0) > 0,
    'expected octets in hexadecimal, two digits each',
  );

const change = closed({
  direction: z.enum(['forward', 'backward']).describe('Forward is from the client to the server.'),
  flip: count(0)
    .optional()
    .describe('Flip the lowest bit of this octet of the stream, counted from 0.'),
  find: hex.optional().describe('Replace the first occurrence of these octets …'),
  replace: hex.optional().describe('… by these; as many.'),
}).refine(
  ({ flip, find, replace }) =>
    flip === undefined ? find !== undefined && find.length === replace?.length : find === undefined,
  { message: 'a change is either flip, or find and replace of the same length' },
);

const settings = closed({
  ...listenPort,
  to: hostReference.describe('The host it passes everything on to.'),
  toPort: port.describe('The port there.'),
  changes: z
    .array(change)
    .max(100)
    .optional()
    .describe('What it alters on the way. Default: nothing.'),
});

type Change = z.output<typeof change>;

/** Passes bytes on between a client and a server, and may alter them: somebody in the middle. */
export const relay = appKind({
  key: 'relay',
  about:
    'Passes bytes on between a client and a server, and may alter them: somebody in the middle.',
  settings,
  needs: (given) => ({ listens: [given.port], peers: [given.to] }),
  run: (host, given) =>
    serveEach(host, given.port, (client) => pass(host, client, given), { noDelay: true }),
});

function* pass(host: ProgramHost, client: ByteStream, given: z.output<typeof settings>): Process {
  const server = yield* host.connect(given.to, given.toPort, { noDelay: true });
  const changes = given.changes ?? [];
  const way = (direction: Change['direction']): Change[] =>
    changes.filter((each) => each.direction === direction);
  host.spawn(enduring(copy(host, client, server, way('forward'))), 'relay forward');
  yield* copy(host, server, client, way('backward'));
}

/** Carries one direction to its end. */
function* copy(
  host: ProgramHost,
  from: ByteStream,
  to: ByteStream,
  changes: readonly Change[],
): Process {
  let passed = 0;
  const pending = new Set(changes);
  for (;;) {
    const bytes = yield* from.receive();
    if (bytes.length === 0) break;
    yield* to.sendAll(altered(host, bytes, passed, pending));
    passed += bytes.length;
  }
  to.shutdown();
}

function altered(
  host: ProgramHost,
  bytes: Uint8Array,
  passed: number,
  pending: Set<Change>,
): Uint8Array {
  let result = bytes;
  for (const each of pending) {
    const next = applied(result, passed, each);
    if (next === undefined) continue;
    pending.delete(each);
    result = next;
    host.note({
      layer: 'app',
      kind: 'altered',
      text: `Octets of the ${each.direction} stream are altered on the way.`,
      data: { direction: each.direction },
    });
  }
  return result;
}

/** @returns undefined when the change does not fall into these bytes */
function applied(bytes: Uint8Array, passed: number, change: Change): Uint8Array | undefined {
  if (change.flip !== undefined) {
    const at = change.flip - passed;
    if (at < 0 || at >= bytes.length) return undefined;
    const copied = bytes.slice();
    copied[at] = copied[at]! ^ 1;
    return copied;
  }
  const find = toHex(fromHex(change.find ?? '') ?? EMPTY_BYTES);
  const text = toHex(bytes);
  let at = text.indexOf(find);
  while (at > 0 && at % 2 === 1) at = text.indexOf(find, at + 1);
  if (at < 0) return undefined;
  const replacement = fromHex(change.replace ?? '') ?? EMPTY_BYTES;
  return concatBytes([
    bytes.slice(0, at / 2),
    replacement,
    bytes.slice(at / 2 + replacement.length),
  ]);
}
