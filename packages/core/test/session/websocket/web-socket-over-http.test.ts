import { MemoryNetwork } from '../../../../../test/support/memory-host.ts';
import { httpExchange, route, serveHttp, type IncomingRequest } from '@tcplab/core/http';
import { ClientSession } from '@tcplab/core/session';
import {
  chatRoom,
  connectWebSocket,
  echoWebSocket,
  serveWebSocket,
  WebSocketRefused,
  webSocketRoute,
} from '@tcplab/core/session/websocket';
import { ms, type Process } from '@tcplab/core';
import type { WebSocket } from '@tcplab/core/websocket';
import { describe, expect, test } from 'vitest';

/** A session of the client's host; what the program leaves behind is closed. */
function inSession<T>(net: MemoryNetwork, program: (session: ClientSession) => Process<T>): T {
  return net.runProcess(net.host('client'), function* (host) {
    const session = new ClientSession(host);
    try {
      return yield* program(session);
    } finally {
      session.close();
    }
  });
}

function network(): MemoryNetwork {
  return new MemoryNetwork({ latency: ms(10) });
}

function* text(socket: WebSocket): Process<string> {
  const message = yield* socket.receive();
  return message.kind === 'text' ? message.text : message.kind;
}

/** What a process throws. */
function* caught(process: Process<unknown>): Process<unknown> {
  try {
    yield* process;
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}

describe('an echo server', () => {
  test('opens over HTTP, echoes, agrees on a subprotocol, compresses, and closes in order', () => {
    const net = network();
    serveWebSocket(net.host('server'), 80, echoWebSocket, { protocols: ['echo', 'other'] });
    inSession(net, function* (session) {
      const socket = yield* connectWebSocket(session, 'ws://server/any?path', {
        protocols: ['other', 'echo'],
        deflate: true,
      });
      expect(socket.protocol).toBe('echo');
      expect(socket.compressed).toBe(true);
      yield* socket.send('hello '.repeat(1_000));
      expect(yield* text(socket)).toBe('hello '.repeat(1_000));
      expect(yield* socket.close(1000)).toMatchObject({ code: 1000, clean: true });
    });
  });

  test('a message behind the handshake in the same segment is not lost', () => {
    const net = network();
    serveWebSocket(net.host('server'), 80, function* (socket) {
      yield* socket.send('first');
      yield* socket.send('second');
    });
    inSession(net, function* (session) {
      const socket = yield* connectWebSocket(session, 'ws://server/');
      expect(yield* text(socket)).toBe('first');
      expect(yield* text(socket)).toBe('second');
      expect(yield* socket.receive()).toMatchObject({ kind: 'closed', code: 1000, clean: true });
    });
  });
});

test('a chat: what one says, all hear; who left hears no more', () => {
  const net = network();
  serveWebSocket(net.host('server'), 80, chatRoom());
  inSession(net, function* (session) {
    const ann = yield* connectWebSocket(session, 'ws://server/room');
    const bob = yield* connectWebSocket(session, 'ws://server/room');
    yield* ann.send('hi');
    expect(yield* text(ann)).toBe('hi');
    expect(yield* text(bob)).toBe('hi');
    yield* bob.close();
    yield* ann.send('bob?');
    expect(yield* text(ann)).toBe('bob?');
    yield* ann.close();
  });
});

describe('one port for pages and sockets', () => {
  const serve = (net: MemoryNetwork) =>
    serveHttp(net.host('server'), 80, {
      routes: [
        route('GET /', () => ({ body: 'a page' })),
        webSocketRoute('/socket', function* (socket, request: IncomingRequest) {
          yield* socket.send(`cookie ${request.headers.get('cookie') ?? 'none'}`);
        }),
        webSocketRoute('/broken', () => {
          throw new Error('the handler has a fault');
        }),
      ],
    });

  test('the session’s cookies go with the handshake', () => {
    const net = network();
    serve(net);
    net.runProcess(net.host('client'), function* (host) {
      const session = new ClientSession(host, { cookies: { sid: '42' } });
      const socket = yield* connectWebSocket(session, 'ws://server/socket');
      expect(yield* text(socket)).toBe('cookie sid=42');
      yield* socket.close();
      session.close();
    });
  });

  test('WS-H05: a page is no WebSocket: the client says so, and that with its status', () => {
    const net = network();
    serve(net);
    inSession(net, function* (session) {
      const failure = yield* caught(connectWebSocket(session, 'ws://server/'));
      expect(failure).toBeInstanceOf(WebSocketRefused);
      expect(failure).toMatchObject({ status: 200, cause: { rule: { id: 'WS-H05' } } });
      const missing = yield* caught(connectWebSocket(session, 'ws://server/none'));
      expect(missing).toMatchObject({ status: 404 });
    });
  });

  test('WS-H01, WS-H03: a request without the right fields gets its status and what would help', () => {
    const net = network();
    serve(net);
    net.runProcess(net.host('client'), function* (host) {
      const ask = function* (headers: readonly (readonly [string, string])[]) {
        const stream = yield* host.connect('server', 80);
        const response = yield* httpExchange(stream, {
          target: '/socket',
          headers: [['Host', 'server'], ...headers],
        });
        stream.close();
        return response;
      };
      const plain = yield* ask([]);
      expect(plain.status).toBe(426);
      expect(plain.headers.get('upgrade')).toBe('websocket');
      const old = yield* ask([
        ['Upgrade', 'websocket'],
        ['Connection', 'Upgrade'],
        ['Sec-WebSocket-Version', '8'],
      ]);
      expect(old.status).toBe(426);
      expect(old.headers.get('sec-websocket-version')).toBe('13');
    });
  });

  test('a handler that fails closes with 1011, and the server lives on', () => {
    const net = network();
    serve(net);
    inSession(net, function* (session) {
      const socket = yield* connectWebSocket(session, 'ws://server/broken');
      expect(yield* socket.receive()).toMatchObject({ kind: 'closed', code: 1011 });
      const response = yield* session.get('http://server/');
      expect(yield* response.text()).toBe('a page');
    });
  });

  test('a URL that is no WebSocket’s is the program’s mistake', () => {
    const net = network();
    inSession(net, function* (session) {
      for (const url of ['http://server/', 'ws://server/#part']) {
        expect(yield* caught(connectWebSocket(session, url))).toMatchObject({
          reason: 'invalid URL',
        });
      }
    });
  });
});
