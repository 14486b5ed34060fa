import { connect as netConnect, createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import {
  CallError,
  concatBytes,
  ConnectionError,
  InvariantViolation,
  ms,
  patternByte,
  patternPayload,
  seconds,
  TimeoutError,
  us,
  utf8Text,
  type ByteStream,
  type Process,
} from '@tcplab/core';
import { NodeProgramHost, type NodeHostOptions } from '@tcplab/sim/node';
import { afterEach, describe, expect, test } from 'vitest';

const hosts: NodeProgramHost[] = [];

function newHost(options: NodeHostOptions = {}): NodeProgramHost {
  const host = new NodeProgramHost(options);
  hosts.push(host);
  return host;
}

/** Runs one program on a fresh host. */
function run<T>(
  program: (host: NodeProgramHost) => Process<T>,
  options: NodeHostOptions = {},
): Promise<T> {
  const host = newHost(options);
  return host.run(program(host));
}

afterEach(() => {
  for (const host of hosts) host.close();
  hosts.length = 0;
});

function* readAll(stream: ByteStream): Process<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (;;) {
    const part = yield* stream.receive();
    if (part.length === 0) return concatBytes(parts);
    parts.push(part);
  }
}

/** Both ends of one connection. */
function* pair(host: NodeProgramHost): Process<readonly [ByteStream, ByteStream]> {
  const listener = host.listen(0);
  const client = yield* host.connect('127.0.0.1', listener.port);
  const server = yield* listener.accept();
  listener.close();
  return [client, server];
}

/** What a process throws. */
function* caught(process: Process<unknown>): Process<{ readonly reason?: string }> {
  try {
    yield* process;
  } catch (error) {
    return error as { readonly reason?: string };
  }
  throw new Error('it did not fail');
}

function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => new Error('it did not fail'),
    (error: unknown) => error,
  );
}

/** A program that fails before its first wait. */
// oxlint-disable-next-line require-yield -- that is what it is for
function* failing(error: Error): Process {
  throw error;
}

