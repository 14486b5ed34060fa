import { describe, expect, it } from 'vitest';
import {
  ConnectionError,
  ms,
  utf8Bytes,
  utf8Text,
  type ByteStream,
  type Process,
  type ProgramHost,
} from '@tcplab/core';
import { TicketKeys, tlsAccept, tlsConnect, type TlsSession } from '@tcplab/core/tls';
import { MemoryNetwork } from '../../../../test/support/memory-host.ts';
import { testRandom } from './support/random.ts';
import { clientOptions, serverOptions } from './support/world.ts';

const PORT = 443;

function* serve(
  host: ProgramHost,
  options: Partial<Parameters<typeof serverOptions>[0]>,
  talk: (stream: ByteStream) => Process,
): Process {
  const listener = host.listen(PORT);
  const stream = yield* listener.accept();
  listener.close();
  const secure = yield* tlsAccept(stream, { ...serverOptions(options), now: () => host.now() });
  yield* talk(secure);
}

function* echo(stream: ByteStream): Process {
  for (;;) {
    const bytes = yield* stream.receive();
    if (bytes.length === 0) break;
    yield* stream.sendAll(bytes);
  }
  stream.close();
}

describe('a program over a secure stream', () => {
  it.each([1, 7, 1_000_000])('reads back what it sent, the wire cut into pieces of %i', (cut) => {
    const net = new MemoryNetwork({ latency: ms(10), cut, sendBuffer: 4_000 });
    net.host('server').spawn(serve(net.host('server'), {}, echo));
    const sent = 'a line of text\n'.repeat(cut === 1 ? 50 : 5_000);
    const received = net.runProcess(net.host('client'), function* (host) {
      const stream = yield* host.connect('server', PORT);
      const secure = yield* tlsConnect(stream, {
        ...clientOptions({ serverName: 'server.example' }),
        now: () => host.now(),
        note: (note) => host.note(note),
      });
      expect(secure.established.version).toBe('TLS 1.3');
      const reader = host.spawn(readAll(secure));
      yield* secure.sendAll(sent);
      secure.shutdown();
      const text = yield* reader.join();
      secure.close();
      return text;
    });
    expect(received).toBe(sent);
    const kinds = new Set(net.notes.map((note) => `${note.layer} ${note.kind}`));
    expect([...kinds]).toEqual(
      expect.arrayContaining(['tls message', 'tls state', 'tls established', 'tls close_notify']),
    );
  });

  it('a refused certificate is an error on both sides, with the alert and the reason', () => {
    const net = new MemoryNetwork({ latency: ms(1) });
    let heard = '';
    net.host('server').spawn(
      (function* (): Process {
        try {
          yield* serve(net.host('server'), {}, echo);
        } catch (error) {
          heard = (error as ConnectionError).message;
        }
      })(),
    );
    const message = net.runProcess(net.host('client'), function* (host) {
      const stream = yield* host.connect('server', PORT);
      const options = { ...clientOptions({ serverName: 'bank.example' }), now: () => host.now() };
      try {
        yield* tlsConnect(stream, options);
      } catch (error) {
        expect(error).toBeInstanceOf(ConnectionError);
        return (error as ConnectionError).message;
      }
      return 'no error';
    });
    expect(message).toBe(
      'protocol error: bad_certificate sent: the certificate is for server.example, localhost, not for bank.example',
    );
    net.run();
    expect(heard).toContain('bad_certificate received');
  });

  it('TLS-A02: a stream that is cut off is no orderly end', () => {
    const net = new MemoryNetwork({ latency: ms(1) });
    const cut = function* (stream: ByteStream): Process {
      yield* stream.sendAll('half a');
      net.connections[0]!.server.shutdown();
    };
    net.host('server').spawn(serve(net.host('server'), {}, cut));
    const message = net.runProcess(net.host('client'), function* (host) {
      const stream = yield* host.connect('server', PORT);
      const secure = yield* tlsConnect(stream, { ...clientOptions(), now: () => host.now() });
      expect(utf8Text(yield* secure.receive())).toBe('half a');
      try {
        yield* secure.receive();
      } catch (error) {
        return (error as ConnectionError).message;
      }
      return 'no error';
    });
    expect(message).toBe('connection closed: the stream ended without close_notify');
  });

  it.each([
    ['accepted', 1_000],
    ['rejected', 0],
  ] as const)('early data is %s, and the server reads it either way', (verdict, maxEarlyData) => {
    const net = new MemoryNetwork({ latency: ms(10) });
    const options = { tickets: new TicketKeys(testRandom(5)), maxEarlyData: 1_000 };
    const sessions: TlsSession[] = [];
    const once = function* (host: ProgramHost, early?: Uint8Array): Process<string> {
      const stream = yield* host.connect('server', PORT);
      const secure = yield* tlsConnect(stream, {
        ...clientOptions(),
        now: () => host.now(),
        onSession: (session) => sessions.push(session),
        ...(early === undefined ? {} : { earlyData: early, session: sessions[0]! }),
      });
      if (early === undefined) yield* secure.sendAll('first');
      const answer = utf8Text(yield* secure.receive());
      secure.close();
      return `${answer}, early data ${secure.established.earlyData}`;
    };
    net.host('server').spawn(serve(net.host('server'), options, echo));
    expect(net.runProcess(net.host('client'), once)).toBe('first, early data none');
    net.host('server').spawn(serve(net.host('server'), { ...options, maxEarlyData }, echo));
    const early = new Uint8Array([101, 97, 114, 108, 121]);
    const second = net.runProcess(net.host('client'), (host) => once(host, early));
    expect(second).toBe(`early, early data ${verdict}`);
  });

  it('TLS-A01: a server that says close_notify in the handshake is an error, not a wait', () => {
    const net = new MemoryNetwork({ latency: ms(1) });
    net.host('server').spawn(
      (function* (host): Process {
        const stream = yield* host.listen(PORT).accept();
        yield* stream.receive();
        yield* stream.sendAll(Uint8Array.of(21, 3, 3, 0, 2, 1, 0));
        yield* stream.receive();
        stream.close();
      })(net.host('server')),
    );
    const message = net.runProcess(net.host('client'), function* (host) {
      const stream = yield* host.connect('server', PORT);
      try {
        yield* tlsConnect(stream, { ...clientOptions(), now: () => host.now() });
        return 'connected';
      } catch (error) {
        return (error as ConnectionError).message;
      }
    });
    expect(message).toBe(
      'connection closed: the peer closed the connection in the middle of the handshake',
    );
  });

  it('RFC 8446 §2.3: a server that reads early data early answers before the Finished', () => {
    const net = new MemoryNetwork({ latency: ms(10) });
    const shared = { tickets: new TicketKeys(testRandom(5)), maxEarlyData: 1_000 };
    const sessions: TlsSession[] = [];
    const heard: string[] = [];
    const accept = function* (host: ProgramHost, early: boolean): Process {
      const listener = host.listen(PORT);
      const stream = yield* listener.accept();
      listener.close();
      const options = { ...serverOptions(shared), now: () => host.now(), early };
      const secure = yield* tlsAccept(stream, options);
      const wasEstablished = secure.isEstablished;
      const text = utf8Text(yield* secure.receive());
      heard.push(`${text}, ${secure.established.earlyData}, ${wasEstablished}`);
      yield* secure.sendAll(text);
      yield* secure.receive();
      expect(secure.isEstablished).toBe(true);
      secure.close();
    };
    const ask = function* (host: ProgramHost): Process<number> {
      const began = host.now();
      const secure = yield* tlsConnect(yield* host.connect('server', PORT), {
        ...clientOptions(),
        now: () => host.now(),
        onSession: (session) => sessions.push(session),
        earlyData: utf8Bytes('hello'),
        ...(sessions.length === 0 ? {} : { session: sessions.pop()! }),
      });
      expect(utf8Text(yield* secure.receive())).toBe('hello');
      const took = host.now() - began;
      secure.close();
      return took;
    };
    const tookWhen = (early: boolean): number => {
      net.host('server').spawn(accept(net.host('server'), early));
      return net.runProcess(net.host('client'), ask);
    };
    const times = [tookWhen(true), tookWhen(false), tookWhen(true)];
    // Round trips of 20 ms: TCP, TLS, data; the same with early data that waits; TCP, data.
    expect(times.map((time) => Math.round(time / 20_000))).toEqual([3, 3, 2]);
    expect(heard).toEqual(['hello, none, true', 'hello, accepted, true', 'hello, accepted, false']);
  });

  it('a client that never finishes its handshake is an error for who read its early data', () => {
    const net = new MemoryNetwork({ latency: ms(10) });
    const tickets = new TicketKeys(testRandom(5));
    const options = { tickets, maxEarlyData: 1_000, early: true };
    const sessions: TlsSession[] = [];
    const connect = function* (
      host: ProgramHost,
      wrap: (stream: ByteStream) => ByteStream,
    ): Process {
      const secure = yield* tlsConnect(wrap(yield* host.connect('server', PORT)), {
        ...clientOptions(),
        now: () => host.now(),
        onSession: (session) => sessions.push(session),
        ...(sessions.length === 0 ? {} : { session: sessions[0]!, earlyData: utf8Bytes('early') }),
      });
      if (sessions.length === 0) yield* secure.sendAll('x');
      yield* secure.receive();
      secure.close();
    };
    net.host('server').spawn(serve(net.host('server'), options, echo));
    net.runProcess(net.host('client'), (host) => connect(host, (stream) => stream));
    let failure = '';
    net.host('server').spawn(
      (function* (): Process {
        try {
          yield* serve(net.host('server'), options, echo);
        } catch (error) {
          failure = (error as ConnectionError).message;
        }
      })(),
    );
    const broken = net.host('client').spawn(
      connect(net.host('client'), (stream) => {
        const { trySend } = stream;
        let flights = 0;
        // The second flight, with the Finished, ends in the middle.
        stream.trySend = (data) => {
          flights += 1;
          if (flights === 1) return trySend.call(stream, data);
          stream.shutdown();
          return data.length;
        };
        return stream;
      }),
    );
    net.runProcess(net.host('client'), (host) => host.sleep(ms(1_000)));
    broken.cancel();
    expect(failure).toBe('connection closed: the stream ended without close_notify');
  });
});

function* readAll(stream: ByteStream): Process<string> {
  let text = '';
  for (;;) {
    const bytes = yield* stream.receive();
    if (bytes.length === 0) return text;
    text += utf8Text(bytes);
  }
}
