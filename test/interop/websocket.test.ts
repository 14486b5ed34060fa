/** Our WebSocket against the npm package `ws`, both ways, over real sockets of the loopback. */
import { once } from 'node:events';
import { connect as netConnect, type AddressInfo } from 'node:net';
import { concatBytes, fromHex, latin1Bytes, toHex, type Process } from '@tcplab/core';
import { ClientSession } from '@tcplab/core/session';
import {
  connectWebSocket,
  echoWebSocket,
  serveWebSocket,
  type ConnectWebSocketOptions,
  type WebSocketHandler,
  type WebSocketRouteOptions,
} from '@tcplab/core/session/websocket';
import type { WebSocket } from '@tcplab/core/websocket';
import { NodeProgramHost } from '@tcplab/sim/node';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket as WsClient, WebSocketServer, type ClientOptions, type RawData } from 'ws';

const SIZES = [0, 1, 125, 126, 127, 65_535, 65_536, 1_048_576];

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

function newHost(): NodeProgramHost {
  const host = new NodeProgramHost();
  cleanUps.push(() => host.close());
  return host;
}

/** Our server; gives its port. */
function ours(
  handler: WebSocketHandler = echoWebSocket,
  options: WebSocketRouteOptions = {},
): Promise<number> {
  const host = newHost();
  return host.run(
    // oxlint-disable-next-line require-yield -- it only starts the server
    (function* () {
      return serveWebSocket(host, 0, handler, options).port;
    })(),
  );
}

/** Their client, open. */
async function theirs(port: number, options: ClientOptions = {}): Promise<WsClient> {
  const client = new WsClient(`ws://127.0.0.1:${port}/`, options);
  cleanUps.push(() => client.terminate());
  await once(client, 'open');
  return client;
}

/** What their client ends with. */
async function closeOf(client: WsClient): Promise<{ code: number; reason: string }> {
  const [code, reason] = (await once(client, 'close')) as [number, Buffer];
  return { code, reason: reason.toString() };
}

async function nextMessage(client: WsClient): Promise<{ data: RawData; binary: boolean }> {
  const [data, binary] = (await once(client, 'message')) as [RawData, boolean];
  return { data, binary };
}