async function platformServer(onSocket: (socket: Socket) => void) {
  const server = createServer(onSocket).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

describe('streams', () => {
  test('an echo server and a client, with half-close', async () => {
    const text = await run(function* (host) {
      const listener = host.listen(0);
      const server = host.spawn(
        (function* (): Process {
          const stream = yield* listener.accept();
          yield* stream.sendAll(yield* readAll(stream));
          stream.close();
        })(),
      );
      const stream = yield* host.connect('127.0.0.1', listener.port);
      expect(stream.label).toBe(`127.0.0.1:${stream.local.port} → 127.0.0.1:${listener.port}`);
      yield* stream.sendAll('hello, world');
      stream.shutdown();
      const answer = utf8Text(yield* readAll(stream));
      expect(stream.ended).toBe(true);
      yield* stream.closed();
      yield* server.join();
      return answer;
    });
    expect(text).toBe('hello, world');
  });

  test('eight megabytes cross to a reader that begins late: back-pressure, then every byte in order', () =>
    run(function* (host) {
      const size = 8 * 1_024 * 1_024;
      const [client, server] = yield* pair(host);
      let sent = 0;
      const sender = host.spawn(
        (function* (): Process {
          for (; sent < size; sent += 65_536) yield* client.sendAll(patternPayload(sent, 65_536));
          client.close();
        })(),
      );
      yield* host.sleep(ms(100));
      expect(sent, 'the sender waits for the reader').toBeLessThan(size);
      const all = yield* readAll(server);
      yield* sender.join();
      expect(all.length).toBe(size);
      expect(all.findIndex((octet, at) => octet !== patternByte(at))).toBe(-1);
    }));

  test('receiveExactly waits for all of it, and gives less at the end of the stream', () =>
    run(function* (host) {
      const [client, server] = yield* pair(host);
      host.spawn(
        (function* (): Process {
          yield* client.sendAll('ab');
          yield* host.sleep(ms(5));
          yield* client.sendAll('cdef');
          client.close();
        })(),
      );
      expect(utf8Text(yield* server.receiveExactly(4))).toBe('abcd');
      expect(utf8Text(yield* server.receiveExactly(4))).toBe('ef');
    }));

  test('a socket of the platform may call our listener', () =>
    run(function* (host) {
      const listener = host.listen(0);
      netConnect(listener.port, '127.0.0.1').end('over');
      const stream = yield* listener.accept();
      expect(utf8Text(yield* readAll(stream))).toBe('over');
      stream.close();
    }));

  test('abort is seen by the peer as `connection reset`', () =>
    run(function* (host) {
      const [client, server] = yield* pair(host);
      client.abort();
      expect(client.failure?.reason).toBe('connection aborted');
      const failure = yield* caught(server.receive());
      expect(failure).toBeInstanceOf(ConnectionError);
      expect(failure.reason).toBe('connection reset');
      yield* server.closed();
      yield* client.closed();
    }));

  test('abort after shutdown lets go of the socket, whatever the peer does', () =>
    run(function* (host) {
      const [client, server] = yield* pair(host);
      client.shutdown();
      client.abort();
      yield* client.closed();
      expect((yield* server.receive()).length).toBe(0);
      server.abort();
      yield* server.closed();
    }));

  test('after shutdown nothing more can be sent, in the words of RFC 9293 §3.10.2', () =>
    run(function* (host) {
      const [client] = yield* pair(host);
      client.shutdown();
      const failure = yield* caught(client.sendAll('more'));
      expect(failure).toBeInstanceOf(CallError);
      expect(failure.reason).toBe('connection closing');
    }));

  test('close delivers what was queued, even a megabyte, and may be called twice', () =>
    run(function* (host) {
      const [client, server] = yield* pair(host);
      host.spawn(
        (function* (): Process {
          yield* client.sendAll(patternPayload(0, 1_048_576));
          client.close();
          client.close();
        })(),
      );
      expect((yield* readAll(server)).length).toBe(1_048_576);
      server.close();
      yield* server.closed();
    }));
});

describe('connecting', () => {
  test('a port where nobody listens: `connection refused`', () =>
    run(function* (host) {
      const listener = host.listen(0);
      const { port } = listener;
      listener.close();
      yield* host.sleep(ms(5));
      expect((yield* caught(host.connect('127.0.0.1', port))).reason).toBe('connection refused');
    }));

  test('a name that nobody has: `name not found`', () =>
    run(function* (host) {
      const failure = yield* caught(host.resolve('no-such-name.invalid'));
      expect(failure).toBeInstanceOf(ConnectionError);
      expect(failure.reason).toBe('name not found');
    }));

  test('names of a scenario stand for addresses of this machine', () =>
    run(
      function* (host) {
        expect(yield* host.resolve('server')).toEqual(['127.0.0.1']);
        const listener = host.listen(0);
        const stream = yield* host.connect('server', listener.port);
        expect(stream.remote).toEqual({ address: '127.0.0.1', port: listener.port });
      },
      { names: { server: '127.0.0.1' } },
    ));

  test('a deadline that has passed ends the attempt with TimeoutError', () =>
    run(function* (host) {
      const failure = yield* caught(host.connect('127.0.0.1', 9, { timeout: ms(0) }));
      expect(failure).toBeInstanceOf(TimeoutError);
    }));
});

describe('listening', () => {
  test('a taken port is told by accept as `address in use`', () =>
    run(function* (host) {
      const first = host.listen(0);
      const second = host.listen(first.port);
      expect((yield* caught(second.accept())).reason).toBe('address in use');
    }));

  test('close ends a waiting accept with `listener closed`; accepted connections live on', () =>
    run(function* (host) {
      const listener = host.listen(0);
      const client = yield* host.connect('127.0.0.1', listener.port);
      const server = yield* listener.accept();
      const waiting = host.spawn(caught(listener.accept()));
      yield* host.sleep(ms(1));
      listener.close();
      expect((yield* waiting.join()).reason).toBe('listener closed');
      yield* client.sendAll('alive');
      expect(utf8Text(yield* server.receive())).toBe('alive');
    }));

  test('listen(0) gives another port each time, in reserve or not', () =>
    run(
      function* (host) {
        const ports = new Set<number>();
        for (let i = 0; i < 12; i += 1) {
          const listener = host.listen(0);
          yield* listener.listening();
          ports.add(listener.port);
        }
        expect(ports.size).toBe(12);
      },
      { readyPorts: 2 },
    ));
});

describe('time and ends', () => {
  test('sleep lasts at least as long as asked, and now() never goes back', () =>
    run(function* (host) {
      let before = host.now();
      yield* host.sleep(ms(20));
      expect(host.now() - before).toBeGreaterThanOrEqual(20_000);
      for (let i = 0; i < 1_000; i += 1) {
        const now = host.now();
        expect(now).toBeGreaterThanOrEqual(before);
        before = now;
      }
    }));

  test('run rejects with what the program threw', async () => {
    const failure = await failureOf(run(() => failing(new CallError('connection closing'))));
    expect((failure as CallError).reason).toBe('connection closing');
  });

  test('a failure that nobody joins is told to the owner of the host', async () => {
    const failures: string[] = [];
    const onFailure = (error: unknown, task: string) =>
      failures.push(`${task}: ${(error as Error).message}`);
    await run(
      function* (host) {
        host.spawn(failing(new Error('lost')), 'child');
        yield* host.sleep(ms(1));
      },
      { onFailure },
    );
    expect(failures).toEqual(['child: lost']);
  });

  test('a broken invariant in any process ends the run with it', async () => {
    const failure = await failureOf(
      run(function* (host) {
        host.spawn(failing(new InvariantViolation('impossible')));
        yield* host.sleep(seconds(1_000));
      }),
    );
    expect(failure).toBeInstanceOf(InvariantViolation);
  });

  test('close cancels every process with its finally blocks and resets what is open', async () => {
    const host = newHost();
    const said: string[] = [];
    let reset: (code: string | undefined) => void;
    const peerSaw = new Promise<string | undefined>((resolve) => (reset = resolve));
    const { server, port } = await platformServer((socket) => {
      socket.on('error', (error: NodeJS.ErrnoException) => reset(error.code));
      socket.resume();
      setImmediate(() => host.close());
    });
    const failure = await failureOf(
      host.run(
        (function* (): Process {
          const stream = yield* host.connect('127.0.0.1', port);
          try {
            yield* stream.receive();
          } finally {
            said.push('cleaned up');
          }
        })(),
      ),
    );
    expect((failure as CallError).reason).toBe('task cancelled');
    expect(await peerSaw).toBe('ECONNRESET');
    expect(said).toEqual(['cleaned up']);
    expect(host.tasks).toEqual([]);
    server.close();
  });
});

test('random repeats with a seed, by name, and does not without', () => {
  const draw = (seed: number | undefined, name: string): string =>
    String(
      newHost(seed === undefined ? {} : { seed })
        .random(name)
        .bytes(16),
    );
  expect(draw(7, 'keys')).toBe(draw(7, 'keys'));
  expect(draw(7, 'keys')).not.toBe(draw(7, 'masks'));
  expect(draw(7, 'keys')).not.toBe(draw(8, 'keys'));
  expect(draw(undefined, 'keys')).not.toBe(draw(undefined, 'keys'));
});

test('end lets a closed connection deliver what is queued', async () => {
  const host = newHost();
  let got = 0;
  const { server, port } = await platformServer((socket) => {
    socket.on('data', (chunk) => (got += chunk.length)).on('end', () => socket.end());
  });
  await host.run(
    (function* (): Process {
      const stream = yield* host.connect('127.0.0.1', port);
      yield* stream.sendAll(patternPayload(0, 2_000_000));
      stream.close();
    })(),
  );
  await host.end();
  expect(got).toBe(2_000_000);
  server.close();
});

describe('datagrams', () => {
  test('a datagram and its answer, with addresses', () =>
    run(function* (host) {
      const server = host.datagram();
      const client = host.datagram();
      yield* client.sendTo('ping', '127.0.0.1', server.port);
      const got = yield* server.receiveFrom();
      expect(utf8Text(got.bytes)).toBe('ping');
      expect(got.port).toBe(client.port);
      yield* server.sendTo('pong', got.address, got.port);
      expect(utf8Text((yield* client.receiveFrom()).bytes)).toBe('pong');
    }));

  test('RFC 1122 §4.1.3.3: a connected socket hears that the port is unreachable', () =>
    run(function* (host) {
      const gone = host.datagram();
      const { port } = gone;
      gone.close();
      yield* host.sleep(ms(5));
      const client = host.datagram();
      yield* client.connect('127.0.0.1', port);
      yield* client.sendTo('anyone?', '127.0.0.1', port);
      expect((yield* caught(client.receiveFrom())).reason).toBe('connection refused');
    }));

  test('receiveFrom gives up at its deadline, and a datagram has a longest size', () =>
    run(function* (host) {
      const socket = host.datagram();
      const late = yield* caught(socket.receiveFrom(us(host.now() + 5_000)));
      expect(late).toBeInstanceOf(TimeoutError);
      const long = socket.sendTo(new Uint8Array(65_508), '127.0.0.1', 9);
      expect((yield* caught(long)).reason).toBe('datagram too long');
      socket.close();
      expect((yield* caught(socket.receiveFrom())).reason).toBe('socket closed');
    }));
});
