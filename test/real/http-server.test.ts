/** The HTTP server application on real loopback sockets, asked by clients that others wrote. */
import { execFile } from 'node:child_process';
import { Agent, request, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { latin1Text, seconds } from '@tcplab/core';
import {
  route,
  serveHttp,
  stockRoutes,
  type HttpServer,
  type HttpServerOptions,
} from '@tcplab/core/http';
import { NodeProgramHost } from '@tcplab/sim/node';
import { afterEach, describe, expect, test } from 'vitest';

const run = promisify(execFile);
const curl = await run('curl', ['--version']).then(
  () => true,
  () => false,
);

const hosts: NodeProgramHost[] = [];

afterEach(() => {
  for (const host of hosts) host.close();
  hosts.length = 0;
});

async function serve(options: Partial<HttpServerOptions> = {}): Promise<HttpServer> {
  const host = new NodeProgramHost();
  hosts.push(host);
  return host.run(
    // oxlint-disable-next-line require-yield
    (function* () {
      return serveHttp(host, 0, { routes: stockRoutes(), ...options });
    })(),
  );
}

/** Sends octets and gives all that comes until the server closes. */
async function say(port: number, text: string, end = false): Promise<string> {
  return new Promise((done) => {
    let heard = '';
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    socket.setEncoding('latin1');
    socket.on('data', (part: string) => (heard += part));
    socket.on('error', () => done(heard));
    socket.on('end', () => {
      socket.end();
      done(heard);
    });
    socket.write(text, 'latin1');
    if (end) socket.end();
  });
}

describe.skipIf(!curl)('curl (skipped where it is not installed)', () => {
  const ask = async (server: HttpServer, ...args: string[]): Promise<string> => {
    const { stdout } = await run(
      'curl',
      [
        '-sS',
        '--max-time',
        '20',
        ...args.map((arg) => arg.replace('SERVER', `http://127.0.0.1:${server.port}`)),
      ],
      { maxBuffer: 1e8 },
    );
    return stdout;
  };

  test('gets, posts, keeps its connection, heads, asks to continue, speaks 1.0', async () => {
    const server = await serve();
    expect(await ask(server, 'SERVER/')).toBe('hello from tcplab\n');
    expect((await ask(server, 'SERVER/bytes/3000000')).length).toBe(3_000_000);
    expect(await ask(server, 'SERVER/chunked/2')).toBe('chunk 1 of 2\nchunk 2 of 2\n');
    expect(await ask(server, '-d', 'ping', 'SERVER/x')).toBe('ping');
    expect(
      await ask(server, '-H', 'Expect: 100-continue', '-d', 'x'.repeat(5_000), 'SERVER/x'),
    ).toBe('x'.repeat(5_000));
    expect(await ask(server, '-H', 'Transfer-Encoding: chunked', '-d', 'ping', 'SERVER/x')).toBe(
      'ping',
    );
    expect(await ask(server, '-I', 'SERVER/bytes/7')).toContain('Content-Length: 7');
    expect(await ask(server, '-0', 'SERVER/chunked/1')).toBe('chunk 1 of 1\n');
    expect(await ask(server, '-X', 'OPTIONS', '-i', '--request-target', '*', 'SERVER')).toContain(
      'Allow: GET, HEAD, OPTIONS, POST',
    );
    const before = server.status.accepted;
    expect(await ask(server, 'SERVER/', 'SERVER/slow/5', 'SERVER/')).toBe(
      'hello from tcplab\nwaited 5 ms\nhello from tcplab\n',
    );
    expect(server.status.accepted).toBe(before + 1);
  });
});

describe('node:http and raw sockets', () => {
  test('an agent reuses connections until the request limit', async () => {
    const server = await serve({ keepAlive: { max: 10 } });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const get = async (): Promise<IncomingMessage> =>
      new Promise((done, fail) => {
        request({ port: server.port, host: '127.0.0.1', agent }, (response) => {
          response.resume();
          response.on('end', () => done(response));
        })
          .on('error', fail)
          .end();
      });
    for (let i = 0; i < 25; i += 1) expect((await get()).statusCode).toBe(200);
    agent.destroy();
    expect(server.status.accepted).toBe(3);
    expect(server.status.closed.get('request limit')).toBe(2);
  });

  test('refusals arrive, even with octets behind them, and with a client that closed its half', async () => {
    const server = await serve();
    const host = 'Host: h\r\n';
    expect(await say(server.port, `GET / HTTP/1.1\r\n\r\n${'x'.repeat(100_000)}`)).toMatch(
      /^HTTP\/1\.1 400 /,
    );
    expect(await say(server.port, `GET / HTTP/1.1\r\n${host}`, true)).toMatch(/^HTTP\/1\.1 400 /);
    expect(
      await say(server.port, `POST / HTTP/1.1\r\n${host}Content-Length: 5\r\n\r\nhe`, true),
    ).toMatch(/^HTTP\/1\.1 400 /);
    expect(await say(server.port, `GET /${'a'.repeat(100_000)} HTTP/1.1\r\n${host}\r\n`)).toMatch(
      /^HTTP\/1\.1 414 /,
    );
    expect(await say(server.port, '\u0016\u0003\u0001\u0000')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await say(server.port, `GET / HTTP/1.1\r\n${host}\r\n`, true)).toMatch(
      /^HTTP\/1\.1 200 /,
    );
  });

  test('pipelined requests are answered in order, the last with the close', async () => {
    const server = await serve();
    const ask = (path: string, close = ''): string =>
      `GET ${path} HTTP/1.1\r\nHost: h\r\n${close}\r\n`;
    const heard = await say(
      server.port,
      ask('/slow/30') + ask('/chunked/1') + ask('/', 'Connection: close\r\n'),
    );
    expect(heard).toMatch(/waited 30 ms[^]*chunk 1 of 1[^]*hello/);
    expect(server.status.requests).toBe(3);
  });

  test('an idle connection is closed, and a server that stops says so in its last answers', async () => {
    const idle = await serve({ keepAlive: { timeout: seconds(0.05) } });
    expect(await say(idle.port, 'GET / HTTP/1.1\r\nHost: h\r\n\r\n')).toContain('hello');
    expect(idle.status.closed.get('idle timeout')).toBe(1);

    const stopping: HttpServer = await serve({
      routes: [
        route('/', () => {
          stopping.close();
          return { body: 'stopping' };
        }),
      ],
    });
    const heard = await say(stopping.port, 'GET / HTTP/1.1\r\nHost: h\r\n\r\n');
    expect(heard).toMatch(/Connection: close[^]*stopping$/);
  });
});

/** A socket that collects what it hears. */
async function opened(port: number): Promise<{ readonly socket: Socket; heard: string }> {
  return new Promise((done, fail) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const client = { socket, heard: '' };
    socket.setEncoding('latin1');
    socket.on('data', (part: string) => (client.heard += part));
    socket.on('error', fail);
    socket.on('connect', () => done(client));
  });
}

