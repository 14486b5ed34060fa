import { ConnectionError, latin1Text, ms, seconds, type Process } from '@tcplab/core';
import {
  HttpClientRole,
  httpExchange,
  route,
  serveHttp,
  stockRoutes,
  type Handler,
} from '@tcplab/core/http';
import { describe, expect, test } from 'vitest';
import { MemoryNetwork } from '../../../../../test/support/memory-host.ts';
import { asking, readAll, readUntil, world } from './world.ts';

const CLOSE = ['Connection: close'];

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

describe('what keeps a connection and what closes it', () => {
  test('H-K01: Connection and Keep-Alive say how long it is kept', () => {
    const { run, notes } = world({ keepAlive: { timeout: seconds(7), max: 3 } });
    const heads = run(function* (host) {
      const stream = yield* host.connect('server', 80);
      const role = new HttpClientRole();
      const seen: string[] = [];
      for (let i = 0; i < 3; i += 1) {
        const { headers } = yield* httpExchange(stream, { headers: { Host: 'server' } }, { role });
        seen.push(`${headers.get('connection')} / ${headers.get('keep-alive')}`);
      }
      expect(role.state).toBe('must close');
      return seen;
    });
    expect(heads).toEqual([
      'keep-alive / timeout=7, max=2',
      'keep-alive / timeout=7, max=1',
      'close / undefined',
    ]);
    expect(notes('kept alive')).toEqual([
      'kept alive because nobody said close: for 7 s and 2 more requests',
      'kept alive because nobody said close: for 7 s and 1 more requests',
    ]);
  });

  test('H-K04: the request limit closes with the last response', () => {
    const { say, closed, net } = world({ keepAlive: { max: 2 } });
    const heard = say(asking('GET /') + asking('GET /') + asking('GET /'));
    expect(heard.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
    net.run();
    expect(closed()).toEqual(['request limit']);
  });

  test('H-K03: the idle timeout closes, counted from the last response', () => {
    const { run, closed } = world({ keepAlive: { timeout: seconds(3) } });
    run(function* (host) {
      const stream = yield* host.connect('server', 80);
      const role = new HttpClientRole();
      yield* httpExchange(stream, { headers: { Host: 'server' } }, { role });
      yield* host.sleep(seconds(2));
      yield* httpExchange(stream, { headers: { Host: 'server' } }, { role });
      const last = host.now();
      expect(yield* stream.receive()).toHaveLength(0);
      expect(host.now() - last).toBe(seconds(3));
    });
    expect(closed()).toEqual(['idle timeout']);
  });

  test('H-K02: a client that asks, a handler that asks, a server without keep-alive', () => {
    const asked = world();
    asked.say(asking('GET /', CLOSE));
    asked.net.run();
    expect(asked.closed()).toEqual(['client asked']);

    const handler = world({
      routes: [route('/', () => ({ headers: { Connection: 'close' }, body: 'x' }))],
    });
    handler.say(asking('GET /'));
    handler.net.run();
    expect(handler.closed()).toEqual(['handler asked']);

    const off = world({ keepAlive: false });
    off.say(asking('GET /'));
    off.net.run();
    expect(off.closed()).toEqual(['keep-alive is off']);
  });

  test('H-K01: HTTP/1.0 is closed, unless it asks to be kept', () => {
    const { say, closed, net, run } = world();
    expect(say('GET / HTTP/1.0\r\n\r\n')).toContain('Connection: close');
    expect(say('GET /chunked/2 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n')).toMatch(
      /Connection: close\r\n\r\nchunk 1 of 2\nchunk 2 of 2\n$/,
    );
    net.run();
    expect(closed()).toEqual(['no keep-alive in HTTP/1.0', 'response until close']);
    const kept = run(function* (host) {
      const stream = yield* host.connect('server', 80);
      yield* stream.sendAll('GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n');
      const text = yield* readUntil(stream, host, (host.now() + seconds(1)) as never);
      stream.abort();
      return text;
    });
    expect(kept).toContain('Connection: keep-alive');
  });

  test('H-K05: a client that closes, between requests, with its request, or by reset', () => {
    const { run, closed, net } = world();
    const ending = (text: string, abort = false): string =>
      run(function* (host) {
        const stream = yield* host.connect('server', 80);
        yield* stream.sendAll(text);
        if (abort) {
          stream.abort();
          return '';
        }
        stream.shutdown();
        return yield* readAll(stream);
      });
    expect(ending('')).toBe('');
    expect(ending(asking('GET /'))).toContain('hello');
    ending(asking('GET /slow/50'), true);
    net.run();
    expect(closed()).toEqual(['client closed', 'client closed', 'connection failed']);
  });

  test('H-K08: a server that stops answers what it has and closes what is idle', () => {
    const { net, server, closed } = world();
    net.runProcess(net.host('client'), function* (host) {
      const idle = yield* host.connect('server', 80);
      const busy = yield* host.connect('server', 80);
      yield* busy.sendAll(asking('GET /slow/1000'));
      yield* host.sleep(ms(100));
      expect(server.status.connections).toBe(2);
      server.close();
      expect(yield* readAll(idle)).toBe('');
      expect(host.now()).toBeLessThan(ms(200));
      const answer = yield* readAll(busy);
      expect(answer).toContain('Connection: close');
      expect(answer).toContain('waited 1000 ms');
      busy.close();
      idle.close();
      yield* server.closed();
    });
    expect(closed()).toEqual(['server is stopping', 'server is stopping']);
    expect(() => net.runProcess(net.host('client'), (host) => host.connect('server', 80))).toThrow(
      'refused',
    );
  });

  test('abort throws open connections away', () => {
    const { net, server } = world();
    const failure = net.runProcess(net.host('client'), function* (host) {
      const stream = yield* host.connect('server', 80);
      yield* stream.sendAll(asking('GET /slow/1000'));
      yield* host.sleep(ms(100));
      server.abort();
      yield* stream.closed();
      return stream.failure?.reason;
    });
    expect(failure).toBe('connection reset');
    expect(server.status.connections).toBe(0);
  });

  test('H-K06: a response survives octets that come after it', () => {
    const { run } = world();
    // Without lingering the late octets would be answered by a reset, and the response lost.
    const heard = run(function* (host) {
      const stream = yield* host.connect('server', 80);
      yield* stream.sendAll(asking('GET /', CLOSE));
      yield* host.sleep(ms(7));
      yield* stream.sendAll(asking('GET /late'));
      yield* host.sleep(ms(50));
      const text = yield* readAll(stream);
      stream.close();
      return text;
    });
    expect(heard).toContain('hello');
  });

  test('H-K06: lingering ends: by time and by amount', () => {
    // So near that more than the limit comes through within the time.
    const { net, server } = world({}, { latency: ms(0.1) });
    net.runProcess(net.host('client'), function* (host) {
      const silent = yield* host.connect('server', 80);
      yield* silent.sendAll(asking('GET /', CLOSE));
      yield* readAll(silent);
      expect(server.status.connections).toBe(1);
      yield* host.sleep(seconds(3));
      expect(server.status.connections).toBe(0);

      const chatty = yield* host.connect('server', 80);
      yield* chatty.sendAll(asking('GET /', CLOSE));
      yield* readAll(chatty);
      const send = function* (): Process {
        for (;;) yield* chatty.sendAll('x'.repeat(50_000));
      };
      const task = host.spawn(send());
      yield* host.sleep(seconds(1));
      expect(server.status.connections).toBe(0);
      expect(chatty.failure?.reason).toBe('connection reset');
      expect(() => {
        for (const _ of task.join());
      }).toThrow('connection reset');
    });
  });
});

describe('clients that are slow', () => {
  test('H-K07: a header that does not arrive in time gets 408', () => {
    const { run, closed, net } = world({ headerTimeout: seconds(2) });
    const heard = run(function* (host) {
      const stream = yield* host.connect('server', 80);
      const text = asking('GET /');
      // An octet every 100 ms keeps no connection alive.
      const drip = function* (): Process {
        for (const octet of text) {
          if (stream.failure !== undefined) return;
          yield* stream.sendAll(octet);
          yield* host.sleep(ms(100));
        }
      };
      const task = host.spawn(drip());
      const answer = yield* readAll(stream);
      expect(host.now()).toBe(seconds(2) + ms(20));
      task.cancel();
      return answer;
    });
    expect(heard).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n[^]*Connection: close/);
    net.run();
    expect(closed()).toEqual(['slow client']);
  });

  test('a connection that says nothing is closed without a word', () => {
    const { run, closed } = world({ headerTimeout: seconds(2) });
    expect(
      run(function* (host) {
        return yield* readAll(yield* host.connect('server', 80));
      }),
    ).toBe('');
    expect(closed()).toEqual(['idle timeout']);
  });

  test('H-K07: content that stops, or takes for ever, gets 408', () => {
    const stops = world({ bodyTimeout: seconds(1) });
    expect(stops.say(asking('POST /', ['Content-Length: 5'], 'he'))).toMatch(/^HTTP\/1\.1 408 /);

    const drips = world({ bodyTimeout: seconds(1), requestTimeout: seconds(3) });
    const heard = drips.run(function* (host) {
      const stream = yield* host.connect('server', 80);
      yield* stream.sendAll(asking('POST /', ['Content-Length: 100']));
      const drip = function* (): Process {
        for (let i = 0; i < 100 && stream.failure === undefined; i += 1) {
          yield* stream.sendAll('x');
          yield* host.sleep(ms(500));
        }
      };
      const task = host.spawn(drip());
      const answer = yield* readAll(stream);
      task.cancel();
      return answer;
    });
    expect(heard).toMatch(/^HTTP\/1\.1 408 /);
    drips.net.run();
    expect(drips.closed()).toEqual(['slow client']);
  });

  test('a client that does not read is given up', () => {
    const { net, closed } = world({ sendTimeout: seconds(5) });
    net.runProcess(net.host('client'), function* (host) {
      const stream = yield* host.connect('server', 80);
      yield* stream.sendAll(asking('GET /bytes/10000000'));
      yield* stream.closed();
      expect(stream.failure?.reason).toBe('connection reset');
    });
    expect(closed()).toEqual(['slow client']);
  });
});

