import * as z from 'zod';
import {
  ConnectionError,
  TimeoutError,
  after,
  readUrl,
  us,
  within,
  type Micros,
  type Process,
  type ProgramHost,
} from '@tcplab/core';
import { ClientSession, Connector } from '@tcplab/core/session';
import { connectWebSocket } from '@tcplab/core/session/websocket';
import type { WebSocket } from '@tcplab/core/websocket';
import { closed } from '../schema/closed.ts';
import { duration, size } from '../schema/quantities.ts';
import { count } from '../schema/words.ts';
import { appKind } from './app-kind.ts';
import { ClientSecurity, clientTls } from './tls/index.ts';

const message = closed({
  at: duration.optional().describe('Not before so long after the WebSocket was opened.'),
  text: z.string().max(100_000).optional(),
  size: size.optional().describe('A binary message of so many bytes instead of a text.'),
  times: count(1, 100_000).optional().describe('Default: 1.'),
  pause: duration.optional().describe('Time between two of them.'),
});

const settings = closed({
  url: z
    .string()
    .refine(
      (text) => /^wss?:/.test(text) && 'host' in readUrl(text),
      'expected a URL, e.g. ws://server/',
    ),
  messages: z.array(message).max(1_000).optional(),
  fragment: size.optional().describe('Send messages in fragments of so many bytes.'),
  pingInterval: duration.optional().describe('Send a ping so often. Default: never.'),
  pongTimeout: duration
    .optional()
    .describe('Silence after a ping for so long ends the connection.'),
  stay: duration.optional().describe('How long it listens before it closes. Default: 1s.'),
  code: count(1_000, 4_999).optional().describe('The code it closes with. Default: 1000.'),
  tls: clientTls.optional(),
});

type Settings = z.output<typeof settings>;

const DEFAULT_STAY = us(1_000_000);

/** Opens a WebSocket, sends messages, listens, closes. */
export const webSocketClient = appKind({
  key: 'websocket-client',
  about: 'Opens a WebSocket, sends messages, listens for a while, and closes it.',
  settings,
  needs: (given) => {
    const url = readUrl(given.url);
    return { peers: 'host' in url && /^[A-Za-z][\w-]*$/.test(url.host) ? [url.host] : [] };
  },
  *run(host, given) {
    const security = new ClientSecurity(host, given.tls ?? {});
    const connector = new Connector(host, {
      secure: (stream, peer) => security.secure(stream, peer),
    });
    const session = new ClientSession(host, { connector });
    try {
      yield* talk(host, given, yield* open(session, given));
    } catch (error) {
      if (!(error instanceof ConnectionError || error instanceof TimeoutError)) throw error;
      host.note({ layer: 'app', kind: 'failure', text: `The WebSocket failed: ${error.message}.` });
    } finally {
      session.close();
    }
  },
});

function open(session: ClientSession, given: Settings): Process<WebSocket> {
  const { fragment, pingInterval, pongTimeout } = given;
  return connectWebSocket(session, given.url, {
    ...(fragment === undefined ? {} : { fragmentBytes: fragment }),
    ...(pingInterval === undefined ? {} : { pingInterval: us(pingInterval) }),
    ...(pongTimeout === undefined ? {} : { pongTimeout: us(pongTimeout) }),
  });
}

function* talk(host: ProgramHost, given: Settings, socket: WebSocket): Process {
  const opened = host.now();
  const sender = host.spawn(sendAll(host, given, socket, opened), 'messages');
  const end = after(opened, given.stay === undefined ? DEFAULT_STAY : us(given.stay));
  const heard = yield* listen(host, socket, end);
  sender.cancel();
  const info = yield* socket.close(given.code ?? 1_000);
  host.note({
    layer: 'app',
    kind: 'websocket over',
    text: `Heard ${heard.messages} messages of ${heard.bytes} bytes; closed with ${info.code}${info.clean ? '' : ', not cleanly'}.`,
    data: { messages: heard.messages, bytes: heard.bytes, code: info.code, clean: info.clean },
  });
}

function* listen(
  host: ProgramHost,
  socket: WebSocket,
  end: Micros,
): Process<{ readonly messages: number; readonly bytes: number }> {
  let messages = 0;
  let bytes = 0;
  try {
    for (;;) {
      const received = yield* within(
        socket.receive(),
        end,
        () => host.now(),
        () => new TimeoutError('stayed long enough'),
      );
      if (received.kind === 'closed') break;
      messages += 1;
      bytes += received.kind === 'text' ? received.text.length : received.bytes.length;
    }
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
  }
  return { messages, bytes };
}

function* sendAll(host: ProgramHost, given: Settings, socket: WebSocket, opened: Micros): Process {
  for (const each of given.messages ?? []) {
    const begin = after(opened, us(each.at ?? 0));
    if (begin > host.now()) yield* host.sleep(us(begin - host.now()));
    for (let i = 0; i < (each.times ?? 1); i += 1) {
      if (i > 0 && each.pause !== undefined) yield* host.sleep(us(each.pause));
      if (socket.state !== 'OPEN') return;
      yield* socket.send(
        each.size === undefined ? (each.text ?? '') : new Uint8Array(each.size).fill(65),
      );
    }
  }
}
