import { MemoryNetwork } from '../../../../test/support/memory-host.ts';
import { CallError, ms, seconds, type ByteStream, type Process } from '@tcplab/core';
import {
  openWebSocket,
  PLAIN_AGREEMENT,
  WebSocketConnection,
  webSocketMachine,
  type WebSocket,
  type WebSocketOptions,
} from '@tcplab/core/websocket';
import { describeMachine } from '@tcplab/core';
import { describe, expect, test } from 'vitest';
import { countingRandom } from './ends.ts';

interface World {
  readonly net: MemoryNetwork;
  readonly client: WebSocket;
  readonly server: WebSocket;
  readonly streams: readonly [ByteStream, ByteStream];
}

/** A client and a server on the two ends of a connection whose handshake is over. */
function world(options: WebSocketOptions = {}, serverOptions = options): World {
  const net = new MemoryNetwork({ latency: ms(10), cut: 1_000 });
  const streams = net.pair();
  const open = (role: 'client' | 'server', end: ByteStream, own: WebSocketOptions): WebSocket => {
    const connection = new WebSocketConnection(role, countingRandom(), own);
    return openWebSocket(net.host(role), end, { connection, agreement: PLAIN_AGREEMENT });
  };
  return {
    net,
    client: open('client', streams[0], options),
    server: open('server', streams[1], serverOptions),
    streams,
  };
}

function run<T>({ net }: World, program: () => Process<T>): T {
  return net.runProcess(net.host('test'), program);
}

function* echo(socket: WebSocket): Process {
  for (;;) {
    const message = yield* socket.receive();
    if (message.kind === 'closed') return;
    yield* socket.send(message.kind === 'text' ? message.text : message.bytes);
  }
}

describe('programs', () => {
  test('an echo of texts and octets, then a close that both see as clean', () => {
    const here = world();
    here.net.host('server').spawn(echo(here.server));
    run(here, function* () {
      yield* here.client.send('κόσμε');
      yield* here.client.send(new Uint8Array(100_000).fill(7));
      expect(yield* here.client.receive()).toEqual({ kind: 'text', text: 'κόσμε' });
      const second = yield* here.client.receive();
      expect(second).toEqual({ kind: 'binary', bytes: new Uint8Array(100_000).fill(7) });
      const info = yield* here.client.close(1000, 'done');
      expect(info).toMatchObject({ code: 1000, clean: true });
      expect(here.server.closeInfo).toMatchObject({ code: 1000, reason: 'done', clean: true });
    });
  });

  test('pings are answered while the program does something else', () => {
    const here = world({}, { pingInterval: seconds(1), pongTimeout: seconds(1) });
    run(here, function* () {
      yield* here.net.host('test').sleep(seconds(30));
      expect(here.client.state).toBe('OPEN');
      expect(here.server.state).toBe('OPEN');
      yield* here.client.close();
    });
  });

  test('WS-P02: a peer that falls silent is noticed, and its program told', () => {
    const net = new MemoryNetwork({ latency: ms(10) });
    // The server's end of the stream is never served: its octets are read by nobody.
    const [left, right] = net.pair();
    const connection = new WebSocketConnection('client', countingRandom(), {
      pingInterval: seconds(1),
      pongTimeout: seconds(2),
    });
    const socket = openWebSocket(net.host('lonely'), left, {
      connection,
      agreement: PLAIN_AGREEMENT,
    });
    net.runProcess(net.host('test'), function* (): Process {
      const end = yield* socket.receive();
      expect(end).toMatchObject({ kind: 'closed', code: 1006, cause: { rule: { id: 'WS-P02' } } });
      expect(net.now).toBe(seconds(3));
    });
    net.run();
    expect(right.failure?.reason).toBe('connection reset');
  });

  test('WS-C06: a stream that is reset ends the receiving with 1006; sending fails', () => {
    const here = world();
    here.streams[1].abort();
    run(here, function* () {
      const end = yield* here.client.receive();
      expect(end).toMatchObject({ kind: 'closed', code: 1006, clean: false });
      expect(yield* here.client.receive()).toEqual(end);
      expect(() => here.client.send('x').next()).toThrow(CallError);
    });
  });

  test('a receiver that does not receive makes the sender wait: back-pressure', () => {
    const here = world();
    let sent = 0;
    here.net.host('client').spawn(
      (function* (): Process {
        for (; sent < 100; sent += 1) yield* here.client.send(new Uint8Array(100_000));
      })(),
    );
    run(here, function* () {
      yield* here.net.host('test').sleep(seconds(60));
      expect(sent).toBeLessThan(40);
      for (let i = 0; i < 100; i += 1) {
        expect(yield* here.server.receive()).toMatchObject({ kind: 'binary' });
      }
      yield* here.client.close();
    });
  });

  test('frames and the end are noted in the lane `ws`', () => {
    const here = world();
    run(here, function* () {
      yield* here.client.send('note me');
      yield* here.server.receive();
      yield* here.client.close();
    });
    here.net.run();
    const kinds = here.net.notes.filter((note) => note.layer === 'ws').map((note) => note.kind);
    expect(kinds.filter((kind) => kind === 'open').length).toBe(2);
    expect(kinds.filter((kind) => kind === 'frame sent').length).toBe(3);
    expect(kinds.filter((kind) => kind === 'frame received').length).toBe(3);
    expect(kinds.filter((kind) => kind === 'closed').length).toBe(2);
  });
});

test('RFC 6455 §7: the machine reaches CLOSED from every state, and every arrow cites its section', () => {
  const { states, arrows } = describeMachine(webSocketMachine);
  const ends = new Set(['CLOSED']);
  for (let i = 0; i < states.length; i += 1) {
    for (const arrow of arrows) if (ends.has(arrow.to)) ends.add(arrow.from);
  }
  expect([...ends].sort()).toEqual([...states].sort());
  expect(arrows.filter((arrow) => arrow.rfc === undefined)).toEqual([]);
});
