import { latin1Text, ms } from '@tcplab/core';
import { HttpClientRole, httpExchange, route, type Handler } from '@tcplab/core/http';
import { describe, expect, test } from 'vitest';
import { CLOSE, asking, world } from './world.ts';

describe('the stock routes', () => {
  test('H-S01: GET / says hello, with the date of the run, and what persistence needs', () => {
    const { say } = world({ epoch: 784_111_777 });
    expect(say(asking('GET /', CLOSE))).toBe(
      [
        'HTTP/1.1 200 OK',
        'Content-Type: text/plain; charset=utf-8',
        'Content-Length: 18',
        'Date: Sun, 06 Nov 1994 08:49:37 GMT',
        'Server: tcplab',
        'Connection: close',
        '',
        'hello from tcplab\n',
      ].join('\r\n'),
    );
  });

  test('bytes, slow, chunked and echo on one connection', () => {
    const { run, server } = world();
    run(function* (host) {
      const stream = yield* host.connect('server', 80);
      const role = new HttpClientRole();
      const headers = { Host: 'server' };
      const ask = (target: string): ReturnType<typeof httpExchange> =>
        httpExchange(stream, { target, headers }, { role });
      const bytes = yield* ask('/bytes/100000');
      expect(bytes.body).toHaveLength(100_000);
      expect(bytes.text.slice(0, 65)).toBe(
        `${'abcdefghijklmnopqrstuvwxyz'.repeat(3).slice(0, 63)}\nb`,
      );
      const before = host.now();
      expect((yield* ask('/slow/250')).text).toBe('waited 250 ms\n');
      expect(host.now() - before).toBe(ms(260));
      const chunked = yield* ask('/chunked/3');
      expect(chunked.headers.get('transfer-encoding')).toBe('chunked');
      expect(chunked.text).toBe('chunk 1 of 3\nchunk 2 of 3\nchunk 3 of 3\n');
      const post = {
        method: 'POST',
        target: '/any/where?x',
        headers: { ...headers, 'Content-Type': 'text/x' },
        body: 'ping',
      };
      const echo = yield* httpExchange(stream, post, { role });
      expect([echo.text, echo.headers.get('content-type')]).toEqual(['ping', 'text/x']);
      for (const wrong of ['/bytes/x', '/bytes/-1', '/slow/99999999', '/chunked/', '/nowhere']) {
        expect((yield* ask(wrong)).status).toBe(404);
      }
    });
    expect(server.status).toMatchObject({ connections: 1, requests: 9, accepted: 1, refused: 0 });
  });

  test('a gigabyte costs no memory until somebody reads it', () => {
    const { run } = world();
    const first = run(function* (host) {
      const stream = yield* host.connect('server', 80);
      yield* stream.sendAll(asking('GET /bytes/1000000000'));
      const text = latin1Text(yield* stream.receive());
      stream.abort();
      return text;
    });
    expect(first).toContain('Content-Length: 1000000000');
  });
});

describe('methods', () => {
  test('H-S03: HEAD has the fields of GET and no content', () => {
    const { say } = world();
    const got = say(asking('GET /', CLOSE));
    const head = say(asking('HEAD /', CLOSE));
    const fields = (text: string): string[] =>
      text
        .split('\r\n\r\n')[0]!
        .split('\r\n')
        .filter((line) => !line.startsWith('Date'));
    expect(fields(head)).toEqual(fields(got));
    expect(head.endsWith('\r\n\r\n')).toBe(true);
    // The content of a streamed answer is never made for HEAD.
    expect(say(asking('HEAD /chunked/5', CLOSE))).not.toContain('chunk 1');
  });

  test('H-S04: OPTIONS tells the methods of a resource, and of the server', () => {
    const { say } = world();
    expect(say(asking('OPTIONS /', CLOSE))).toMatch(
      /^HTTP\/1\.1 204 No Content\r\nAllow: GET, HEAD, OPTIONS, POST\r\n/,
    );
    expect(say(asking('OPTIONS *', CLOSE))).toMatch(
      /^HTTP\/1\.1 204 .*\r\nAllow: GET, HEAD, OPTIONS, POST\r\n/,
    );
    expect(say(asking('OPTIONS /nowhere', CLOSE))).toMatch(/^HTTP\/1\.1 404 /);
  });

  test('H-S02, H-R03: a method that is not allowed gets 405 with Allow, an unknown one 501', () => {
    const { say } = world();
    expect(say(asking('DELETE /', CLOSE))).toMatch(
      /^HTTP\/1\.1 405 Method Not Allowed\r\nAllow: GET, HEAD, OPTIONS, POST\r\n/,
    );
    expect(say(asking('BREW /', CLOSE))).toMatch(/^HTTP\/1\.1 501 /);
    expect(say(asking('get /', CLOSE))).toMatch(/^HTTP\/1\.1 501 /);
    expect(say(asking('CONNECT server:80', CLOSE))).toMatch(/^HTTP\/1\.1 501 /);
  });
});

