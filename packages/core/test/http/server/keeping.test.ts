import { ms, seconds, type Process } from '@tcplab/core';
import { HttpClientRole, httpExchange, route } from '@tcplab/core/http';
import { describe, expect, test } from 'vitest';
import { CLOSE, asking, readAll, readUntil, world } from './world.ts';

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