describe('content', () => {
  test('H-E01: 100 is sent when the handler wants the content, and not before', () => {
    const routes = [
      route('POST /read', function* (request) {
        yield* request.host.sleep(ms(100));
        return { body: yield* request.text() };
      }),
      route('POST /refuse', () => ({ status: 403, body: 'no' })),
    ];
    const { run, closed, net } = world({ routes });
    const expecting = ['Expect: 100-continue', 'Content-Length: 5'];
    const heard = run(function* (host) {
      const stream = yield* host.connect('server', 80);
      yield* stream.sendAll(asking('POST /read', expecting));
      const start = host.now();
      expect(latin1Text(yield* stream.receive())).toBe('HTTP/1.1 100 Continue\r\n\r\n');
      expect(host.now() - start).toBe(ms(110));
      yield* stream.sendAll(`hello${asking('POST /refuse', expecting)}`);
      return yield* readAll(stream);
    });
    expect(heard).toMatch(
      /^HTTP\/1\.1 200 OK[^]*helloHTTP\/1\.1 403 Forbidden[^]*Connection: close/,
    );
    net.run();
    expect(closed()).toEqual(['content not read']);
  });

  test('content that nobody asked for is read past when it is small, and ends the connection when not', () => {
    const routes = [route('/', () => ({ body: 'ok' }))];
    const small = world({ routes });
    const twice = small.say(
      asking('POST /', ['Content-Length: 5'], 'hello') + asking('GET /', CLOSE),
    );
    expect(twice.match(/ok/g)).toHaveLength(2);

    const large = world({ routes });
    const once = large.say(
      asking('POST /', ['Content-Length: 1000000'], 'x'.repeat(1_000_000)) + asking('GET /', CLOSE),
    );
    expect(once.match(/ok/g)).toHaveLength(1);
    large.net.run();
    expect(large.closed()).toEqual(['content not read']);
  });

  test('H-B08: too much content gets 413, before it is sent or while', () => {
    const { say } = world({ maxBody: 10 });
    expect(say(asking('POST /', ['Content-Length: 11']))).toMatch(/^HTTP\/1\.1 413 /);
    expect(say(asking('POST /', ['Transfer-Encoding: chunked'], '5\r\nhello\r\n6\r\n'))).toMatch(
      /^HTTP\/1\.1 413 /,
    );
    expect(say(asking('POST /', ['Content-Length: 10', ...CLOSE], '0123456789'))).toMatch(
      /^HTTP\/1\.1 200 /,
    );
  });

  test('trailers come with the content and go with it', () => {
    const routes = [
      route('POST /', function* (request) {
        const body = yield* request.text();
        const sum = request.trailers.get('x-sum') ?? 'none';
        return {
          *body(write) {
            yield* write(body);
          },
          trailers: () => ({ 'X-Sum-Was': sum }),
        };
      }),
    ];
    const { say } = world({ routes });
    const heard = say(
      asking(
        'POST /',
        ['Transfer-Encoding: chunked', ...CLOSE],
        '2\r\nhi\r\n0\r\nX-Sum: 2\r\n\r\n',
      ),
    );
    expect(heard.endsWith('2\r\nhi\r\n0\r\nX-Sum-Was: 2\r\n\r\n')).toBe(true);
  });
});

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

