import * as z from 'zod';
import { ConnectionError, type ByteStream, type Process, type ProgramHost } from '@tcplab/core';
import type { TlsStream } from '@tcplab/core/tls';
import { closed } from '../schema/closed.ts';
import { port } from '../schema/words.ts';
import { appKind } from './app-kind.ts';
import { serveEach } from './serve-each.ts';
import { serverSecurity, serverTls } from './tls/index.ts';

export const DEFAULT_TLS_PORT = 443;

const settings = closed({
  port: port.optional().describe('Default: 443.'),
  tls: serverTls.optional(),
  ends: z
    .enum(['close-notify', 'truncation'])
    .optional()
    .describe(
      'How it ends: with an alert close_notify (default), or by closing TCP without a word.',
    ),
});

/** Echoes over TLS, and says of each message whether it came as early data. */
export const tlsServer = appKind({
  key: 'tls-server',
  about: 'Accepts TLS connections and sends back what arrives.',
  settings,
  needs: (given) => ({ listens: [given.port ?? DEFAULT_TLS_PORT] }),
  run(host, given) {
    const secure = serverSecurity(host, given.tls ?? {}, [], true);
    return serveEach(
      host,
      given.port ?? DEFAULT_TLS_PORT,
      (stream) => serve(host, stream, secure, given.ends ?? 'close-notify'),
      { noDelay: true },
    );
  },
});

function* serve(
  host: ProgramHost,
  stream: ByteStream,
  secure: (stream: ByteStream) => Process<TlsStream>,
  ends: 'close-notify' | 'truncation',
): Process {
  let safe: TlsStream;
  try {
    safe = yield* secure(stream);
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    host.note({
      layer: 'app',
      kind: 'handshake failed',
      text: error.message,
      stream: stream.label,
    });
    return;
  }
  for (;;) {
    const bytes = yield* safe.receive();
    if (bytes.length === 0) break;
    host.note({
      layer: 'app',
      kind: 'heard',
      text: `${bytes.length} bytes${safe.earlyBytes > 0 ? ', early: they may be a replay' : ''}.`,
      stream: stream.label,
      data: { bytes: bytes.length, early: safe.earlyBytes },
    });
    yield* safe.sendAll(bytes);
    if (ends === 'truncation') {
      stream.close();
      return;
    }
  }
  safe.close();
}
