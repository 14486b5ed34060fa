/** The client session over our own TCP on a simulated wire: what keeping connections saves and costs. */
import { describe, expect, test } from 'vitest';
import { ms, seconds, type Micros, type Process } from '@tcplab/core';
import { route, serveHttp, type KeepAliveOptions } from '@tcplab/core/http';
import {
  ClientSession,
  Connector,
  ServerDisconnectedError,
  type ConnectorOptions,
} from '@tcplab/core/session';
import { fixedDelay, Simulation, type SimHost, type TraceRecord } from '@tcplab/sim';

const ONE_WAY = ms(40);

interface World {
  readonly sim: Simulation;
  readonly client: SimHost;
  readonly records: TraceRecord[];
  /** Packets on the wire, by direction and flags. */
  readonly count: (from: string, flags?: string) => number;
}

function world(keepAlive: KeepAliveOptions | false = {}): World {
  const records: TraceRecord[] = [];
  const sim = new Simulation({ seed: 7, sinks: [{ record: (each) => records.push(each) }] });
  const client = sim.host('client');
  const server = sim.host('server');
  sim.link(client, server, { delay: fixedDelay(ONE_WAY) });
  const routes = [route('/', () => ({ body: 'hello' }))];
  serveHttp(server, 80, { routes, keepAlive });
  const count = (from: string, flags?: string): number =>
    records.filter((each) => {
      if (each.kind !== 'send' || each.host !== from || each.packet.proto !== 'tcp') return false;
      return flags === undefined || each.packet.flags === flags;
    }).length;
  return { sim, client, records, count };
}

function* getText(session: ClientSession): Process<string> {
  return yield* (yield* session.get('http://server/')).text();
}

describe('five requests', () => {
  /** When the last answer was there. */
  function fetch({ sim, client }: World, sessions: 'one' | 'each'): Micros {
    let done = 0 as Micros;
    client.run(function* (host) {
      const kept = new ClientSession(host);
      for (let i = 0; i < 5; i += 1) {
        const session = sessions === 'one' ? kept : new ClientSession(host);
        expect(yield* getText(session)).toBe('hello');
        if (sessions === 'each') session.close();
      }
      done = host.now();
      kept.close();
    });
    sim.run();
    return done;
  }

  test('in one session share a handshake and a close', () => {
    const one = world();
    // A round trip for the handshake and one for each request.
    expect(fetch(one, 'one')).toBe(6 * 2 * ONE_WAY);
    expect([one.count('client', 'S'), one.count('server', 'SA')]).toEqual([1, 1]);
    expect(
      one.records.filter((each) => each.kind === 'note' && each.name === 'reuse'),
    ).toHaveLength(4);
  });

  test('in a session each pay for all of it five times', () => {
    const each = world();
    expect(fetch(each, 'each')).toBe(5 * 2 * 2 * ONE_WAY);
    expect([each.count('client', 'S'), each.count('server', 'SA')]).toEqual([5, 5]);
    const one = world();
    fetch(one, 'one');
    expect(one.count('client') + one.count('server')).toBeLessThan(
      (each.count('client') + each.count('server')) / 2,
    );
    const warnings = each.records.filter(
      (record) => record.kind === 'note' && record.name === 'warning',
    );
    expect(warnings.length).toBeGreaterThan(0);
  });
});

describe('the keep-alive race over TCP', () => {
  /** The second request crosses the server's FIN on the wire. */
  function race(method: string, connector: ConnectorOptions): { story: string[]; world: World } {
    const keeps = seconds(5);
    const here = world({ timeout: keeps });
    const story: string[] = [];
    here.client.run(function* (host) {
      const session = new ClientSession(host, { connector: new Connector(host, connector) });
      story.push(yield* getText(session));
      yield* host.sleep((keeps - ONE_WAY - ONE_WAY / 2) as Micros);
      try {
        const response = yield* session.request(method, 'http://server/');
        story.push(yield* response.text());
      } catch (error) {
        story.push(error instanceof ServerDisconnectedError ? 'lost' : String(error));
      }
      session.close();
    });
    here.sim.run();
    return { story, world: here };
  }

  test('a POST is lost: its segment meets a closed connection, and a reset comes back', () => {
    const { story, world } = race('POST', { honourKeepAlive: false });
    expect(story).toEqual(['hello', 'lost']);
    expect(world.count('server', 'R') + world.count('server', 'RA')).toBeGreaterThan(0);
    expect(world.count('client', 'S')).toBe(1);
  });

  test('a GET is sent once more and costs a handshake', () => {
    const { story, world } = race('GET', { honourKeepAlive: false });
    expect(story).toEqual(['hello', 'hello']);
    expect(world.count('client', 'S')).toBe(2);
  });

  test('with the server’s word believed neither is lost, and no reset is needed', () => {
    const { story, world } = race('POST', {});
    expect(story).toEqual(['hello', 'hello']);
    expect(world.count('server', 'R') + world.count('server', 'RA')).toBe(0);
  });
});