describe('leaving HTTP, and over TLS', () => {
  test('H-U01: an upgrade hands the stream to the new protocol with what came early', () => {
    const routes = [
      route('GET /', () => ({
        status: 101,
        headers: { Connection: 'Upgrade', Upgrade: 'echo' },
        *upgrade(stream, trailing) {
          yield* stream.sendAll(trailing);
          for (
            let part = yield* stream.receive();
            part.length > 0;
            part = yield* stream.receive()
          ) {
            yield* stream.sendAll(part);
          }
        },
      })),
    ];
    const { run, closed } = world({ routes });
    const heard = run(function* (host) {
      const stream = yield* host.connect('server', 80);
      yield* stream.sendAll(`${asking('GET /', ['Connection: upgrade', 'Upgrade: echo'])}early`);
      yield* host.sleep(ms(100));
      yield* stream.sendAll(' and late');
      stream.shutdown();
      return yield* readAll(stream);
    });
    expect(heard).toBe(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nearly and late',
    );
    expect(closed()).toEqual(['protocol switched']);
  });

  test('H-S06: a new protocol whose program fails is cut off, the server lives on', () => {
    const routes = [
      route('/', () => ({
        status: 101,
        headers: { Connection: 'Upgrade', Upgrade: 'x' },
        // oxlint-disable-next-line require-yield
        *upgrade() {
          throw new Error('broken');
        },
      })),
    ];
    const { say, closed } = world({ routes });
    const switching = asking('GET /', ['Connection: upgrade', 'Upgrade: x']);
    expect(() => say(switching)).toThrow('connection reset');
    expect(() => say(switching)).toThrow('connection reset');
    expect(closed()).toEqual(['handler failed', 'handler failed']);
  });

  test('H-S05: Strict-Transport-Security is sent over secure connections only', () => {
    const hsts = { maxAge: 31_536_000, includeSubDomains: true };
    expect(world({ hsts }).say(asking('GET /', CLOSE))).not.toContain('Strict-Transport');
    // oxlint-disable-next-line require-yield
    const secure = function* <T>(stream: T): Process<T> {
      return stream;
    };
    expect(world({ hsts, secure }).say(asking('GET /', CLOSE))).toContain(
      'Strict-Transport-Security: max-age=31536000; includeSubDomains\r\n',
    );
  });

  test('a handshake that fails closes the connection and not the server', () => {
    let first = true;
    const secure: NonNullable<Parameters<typeof serveHttp>[2]['secure']> = function* (stream) {
      const octet = yield* stream.receiveExactly(1);
      if (first && octet[0] !== 0) {
        first = false;
        throw new ConnectionError('protocol error', 'no handshake');
      }
      return stream;
    };
    const { say, closed } = world({ secure });
    expect(say('x')).toBe('');
    expect(closed()).toEqual(['connection failed']);
    expect(say(`x${asking('GET /', CLOSE)}`)).toContain('hello');
  });

  test('H-K07: a handshake that does not end in time is cut off, whatever drips in', () => {
    const secure: NonNullable<Parameters<typeof serveHttp>[2]['secure']> = function* (stream) {
      yield* stream.receiveExactly(1_000);
      return stream;
    };
    const { run, net, closed, server } = world({ secure, headerTimeout: seconds(2) });
    run(function* (host) {
      const stream = yield* host.connect('server', 80);
      while (stream.failure === undefined) {
        yield* stream.sendAll('x');
        yield* host.sleep(ms(300));
      }
    });
    expect(net.now).toBeLessThan(seconds(2.5));
    expect(closed()).toEqual(['slow client']);
    expect(server.status.connections).toBe(0);
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
