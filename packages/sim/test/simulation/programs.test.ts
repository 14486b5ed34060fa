/** Programs on simulated hosts, as a beginner would write them. */
import {
  CallError,
  ConnectionError,
  TimeoutError,
  ms,
  patternPayload,
  seconds,
  utf8Text,
} from '@tcplab/core';
import { Simulation, TraceMemory, fixedDelay, type SimHost, type TraceRecord } from '@tcplab/sim';
import { describe, expect, test } from 'vitest';

interface World {
  readonly sim: Simulation;
  readonly client: SimHost;
  readonly server: SimHost;
  readonly trace: TraceMemory;
}

function world(delay = 50): World {
  const trace = new TraceMemory();
  const sim = new Simulation({ seed: 1, sinks: [trace], checkInvariants: true });
  const client = sim.host('client');
  const server = sim.host('server');
  sim.link(client, server, { delay: fixedDelay(ms(delay)) });
  return { sim, client, server, trace };
}

const statesOf = (trace: TraceMemory, host: string): string[] =>
  trace.records.flatMap((record: TraceRecord) =>
    record.kind === 'state' && record.machine === 'tcp' && record.host === host
      ? [record.after]
      : [],
  );

describe('the socket API (socket, connect, sendall, recv, close)', () => {
  test('a client and a server talk; leaving the scope closes the connection', () => {
    const { sim, client, server, trace } = world();
    const heard: string[] = [];
    server.run(function* greeter(host) {
      const listener = host.listen(80);
      using socket = yield* listener.accept();
      heard.push(utf8Text(yield* socket.receive()));
      yield* socket.sendAll('hello, client');
    });
    client.run(function* asker(host) {
      using socket = yield* host.connect('server', 80);
      yield* socket.sendAll('hello, server');
      heard.push(utf8Text(yield* socket.receive()));
    });
    expect(sim.run()).toBe('idle');
    expect(heard).toEqual(['hello, server', 'hello, client']);
    expect(statesOf(trace, 'client')).toContain('ESTABLISHED');
    expect(statesOf(trace, 'client').at(-1)).toBe('CLOSED');
    expect(statesOf(trace, 'server').at(-1)).toBe('CLOSED');
  });

  test('connect takes one round trip', () => {
    const { sim, client, server } = world(50);
    server.listen(80);
    let connectedAt = 0;
    client.run(function* asker(host) {
      yield* host.connect('server', 80);
      connectedAt = host.now();
    });
    sim.run({ until: seconds(1) });
    expect(connectedAt).toBe(100_000);
  });

  test('nobody listens: connection refused', () => {
    const { sim, client } = world();
    let error: unknown;
    client.run(function* asker(host) {
      try {
        yield* host.connect('server', 81);
      } catch (caught) {
        error = caught;
      }
    });
    sim.run();
    expect(error).toBeInstanceOf(ConnectionError);
    expect((error as ConnectionError).reason).toBe('connection refused');
  });

  test('nobody answers: the time allowed runs out', () => {
    const { sim, client } = world();
    sim.linkBetween('client', 'server').cut();
    const task = client.run(function* asker(host) {
      yield* host.connect('server', 80, { timeout: seconds(2) });
    });
    sim.run({ until: seconds(10) });
    expect(task.outcome).toMatchObject({ kind: 'threw' });
    expect(sim.failures[0]?.error).toBeInstanceOf(TimeoutError);
  });

  test('an unknown name and a host without a wire are told at once', () => {
    const { sim, client } = world();
    sim.host('island');
    expect(() => client.tcp.connect('nowhere', 80)).toThrow('name not found');
    expect(() => client.tcp.connect('island', 80)).toThrow('host unreachable');
  });

  test('half-close: the server answers after the client has said it is done', () => {
    const { sim, client, server } = world();
    let total = 0;
    let answer = '';
    server.run(function* sum(host) {
      const listener = host.listen(80);
      const socket = yield* listener.accept();
      for (;;) {
        const bytes = yield* socket.receive();
        if (bytes.length === 0) break;
        total += bytes.length;
      }
      yield* socket.sendAll(`got ${total}`);
      socket.close();
    });
    client.run(function* ask(host) {
      const socket = yield* host.connect('server', 80);
      yield* socket.sendAll(patternPayload(0, 200_000));
      socket.shutdown();
      answer = utf8Text(yield* socket.receive());
      socket.close();
    });
    sim.run();
    expect(answer).toBe('got 200000');
  });

  test('a full send buffer makes sendAll wait; every byte arrives in order', () => {
    const { sim, client, server } = world(5);
    const received: Uint8Array[] = [];
    server.run(function* slow(host) {
      const listener = host.listen(80);
      const socket = yield* listener.accept();
      for (;;) {
        yield* host.sleep(ms(20));
        const bytes = yield* socket.receive(30_000);
        if (bytes.length === 0) break;
        received.push(bytes);
      }
      socket.close();
    });
    client.run(function* fast(host) {
      const socket = yield* host.connect('server', 80);
      yield* socket.sendAll(patternPayload(0, 500_000));
      socket.close();
    });
    sim.run();
    const whole = Buffer.concat(received);
    expect(whole.equals(Buffer.from(patternPayload(0, 500_000).toBytes()))).toBe(true);
  });
});