/** Waits for what will be, at most ten seconds. */
async function eventually(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 1_000 && !holds(); i += 1) await setTimeout(10);
  expect(holds()).toBe(true);
}

const GET = 'GET / HTTP/1.1\r\nHost: h\r\n\r\n';

describe('clients that behave badly, or are many', () => {
  test('a handler ends with a reset, and after a while with a client that has closed', async () => {
    const server = await serve({ halfClosedTimeout: seconds(0.1) });
    const slow = GET.replace('/', '/slow/500000');
    const reset = await opened(server.port);
    reset.socket.write(slow);
    const closed = await opened(server.port);
    closed.socket.write(slow);
    await eventually(() => server.status.requests === 2);
    reset.socket.resetAndDestroy();
    closed.socket.destroy();
    await eventually(() => server.status.connections === 0);
    expect(server.status.closed.get('connection failed')).toBe(1);
    expect(server.status.closed.get('client closed')).toBe(1);
  });

  test('who sends all of a large content before it reads gets to read the refusal', async () => {
    const server = await serve();
    const { socket } = await opened(server.port);
    const size = 30_000_000;
    socket.pause();
    socket.write(`POST / HTTP/1.1\r\nHost: h\r\nContent-Length: ${size}\r\n\r\n`);
    await new Promise((done) => socket.write(Buffer.alloc(size), done));
    let heard = '';
    socket.on('data', (part: string) => (heard += part));
    socket.resume();
    await eventually(() => heard.startsWith('HTTP/1.1 413 '));
    socket.end();
  });

  test('a thousand at once are all answered', async () => {
    const server = await serve();
    const clients = await Promise.all(Array.from({ length: 1_000 }, () => opened(server.port)));
    for (const { socket } of clients) socket.write(GET);
    await eventually(() => clients.every(({ heard }) => heard.includes('hello')));
    expect(server.status.connections).toBe(1_000);
    for (const { socket } of clients) socket.destroy();
    await eventually(() => server.status.connections === 0);
  });

  test('garbage hurts nobody', async () => {
    const server = await serve({ lingerTimeout: seconds(0.05) });
    let state = 1;
    const random = (): number => {
      state = (state * 48_271) % 2_147_483_647;
      return state & 255;
    };
    for (let i = 0; i < 100; i += 1) {
      const { socket } = await opened(server.port);
      socket.on('error', () => undefined);
      const head = i % 2 === 0 ? GET.slice(0, i % GET.length) : '';
      socket.write(head + latin1Text(Uint8Array.from({ length: 500 }, random)), 'latin1');
      if (i % 3 === 0) socket.resetAndDestroy();
      else socket.end();
      socket.resume();
    }
    await eventually(() => server.status.connections === 0);
    expect(await say(server.port, GET, true)).toContain('hello');
  });

  test('small writes are not held back: fifty answers of many pieces take no time', async () => {
    const server = await serve();
    const { socket } = await opened(server.port);
    const begin = performance.now();
    for (let i = 0; i < 50; i += 1) {
      const answered = new Promise<void>((done) => {
        socket.on('data', function listen(part: string) {
          if (!part.endsWith('0\r\n\r\n')) return;
          socket.off('data', listen);
          done();
        });
      });
      socket.write(GET.replace('/', '/chunked/3'));
      await answered;
    }
    // Nagle's algorithm against delayed acknowledgments would take 40 ms each.
    expect(performance.now() - begin).toBeLessThan(1_500);
    socket.destroy();
  });
});
