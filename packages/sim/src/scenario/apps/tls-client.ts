import * as z from 'zod';
import {
  ConnectionError,
  formatMicros,
  patternPayload,
  seconds,
  us,
  utf8Bytes,
  type ByteStream,
  type Process,
  type ProgramHost,
} from '@tcplab/core';
import { establishedText } from '@tcplab/core/tls';
import { closed } from '../schema/closed.ts';
import { duration } from '../schema/quantities.ts';
import { count, hostReference, port } from '../schema/words.ts';
import { appKind } from './app-kind.ts';
import { recordingStream, type Recording } from './recording-stream.ts';
import { messageSize } from './settings.ts';
import { ClientSecurity, clientTls } from './tls/index.ts';
import { DEFAULT_TLS_PORT } from './tls-server.ts';

const settings = closed({
  to: hostReference.describe('The host it connects to; the certificate must name it.'),
  port: port.optional().describe('Default: 443.'),
  tls: clientTls.optional(),
  text: z
    .string()
    .min(1)
    .max(10_000)
    .optional()
    .describe('What it sends and expects back. Default: hello.'),
  size: messageSize.optional().describe('Bytes to send instead of a text.'),
  early: z
    .boolean()
    .optional()
    .describe('Send it as early data (0-RTT) where a session allows. Default: false.'),
  via: hostReference
    .optional()
    .describe('Connect to this host instead, which passes everything on to the server.'),
  replayed: z
    .boolean()
    .optional()
    .describe(
      'Afterwards somebody who heard the last first flight sends it again. Default: false.',
    ),
  connections: count(1, 10_000).optional().describe('How many, one after the other. Default: 1.'),
  pause: duration.optional().describe('Time between two connections.'),
});

type Settings = z.output<typeof settings>;

/** Connects, makes the connection secure, sends, waits for the echo, closes. */
export const tlsClient = appKind({
  key: 'tls-client',
  about: 'Talks to a tls-server: connects, sends, waits for the echo, closes; resumes sessions.',
  settings,
  needs: ({ to, via }) => ({ peers: [via ?? to] }),
  *run(host, given) {
    const security = new ClientSecurity(host, given.tls ?? {});
    let recording: Recording = { parts: [] };
    for (let i = 0; i < (given.connections ?? 1); i += 1) {
      if (i > 0 && given.pause !== undefined) yield* host.sleep(us(given.pause));
      recording = { parts: [] };
      yield* talk(host, given, security, recording);
    }
    if (given.replayed === true) yield* replay(host, given, recording);
  },
});

function* talk(
  host: ProgramHost,
  given: Settings,
  security: ClientSecurity,
  recording: Recording,
): Process {
  const began = host.now();
  const message =
    given.size === undefined
      ? utf8Bytes(given.text ?? 'hello')
      : patternPayload(0, given.size).toBytes();
  try {
    const stream = yield* connect(host, given);
    const heard = recordingStream(stream, recording);
    const early = given.early === true ? message : undefined;
    const safe = yield* security.secure(heard, { host: given.to, alpn: [] }, early);
    const ready = host.now();
    if (safe.established.earlyData === 'none') yield* safe.sendAll(message);
    const echo = yield* safe.receiveExactly(message.length);
    const took = us(host.now() - began);
    host.note({
      layer: 'app',
      kind: 'answer',
      text: `${echo.length} bytes came back ${formatMicros(took)} after the start, over ${establishedText(safe.established)}.`,
      stream: stream.label,
      data: {
        bytes: echo.length,
        tookUs: took,
        readyUs: us(ready - began),
        resumed: safe.established.resumed,
      },
    });
    // No more to say: a close_notify, then the server's; an end without one is a truncation.
    safe.shutdown();
    yield* safe.receive();
    safe.close();
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    host.note({
      layer: 'app',
      kind: 'failure',
      text: `The connection to ${given.to} failed: ${error.message}.`,
      data: { error: error.message, tookUs: us(host.now() - began) },
    });
  }
}

function connect(host: ProgramHost, given: Settings): Process<ByteStream> {
  return host.connect(given.via ?? given.to, given.port ?? DEFAULT_TLS_PORT, { noDelay: true });
}

/** The first flight of the last connection once more, over a connection of its own. */
function* replay(host: ProgramHost, given: Settings, recording: Recording): Process {
  const stream = yield* connect(host, given);
  const [flight] = recording.parts;
  if (flight === undefined) return;
  host.note({
    layer: 'app',
    kind: 'replay',
    text: `Somebody sends again the ${flight.length} bytes that the client sent first.`,
    stream: stream.label,
  });
  yield* stream.sendAll(flight);
  yield* host.sleep(seconds(1));
  stream.abort();
}
