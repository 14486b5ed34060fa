/** The HTTP server application on real loopback sockets, asked by clients that others wrote. */
import { execFile } from 'node:child_process';
import { Agent, request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { seconds } from '@tcplab/core';
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
