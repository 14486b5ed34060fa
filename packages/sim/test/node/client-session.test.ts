/** Our client session against Node's own HTTP server, and Node's own client against our sessions. */
import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { ms, patternPayload, type Process } from '@tcplab/core';
import { route, serveHttp } from '@tcplab/core/http';
import { Connector, ServerSessions, withSession, type ClientSession } from '@tcplab/core/session';
import { NodeProgramHost } from '@tcplab/sim/node';

const cleanUp: (() => void)[] = [];

afterEach(() => {
  for (const each of cleanUp.splice(0)) each();
});

interface Peer {
  readonly url: string;
  readonly server: Server;
  connections: number;
}

/** Node's server with a few answers. */
async function nodeServer(): Promise<Peer> {
  const server = createServer((incoming, response) => {
    const { url } = incoming;
    if (url === '/chunked') {
      response.write('one ');
      setImmediate(() => response.end('two'));
    } else if (url === '/gzip') {
      response.writeHead(200, { 'Content-Encoding': 'gzip' });
      response.end(gzipSync('zipped'));
    } else if (url === '/moved') {
      response.writeHead(302, { Location: '/echo', 'Set-Cookie': 'seen=yes; Path=/' });
      response.end();
    } else if (url === '/close') {
      response.writeHead(200, { Connection: 'close' });
      response.end('bye');
    } else if (url === '/none') {
      response.writeHead(204);
      response.end();
    } else echo(incoming, (text) => response.end(text));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const peer: Peer = { url: `http://127.0.0.1:${port}`, server, connections: 0 };
  server.on('connection', () => (peer.connections += 1));
  cleanUp.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return peer;
}

/** Method, cookie and content, as the server understood them. */
function echo(incoming: IncomingMessage, answer: (text: string) => void): void {
  const parts: Buffer[] = [];
  incoming.on('data', (part: Buffer) => parts.push(part));
  incoming.on('end', () => {
    const content = Buffer.concat(parts);
    const shown = content.length > 100 ? `${content.length} octets` : content.toString();
    answer(`${incoming.method} ${incoming.headers.cookie ?? 'no cookie'} ${shown}`);
  });
}

function run<T>(program: (session: ClientSession) => Process<T>): Promise<T> {
  const host = new NodeProgramHost();
  cleanUp.push(() => host.close());
  return host.run(withSession(host, { timeout: { total: ms(20_000) } }, program));
}

describe('our client with Node’s server', () => {
  test('many requests of all kinds over one connection', async () => {
    const peer = await nodeServer();
    const answers = await run(function* (session) {
      const text = function* (process: ReturnType<ClientSession['get']>): Process<string> {
        return yield* (yield* process).text();
      };
      const { url } = peer;
      const seen = [
        yield* text(session.get(`${url}/chunked`)),
        yield* text(session.get(`${url}/gzip`)),
        yield* text(session.get(`${url}/moved`)),
        yield* text(session.get(`${url}/none`)),
        yield* text(session.head(`${url}/echo`)),
        yield* text(session.post(`${url}/echo`, { data: { a: '1' } })),
        yield* text(session.put(`${url}/echo`, { json: [1, 2] })),
        yield* text(session.patch(`${url}/echo`, { data: ['in ', 'chunks'] })),
        yield* text(session.delete(`${url}/echo`, { data: 'x', expect100: true })),
        yield* text(session.post(`${url}/echo`, { data: patternPayload(0, 1_000_000) })),
      ];
      expect(session.connector.statistics).toMatchObject({ opened: 1, reused: 10 });
      return seen;
    });
    expect(answers).toEqual([
      'one two',
      'zipped',
      'GET seen=yes ',
      '',
      '',
      'POST seen=yes a=1',
      'PUT seen=yes [1,2]',
      'PATCH seen=yes in chunks',
      'DELETE seen=yes x',
      'POST seen=yes 1000000 octets',
    ]);
    expect(peer.connections).toBe(1);
  });

  test('a connection that the server ends is not used again', async () => {
    const peer = await nodeServer();
    const state = await run(function* (session) {
      for (let i = 0; i < 2; i += 1) {
        yield* (yield* session.get(`${peer.url}/close`)).read();
      }
      return session.connector.statistics.connections.map((each) => each.ended!.rule.id);
    });
    expect(state).toEqual(['SC-P08', 'SC-P08']);
    expect(peer.connections).toBe(2);
  });

  test('the server’s Keep-Alive is believed', async () => {
    const peer = await nodeServer();
    const rule = await run(function* (session) {
      peer.server.keepAliveTimeout = 1_000;
      yield* (yield* session.get(`${peer.url}/echo`)).read();
      yield* session.host.sleep(ms(100));
      return session.connector.statistics.connections[0]!.ended?.rule.id;
    });
    // One second, less a margin of one second: not kept at all.
    expect(rule).toBe('SC-P05');
  });

  test('twenty requests at once keep to the limit', async () => {
    const peer = await nodeServer();
    const host = new NodeProgramHost();
    cleanUp.push(() => host.close());
    const connector = new Connector(host, { limit: 4 });
    const count = await host.run(
      withSession(host, { connector }, function* (session) {
        const one = function* (n: number): Process<string> {
          const response = yield* session.post(`${peer.url}/echo`, { data: `n=${n}` });
          return yield* response.text();
        };
        const tasks = Array.from({ length: 20 }, (_, n) => host.spawn(one(n)));
        const seen = new Set<string>();
        for (const task of tasks) seen.add(yield* task.join());
        return seen.size;
      }),
    );
    expect(count).toBe(20);
    expect(connector.statistics.peak).toBe(4);
    expect(peer.connections).toBe(4);
  });
});

describe('Node’s client with our sessions', () => {
  test('a visitor is known again by his cookie', async () => {
    const host = new NodeProgramHost();
    cleanUp.push(() => host.close());
    const sessions = new ServerSessions();
    const counting = sessions.handler(({ session }) => {
      const count = Number(session.get('count') ?? 0) + 1;
      session.set('count', count);
      return { body: `visit ${count}` };
    });
    const server = await host.run(
      // oxlint-disable-next-line require-yield -- it opens and is done
      (function* (): Process<{ readonly port: number }> {
        return serveHttp(host, 0, { routes: [route('GET /', counting)] });
      })(),
    );
    const first = await visit(server.port);
    const cookie = first.cookie!.split(';')[0]!;
    expect(first.cookie).toMatch(/^sid=[\w-]{22}; Path=\/; HttpOnly; SameSite=Lax$/);
    expect((await visit(server.port, cookie)).text).toBe('visit 2');
    expect((await visit(server.port)).text).toBe('visit 1');
  });
});

async function visit(port: number, cookie?: string): Promise<{ text: string; cookie?: string }> {
  const headers = cookie === undefined ? {} : { Cookie: cookie };
  const asked = request({ host: '127.0.0.1', port, headers }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  let text = '';
  for await (const part of response) text += String(part);
  const set = response.headers['set-cookie']?.[0];
  return set === undefined ? { text } : { text, cookie: set };
}
