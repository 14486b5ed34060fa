import { ms, seconds } from '@tcplab/core';
import { httpExchange, route, serveHttp, stockRoutes } from '@tcplab/core/http';
import { describe, expect, test } from 'vitest';
import { MemoryNetwork } from '../../../../../test/support/memory-host.ts';
import { CLOSE, asking, readAll, world } from './world.ts';

describe('what goes wrong', () => {
  test('a request that breaks a rule gets its status, a page and the end', () => {
    const { say, closed, notes, server, net } = world();
    expect(say('GET / HTTP/1.1\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 400 Bad Request\r\n[^]*Connection: close\r\n\r\n400 Bad Request\nexpected a Host field/,
    );
    expect(say('GET / HTTP/3.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 505 /);
    expect(say(asking('POST /', ['Content-Length: 5'], 'he').slice(0, -3))).toMatch(/^$|408/);
    net.run();
    expect(closed().slice(0, 2)).toEqual(['protocol violation', 'protocol violation']);
    expect(notes('request refused')[0]).toContain('400: expected a Host field');
    expect(server.status.refused).toBe(3);
  });

  test('H-S06: a handler that throws makes 500, one that asks for the impossible too', () => {
    const routes = [
      route('/throws', () => {
        throw new Error('broken');
      }),
      route('/impossible', () => ({ headers: { 'Transfer-Encoding': 'gzip' }, body: 'x' })),
      route('/informs', () => ({ status: 102 })),
      route('/switches', () => ({ status: 101, headers: { Upgrade: 'x' } })),
      route('/field', () => ({ headers: { X: 'a\r\nY: z' } })),
    ];
    const { say, notes } = world({ routes });
    for (const path of ['/throws', '/impossible', '/informs', '/switches', '/field']) {
      const heard = say(asking(`GET ${path}`, CLOSE));
      expect(heard, path).toMatch(/^HTTP\/1\.1 500 /);
      expect(heard).not.toContain('broken');
    }
    expect(notes('handler failed')[0]).toBe('Error: broken');
  });

  test('a streamed answer that fails in the middle never looks complete', () => {
    const routes = [
      route('/', () => ({
        *body(write) {
          yield* write('half');
          throw new Error('broken');
        },
      })),
    ];
    const { run, closed } = world({ routes });
    const fail = (version: string) => (): unknown =>
      run(function* (host) {
        const stream = yield* host.connect('server', 80);
        return yield* httpExchange(stream, {
          version: version as '1.1',
          headers: { Host: 'server' },
        });
      });
    expect(fail('1.1')).toThrow('connection reset');
    expect(fail('1.0')).toThrow('connection reset');
    expect(closed()).toEqual(['handler failed', 'handler failed']);
  });

  test('too many connections are told so', () => {
    const { run, closed, net } = world({ maxConnections: 2 });
    const heard = run(function* (host) {
      const streams = [yield* host.connect('server', 80), yield* host.connect('server', 80)];
      const third = yield* host.connect('server', 80);
      const text = yield* readAll(third);
      for (const stream of [...streams, third]) stream.close();
      return text;
    });
    expect(heard).toMatch(/^HTTP\/1\.1 503 /);
    net.run();
    expect(closed().sort()).toEqual(['client closed', 'client closed', 'too many connections']);
  });
});

describe('the world around', () => {
  test('answers are the same however the network cuts the requests', () => {
    const text =
      asking('POST /', ['Transfer-Encoding: chunked'], '5\r\nhello\r\n0\r\n\r\n') +
      asking('GET /chunked/2') +
      asking('GET /', CLOSE);
    const whole = world().say(text);
    expect(world({}, { cut: 1 }).say(text)).toBe(whole);
    expect(world({}, { cut: 7, sendBuffer: 700 }).say(text)).toBe(whole);
  });

  test('two servers on one host take two ports, and a taken port is an error', () => {
    const net = new MemoryNetwork();
    const host = net.host('server');
    expect(serveHttp(host, 80, { routes: stockRoutes() }).port).toBe(80);
    expect(serveHttp(host, host.listen(81), { routes: [] }).port).toBe(81);
    expect(() => serveHttp(host, 80, { routes: [] })).toThrow('port in use');
  });

  test('what each connection holds can be seen', () => {
    const { run, server } = world();
    run(function* (host) {
      const idle = yield* host.connect('server', 80);
      yield* httpExchange(idle, { headers: { Host: 'server' } });
      const busy = yield* host.connect('server', 80);
      yield* busy.sendAll(asking('GET /slow/1000') + asking('GET /'));
      const halfway = yield* host.connect('server', 80);
      yield* halfway.sendAll('GET / HT');
      yield* host.sleep(ms(100));
      expect(
        server.connections.map(({ served, bufferedBytes, idle }) => [served, bufferedBytes, idle]),
      ).toEqual([
        [1, 0, true],
        [0, asking('GET /').length, false],
        [0, 8, false],
      ]);
      expect(server.connections[0]!.stream).toBe('10.0.0.1:80 → 10.0.0.2:49152');
      for (const stream of [idle, busy, halfway]) stream.abort();
      yield* host.sleep(seconds(2));
      expect(server.connections).toEqual([]);
    });
  });

  test('notes tell the story with whole numbers', () => {
    const { say, net } = world();
    say(asking('GET /', CLOSE));
    net.run();
    const http = net.notes.filter((note) => note.layer === 'http');
    expect(http.map((note) => note.kind)).toEqual([
      'connection',
      'request',
      'response',
      'connection closed',
    ]);
    expect(http.map((note) => note.data)).toEqual([
      { open: 1 },
      { method: 'GET', target: '/', number: 1, buffered: 0, headBytes: 51 },
      { status: 200, bytes: 18, headBytes: 152, requestBytes: 0, elapsedUs: 0 },
      { reason: 'client asked', served: 1, open: 0 },
    ]);
    expect(http.at(-1)!.cause?.rule.id).toBe('H-K02');
  });
});