describe('statuses without content', () => {
  test('H-B10, H-B12: 204, 205 and 304 end with their fields', () => {
    const routes = [
      route('/:status', ({ params }) => ({ status: Number(params.get('status')) })),
      route('/full/205', () => ({ status: 205, body: 'x' })),
    ];
    const { say } = world({ routes });
    expect(say(asking('GET /204', CLOSE))).not.toMatch(/Content-Length|Transfer-Encoding/);
    expect(say(asking('GET /205', CLOSE))).toMatch(
      /^HTTP\/1\.1 205 Reset Content\r\nContent-Length: 0\r\n/,
    );
    expect(say(asking('GET /304', CLOSE))).not.toMatch(/Content-Length|Transfer-Encoding/);
    expect(say(asking('GET /full/205', CLOSE))).toMatch(/^HTTP\/1\.1 500 /);
  });

  test('H-S07: each request has one final response, and notes name the rule that it shows', () => {
    const { say, net } = world();
    say(
      asking('GET /') +
        asking('HEAD /') +
        asking('DELETE /') +
        asking('BREW /') +
        asking('OPTIONS /', CLOSE),
    );
    const rules = net.notes
      .filter(({ kind }) => kind === 'response')
      .map(({ cause }) => cause?.rule.id);
    expect(rules).toEqual(['H-S07', 'H-S03', 'H-S02', 'H-R03', 'H-S04']);
  });
});

describe('routes', () => {
  const says =
    (name: string): Handler =>
    (request) => ({ body: `${name} ${JSON.stringify([...request.params])}` });
  const routes = [
    route('/any/*', says('rest')),
    route('GET /any/:id', says('parameter')),
    route('GET /any/exact', says('exact')),
    route('GET|PUT /two/:a/of/:b', says('two')),
    route('GET /echo', (request) => ({
      body: `${request.path} ${request.authority} ${JSON.stringify([...request.parameters])}`,
    })),
  ];

  test.each([
    ['GET /any/exact', 'exact []'],
    ['GET /any/other', 'parameter [["id","other"]]'],
    ['GET /any/a%20b%2Fc', 'parameter [["id","a b/c"]]'],
    ['GET /any/a/b', 'rest [["*","a/b"]]'],
    ['DELETE /any/exact', 'rest [["*","exact"]]'],
    ['PUT /two/1/of/2', 'two [["a","1"],["b","2"]]'],
    ['GET /x/../any/%65xact', 'exact []'],
    ['GET /echo?a=1&b=x%20y+z&a=2&c', '/echo server [["a","2"],["b","x y z"],["c",""]]'],
    ['GET http://other:8080/echo', '/echo other:8080 []'],
  ])('%s', (line, said) => {
    expect(world({ routes }).say(asking(line, CLOSE)).split('\r\n\r\n')[1]).toBe(said);
  });

  test('a route that cannot be is an error at once', () => {
    for (const pattern of ['GET', 'GET x', 'G(T /', 'GET /*/x', 'GET /a b']) {
      expect(() => route(pattern, says('x'))).toThrow('invalid route');
    }
  });
});