/** Runs our client against their server, which echoes. */
async function withTheirServer(
  options: ConnectWebSocketOptions,
  perMessageDeflate: boolean,
  program: (socket: WebSocket, host: NodeProgramHost) => Process,
): Promise<void> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate });
  cleanUps.push(() => server.close());
  server.on('connection', (socket) => {
    socket.on('error', () => undefined);
    socket.on('message', (data, binary) => socket.send(data, { binary }));
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const host = newHost();
  await host.run(
    (function* (): Process {
      const session = new ClientSession(host);
      const socket = yield* connectWebSocket(session, `ws://127.0.0.1:${port}/echo`, options);
      yield* program(socket, host);
      session.close();
    })(),
  );
}

describe('their client, our server', () => {
  for (const perMessageDeflate of [false, true]) {
    test(`echoes every class of sizes, ${perMessageDeflate ? 'compressed' : 'plain'}`, async () => {
      const client = await theirs(await ours(), { perMessageDeflate });
      expect(client.extensions).toBe(perMessageDeflate ? 'permessage-deflate' : '');
      for (const size of SIZES) {
        const bytes = Buffer.alloc(size, 'binary payload ');
        client.send(bytes);
        const echoed = await nextMessage(client);
        expect(echoed.binary).toBe(true);
        expect(bytes.equals(echoed.data as Buffer)).toBe(true);
        client.send('é'.repeat(size >> 1));
        const text = await nextMessage(client);
        expect(text.binary).toBe(false);
        expect(String(text.data) === 'é'.repeat(size >> 1)).toBe(true);
      }
      client.close(1000, 'done');
      expect(await closeOf(client)).toEqual({ code: 1000, reason: '' });
    });
  }

  test('fragments with pings between them', async () => {
    const client = await theirs(await ours());
    const pongs: string[] = [];
    client.on('pong', (data: Buffer) => pongs.push(data.toString()));
    client.send('frag', { fin: false });
    client.ping('one');
    client.send('men', { fin: false });
    client.ping('two');
    client.send('ted', { fin: true });
    const { data } = await nextMessage(client);
    expect(String(data)).toBe('fragmented');
    expect(pongs).toEqual(['one', 'two']);
  });

  test('every code that may be sent is echoed', async () => {
    const port = await ours();
    for (const code of [1000, 1001, 1003, 1007, 1011, 1014, 3000, 4999]) {
      const client = await theirs(port);
      client.close(code, 'reason');
      expect((await closeOf(client)).code).toBe(code);
    }
  });

  test('our server may close first, and may be asked for a subprotocol', async () => {
    const port = await ours(
      function* (socket) {
        yield* socket.send(`speaks ${socket.protocol}`);
        yield* socket.close(4_001, 'enough');
      },
      { protocols: ['b', 'a'] },
    );
    const client = new WsClient(`ws://127.0.0.1:${port}/`, ['a', 'b']);
    const [message, close] = await Promise.all([nextMessage(client), closeOf(client)]);
    expect(String(message.data)).toBe('speaks b');
    expect(close).toEqual({ code: 4_001, reason: 'enough' });
  });

  test('a message above our limit ends with 1009', async () => {
    const client = await theirs(await ours(echoWebSocket, { maxMessageBytes: 1_000 }));
    client.send(Buffer.alloc(1_001));
    expect((await closeOf(client)).code).toBe(1009);
  });

  test('keep-alive: their client answers our pings', async () => {
    const port = await ours(echoWebSocket, { pingInterval: 5_000 as never });
    const client = await theirs(port);
    await once(client, 'ping');
    await once(client, 'ping');
    client.close();
    await closeOf(client);
  });
});

describe('octets that no library sends, our server', () => {
  /** Opens by hand, sends the frames, and gives all octets that come until the end. */
  async function rawAnswer(frames: string): Promise<string> {
    const socket = netConnect(await ours(), '127.0.0.1');
    const parts: Uint8Array[] = [new Uint8Array(0)];
    socket.on('data', (chunk: Buffer) => parts.push(chunk));
    const request = [
      'GET / HTTP/1.1',
      'Host: server',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version: 13',
      '',
      '',
    ].join('\r\n');
    socket.write(concatBytes([latin1Bytes(request), fromHex(frames)!]));
    await once(socket, 'end');
    socket.end();
    const answer = Buffer.concat(parts).toString('latin1');
    expect(answer).toContain('Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
    return toHex(latin1Bytes(answer.slice(answer.indexOf('\r\n\r\n') + 4)));
  }

  test('WS-F04: a frame without a mask gets 1002', async () => {
    expect(await rawAnswer('810548656c6c6f')).toMatch(/^88..03ea/);
  });

  test('WS-D01: text that is no UTF-8 gets 1007 before its frame is complete', async () => {
    expect(await rawAnswer('818500000000 61f4bf')).toMatch(/^88..03ef/);
  });

  test('WS-F01 … WS-F07: what breaks framing gets 1002, and what follows gets nothing', async () => {
    const ping = '898000000000';
    for (const frames of ['c180', '8380', '0980', '89fe', '808000000000', '82fe000100000000']) {
      const answer = await rawAnswer(frames + ping);
      expect(answer).toMatch(/^88..03ea/);
      expect(answer.length).toBe(2 * (2 + Number.parseInt(answer.slice(2, 4), 16)));
    }
  });

  test('what was right before is still answered', async () => {
    const answer = await rawAnswer('818500000000 48656c6c6f b18000000000');
    expect(answer).toMatch(/^810548656c6c6f88..03ea/);
  });
});

describe('our client, their server', () => {
  for (const deflate of [false, true, { noContextTakeover: true }]) {
    const title = deflate === false ? 'plain' : deflate === true ? 'compressed' : 'without context';
    test(`echoes every class of sizes, ${title}`, () =>
      withTheirServer({ deflate, fragmentBytes: 100_000 }, true, function* (socket) {
        expect(socket.compressed).toBe(deflate !== false);
        for (const size of SIZES) {
          const bytes = new Uint8Array(size).map((_, i) => (i * 7) >> 3);
          yield* socket.send(bytes);
          const back = yield* socket.receive();
          expect(back.kind === 'binary' && toHex(back.bytes) === toHex(bytes)).toBe(true);
          yield* socket.send('κ'.repeat(size));
          const text = yield* socket.receive();
          expect(text.kind === 'text' && text.text === 'κ'.repeat(size)).toBe(true);
        }
        expect(yield* socket.close()).toMatchObject({ code: 1000, clean: true });
      }));
  }

  test('the close code and a ping', () =>
    withTheirServer({}, false, function* (socket) {
      socket.ping(latin1Bytes('hey'));
      const info = yield* socket.close(4_999, 'because');
      expect(info).toMatchObject({ code: 4_999, clean: true });
    }));

  test('a connection that their server drops is 1006', () =>
    withTheirServer({}, false, function* (socket, host) {
      // A frame that no client may send: their server fails the connection with 1002.
      yield* host.sleep(1 as never);
      yield* socket.send('x');
      yield* socket.receive();
      socket.abort();
      expect(yield* socket.receive()).toMatchObject({ kind: 'closed', code: 1006, clean: false });
    }));
});
