import {
  CallError,
  concatBytes,
  ConnectionError,
  ms,
  patternPayload,
  seconds,
  TimeoutError,
  utf8Text,
  type ByteStream,
  type Process,
} from '@tcplab/core';
import { describe, expect, test } from 'vitest';
import { MemoryNetwork, type MemoryHost } from './memory-host.ts';

function* echo(host: MemoryHost, port: number): Process {
  const stream = yield* host.listen(port).accept();
  for (;;) {
    const bytes = yield* stream.receive();
    if (bytes.length === 0) break;
    yield* stream.sendAll(bytes);
  }
  stream.close();
}

function* readAll(stream: ByteStream): Process<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (;;) {
    const part = yield* stream.receive();
    if (part.length === 0) return concatBytes(parts);
    parts.push(part);
  }
}

describe('the in-memory network', () => {
  test('carries bytes both ways and takes its latency', () => {
    const net = new MemoryNetwork({ latency: ms(10), cut: 3 });
    net.host('server').spawn(echo(net.host('server'), 7));
    const answer = net.runProcess(net.host('client'), function* (host) {
      const stream = yield* host.connect('server', 7);
      expect(host.now()).toBe(ms(20));
      expect(stream.label).toBe('10.0.0.2:49152 → 10.0.0.1:7');
      yield* stream.sendAll('hello, world');
      stream.shutdown();
      return utf8Text(yield* readAll(stream));
    });
    expect(answer).toBe('hello, world');
    expect(net.now).toBe(ms(40));
  });

  test('delivers everything in order through a small buffer', () => {
    const net = new MemoryNetwork({ latency: ms(1), cut: 7, sendBuffer: 100 });
    net.host('server').spawn(echo(net.host('server'), 7));
    const data = patternPayload(0, 10_000);
    const answer = net.runProcess(net.host('client'), function* (host) {
      const stream = yield* host.connect('server', 7);
      host.spawn(
        (function* () {
          yield* stream.sendAll(data);
          stream.shutdown();
        })(),
      );
      const bytes = yield* readAll(stream);
      yield* stream.closed();
      return bytes;
    });
    expect(answer).toEqual(data.toBytes());
  });

  test('refuses, does not find, does not answer', () => {
    const net = new MemoryNetwork({ latency: ms(5) });
    net.host('silent').silent = true;
    net.host('server');
    const reach = (name: string, timeout?: number) => () =>
      net.runProcess(net.host('client'), (host) =>
        host.connect(name, 80, timeout === undefined ? {} : { timeout: ms(timeout) }),
      );
    expect(reach('server')).toThrow('connection refused');
    expect(reach('nowhere')).toThrow('name not found');
    expect(reach('silent', 500)).toThrow(TimeoutError);
    expect(reach('silent')).toThrow('connection timed out');
  });

  test('a reset reaches the peer, a close with unread bytes is a reset', () => {
    const net = new MemoryNetwork({ latency: ms(5) });
    const [left, right] = net.pair();
    left.abort();
    net.run();
    expect(left.failure?.reason).toBe('connection aborted');
    expect(right.failure?.reason).toBe('connection reset');
    expect(() => net.runProcess(net.host('h'), () => right.receive())).toThrow(ConnectionError);

    const [one, other] = net.pair();
    other.trySend(patternPayload(0, 5));
    net.run();
    one.close();
    net.run();
    expect(other.failure?.reason).toBe('connection reset');
    expect(() => one.trySend(patternPayload(0, 5))).toThrow(CallError);
  });

  test('tasks are joined, cancelled with their finally blocks, and never fail unseen', () => {
    const net = new MemoryNetwork();
    const host = net.host('h');
    const said: string[] = [];
    const task = host.spawn(
      (function* () {
        try {
          yield* host.sleep(seconds(10));
        } finally {
          yield* host.sleep(seconds(1));
          said.push(`cleaned at ${host.now()}`);
        }
      })(),
    );
    net.run(seconds(2));
    task.cancel();
    net.run();
    expect(said).toEqual([`cleaned at ${seconds(3)}`]);
    expect(task.done).toBe(true);

    host.spawn(
      // oxlint-disable-next-line require-yield
      (function* (): Process {
        throw new Error('unseen');
      })(),
    );
    expect(() => net.run()).toThrow('unseen');
  });

  test('gives every name its own repeating randomness', () => {
    const first = new MemoryNetwork({ seed: 7 }).host('h').random('ids').bytes(16);
    const again = new MemoryNetwork({ seed: 7 }).host('h').random('ids').bytes(16);
    const other = new MemoryNetwork({ seed: 8 }).host('h').random('ids').bytes(16);
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });
});
