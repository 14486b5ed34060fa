/** HTTP over the simulated TCP: the same programs as over any stream, with a network that loses. */
import { ms, patternPayload, seconds, utf8Text, type Process } from '@tcplab/core';
import {
  HttpClientRole,
  httpExchange,
  serveHttp,
  stockRoutes,
  type ExchangeResponse,
  type HttpServerOptions,
} from '@tcplab/core/http';
import { fixedDelay, Simulation, TraceMemory, type SimHost } from '@tcplab/sim';
import { describe, expect, test } from 'vitest';

interface World {
  readonly sim: Simulation;
  readonly client: SimHost;
  readonly server: ReturnType<typeof serveHttp>;
  readonly trace: TraceMemory;
}

function world(options: Partial<HttpServerOptions> = {}): World {
  const trace = new TraceMemory();
  const sim = new Simulation({ seed: 1, sinks: [trace], checkInvariants: true });
  const client = sim.host('client');
  const serverHost = sim.host('server');
  sim.link(client, serverHost, { delay: fixedDelay(ms(20)) });
  const server = serveHttp(serverHost, 80, { routes: stockRoutes(), ...options });
  return { sim, client, server, trace };
}

const HEADERS = { Host: 'server' };

const statesOf = (trace: TraceMemory, host: string): string[] =>
  trace.records.flatMap((record) =>
    record.kind === 'state' && record.machine === 'tcp' && record.host === host
      ? [record.after]
      : [],
  );

const reasons = (trace: TraceMemory): unknown[] =>
  trace.records.flatMap((record) =>
    record.kind === 'note' && record.name === 'connection closed' ? [record.data!['reason']] : [],
  );

describe('HTTP over TCP', () => {
  test('one connection carries many exchanges, and both ends forget it', () => {
    const { sim, client, server, trace } = world();
    const answers: ExchangeResponse[] = [];
    client.run(function* (host): Process {
      const stream = yield* host.connect('server', 80);
      const role = new HttpClientRole();
      for (const target of ['/', '/bytes/100000', '/chunked/3', '/slow/50']) {
        answers.push(yield* httpExchange(stream, { target, headers: HEADERS }, { role }));
      }
      const echo = { method: 'POST', target: '/x', headers: HEADERS, body: 'ping' };
      answers.push(yield* httpExchange(stream, echo, { role }));
      stream.close();
    });
    sim.run();
    expect(answers.map((each) => each.status)).toEqual([200, 200, 200, 200, 200]);
    expect(answers[1]!.body).toEqual(patternPayload(0, 100_000).toBytes());
    expect(answers[4]!.text).toBe('ping');
    expect(server.status).toMatchObject({ connections: 0, accepted: 1, requests: 5 });
    expect(reasons(trace)).toEqual(['client closed']);
    expect(statesOf(trace, 'client').at(-1)).toBe('CLOSED');
    expect(statesOf(trace, 'server').at(-1)).toBe('CLOSED');
  });

  test('H-K03: the idle server closes first, and so it is the one in TIME-WAIT', () => {
    const { sim, client, trace } = world({ keepAlive: { timeout: seconds(2) } });
    client.run(function* (host): Process {
      const stream = yield* host.connect('server', 80);
      yield* httpExchange(stream, { headers: HEADERS });
      expect(yield* stream.receive()).toHaveLength(0);
      stream.close();
    });
    sim.run();
    expect(reasons(trace)).toEqual(['idle timeout']);
    expect(statesOf(trace, 'server')).toContain('TIME-WAIT');
    expect(statesOf(trace, 'client')).not.toContain('TIME-WAIT');
  });

  test('H-K06: the last response survives octets that the server never reads', () => {
    const { sim, client } = world();
    let heard = '';
    client.run(function* (host): Process {
      const stream = yield* host.connect('server', 80);
      yield* stream.sendAll('GET / HTTP/1.1\r\nHost: server\r\nConnection: close\r\n\r\n');
      yield* stream.sendAll(patternPayload(0, 50_000));
      yield* host.sleep(seconds(1));
      for (let part = yield* stream.receive(); part.length > 0; part = yield* stream.receive()) {
        heard += utf8Text(part);
      }
      stream.close();
    });
    sim.run();
    expect(heard).toMatch(/^HTTP\/1\.1 200 OK[^]*hello from tcplab\n$/);
  });

  test('the race: a request meets the server’s close on the way and is answered by a reset', () => {
    const { sim, client, trace } = world({ keepAlive: { timeout: seconds(1) } });
    let outcome = '';
    client.run(function* (host): Process {
      const stream = yield* host.connect('server', 80);
      const role = new HttpClientRole();
      yield* httpExchange(stream, { headers: HEADERS }, { role });
      // The server closes one second after its response left, 20 ms before we had it.
      yield* host.sleep(ms(970));
      expect(role.reusable).toBe(true);
      try {
        yield* httpExchange(stream, { headers: HEADERS }, { role });
      } catch (error) {
        outcome = (error as Error).message;
      }
      stream.abort();
    });
    sim.run();
    expect(outcome).toMatch(/^connection (closed|reset)/);
    expect(reasons(trace)).toEqual(['idle timeout']);
    const resets = trace.records.filter(
      (record) =>
        record.kind === 'send' &&
        record.host === 'server' &&
        record.packet.flags?.includes('R') === true,
    );
    expect(resets.length).toBeGreaterThan(0);
  });
});
