import { latin1Text, ms, seconds, type Process } from '@tcplab/core';
import { route } from '@tcplab/core/http';
import { describe, expect, test } from 'vitest';
import { CLOSE, asking, readAll, world } from './world.ts';

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
