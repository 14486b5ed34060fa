import { ConnectionError, ms, seconds, type Process } from '@tcplab/core';
import { route, type serveHttp } from '@tcplab/core/http';
import { describe, expect, test } from 'vitest';
import { CLOSE, asking, readAll, world } from './world.ts';

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