describe('hosts', () => {
  test('a crashed server resets the connection when it is back (RFC 9293 §3.5.1)', () => {
    const { sim, client, server } = world();
    server.listen(80);
    let error: unknown;
    client.run(function* asker(host) {
      const socket = yield* host.connect('server', 80);
      server.crash();
      yield* host.sleep(seconds(1));
      server.restart();
      try {
        yield* socket.sendAll('are you there?');
        yield* socket.receive();
      } catch (caught) {
        error = caught;
      }
    });
    sim.run();
    expect((error as ConnectionError).reason).toBe('connection reset');
  });

  test('a crash sends nothing, not even on behalf of programs that clean up', () => {
    const { sim, client, server, trace } = world();
    server.listen(80);
    client.run(function* tidy(host) {
      using _socket = yield* host.connect('server', 80);
      yield* host.sleep(seconds(60));
    });
    sim.run({ until: seconds(1) });
    const before = trace.records.filter(({ kind }) => kind === 'send').length;
    client.crash();
    sim.run({ until: seconds(2) });
    expect(trace.records.filter(({ kind }) => kind === 'send')).toHaveLength(before);
    expect(client.sockets.every((socket) => socket.isOver)).toBe(true);
  });

  test('the table of connections empties after TIME-WAIT', () => {
    const { sim, client, server } = world();
    server.run(function* once(host) {
      const socket = yield* host.listen(80).accept();
      yield* socket.receive();
      socket.close();
    });
    client.run(function* asker(host) {
      const socket = yield* host.connect('server', 80);
      socket.close();
    });
    sim.run({ until: seconds(2) });
    expect(client.resources).toMatchObject({ connections: 1, timeWait: 1 });
    expect(server.resources.connections).toBe(0);
    sim.run();
    expect(client.resources.connections).toBe(0);
  });

  test('a host can talk to itself', () => {
    const { sim, client } = world();
    let heard = '';
    client.run(function* listens(host) {
      const socket = yield* host.listen(80).accept();
      heard = utf8Text(yield* socket.receive());
      socket.close();
    });
    client.run(function* asks(host) {
      const socket = yield* host.connect('client', 80);
      yield* socket.sendAll('myself');
      socket.close();
    });
    sim.run();
    expect(heard).toBe('myself');
  });

  test('a datagram arrives, or its port is unreachable', () => {
    const { sim, client, server } = world();
    const heard: string[] = [];
    server.run(function* listens(host) {
      const socket = host.datagram(53);
      const { bytes, address, port } = yield* socket.receiveFrom();
      heard.push(utf8Text(bytes));
      yield* socket.sendTo('answer', address, port);
      socket.close();
    });
    client.run(function* asks(host) {
      const socket = host.datagram();
      yield* socket.connect('server', 53);
      yield* socket.sendTo('question', 'server', 53);
      heard.push(utf8Text((yield* socket.receiveFrom()).bytes));
      yield* socket.sendTo('again', 'server', 53);
      try {
        yield* socket.receiveFrom();
      } catch (error) {
        heard.push((error as ConnectionError).reason);
      }
    });
    sim.run();
    expect(heard).toEqual(['question', 'answer', 'connection refused']);
  });

  test('settings that make no sense are refused in words', () => {
    const { sim, client, server } = world();
    expect(() => sim.host('client', {})).toThrow('host already exists');
    expect(() => sim.host('x', { address: '10.0.0.1' })).toThrow('address in use');
    expect(() => sim.host('y', { address: '10.0.0.256' })).toThrow('illegal address');
    expect(() => sim.link(client, server, { delay: fixedDelay(ms(1)) })).toThrow(
      'link already exists',
    );
    expect(() => sim.link(client, client, { delay: fixedDelay(ms(1)) })).toThrow(
      'cannot be linked to itself',
    );
    expect(() => client.tcp.connect(server, 0)).toThrow(CallError);
  });
});

describe('a run', () => {
  test('the same seed gives the same trace, another seed another', () => {
    const hashOf = (seed: number): string => {
      const sim = new Simulation({ seed, sinks: [{ record: () => undefined }] });
      const client = sim.host('client');
      const server = sim.host('server');
      sim.link(client, server, { delay: { kind: 'uniform', from: ms(10), to: ms(20) } });
      server.listen(80);
      client.tcp.connect(server, 80);
      sim.run({ until: seconds(1) });
      return sim.finish().hash;
    };
    expect(hashOf(1)).toBe(hashOf(1));
    expect(hashOf(1)).not.toBe(hashOf(2));
  });

  test('a mistake in a program stops the run; a lost connection does not', () => {
    const { sim, client } = world();
    client.run(function* wrong() {
      yield { signals: [], deadline: ms(5) };
      throw new RangeError('a bug');
    });
    expect(() => sim.run()).toThrow('a bug');
  });

  test('runFor stops exactly there, runUntil when its condition holds, maxEvents when it is reached', () => {
    const { sim, client, server } = world();
    server.listen(80);
    const socket = client.tcp.connect(server, 80);
    expect(sim.runFor(ms(70))).toBe('until');
    expect(sim.now).toBe(70_000);
    sim.runUntil(() => socket.state === 'ESTABLISHED');
    expect(sim.now).toBe(100_000);
    expect(() => sim.runUntil(() => false, { within: ms(1) })).toThrow(TimeoutError);
    socket.close();
    expect(sim.run({ maxEvents: 1 })).toBe('max-events');
  });
});
