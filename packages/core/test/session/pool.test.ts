import { describe, expect, test } from 'vitest';
import { CallError, ms, seconds, type Micros, type Process } from '@tcplab/core';
import {
  ClientSession,
  Connector,
  withSession,
  type ClientResponse,
  type ConnectorOptions,
  type TraceConfig,
} from '@tcplab/core/session';
import { MemoryNetwork, type MemoryHost } from '../../../../test/support/memory-host.ts';
import { startServer, type Asked, type Reply } from './small-server.ts';

/** A client and a server 10 ms apart, and a program on the client. */
function world(answer: (asked: Asked) => Reply | string = () => 'hello') {
  const net = new MemoryNetwork({ latency: ms(10) });
  const client = net.host('client');
  const server = startServer(net.host('server'), answer);
  return { net, client, server };
}

function* getText(session: ClientSession, url: string): Process<string> {
  const response = yield* session.get(url);
  return yield* response.text();
}

/** The pool's decisions as `kind rule`. */
function decisions(net: MemoryNetwork): string[] {
  return net.notes
    .filter((note) => note.layer === 'pool')
    .map((note) => `${note.kind} ${note.cause!.rule.id}`);
}

function withConnector<T>(
  host: MemoryHost,
  options: ConnectorOptions,
  program: (session: ClientSession) => Process<T>,
): Process<T> {
  return withSession(host, { connector: new Connector(host, options) }, program);
}

describe('one session, many requests', () => {
  test('SC-P01, SC-P02 the first request opens a connection, the others reuse it', () => {
    const { net, client, server } = world();
    const took = net.runProcess(client, (host) =>
      withSession(host, {}, function* (session) {
        for (let i = 0; i < 3; i += 1)
          expect(yield* getText(session, 'http://server/')).toBe('hello');
        expect(session.connector.statistics).toMatchObject({
          opened: 1,
          reused: 2,
          open: 1,
          idle: 1,
        });
        return host.now();
      }),
    );
    expect(server.connections).toBe(1);
    // Name, handshake, and one round trip for each request.
    expect(took).toBe(ms(20 * 5));
    net.run();
    expect(decisions(net)).toEqual(['open SC-P01', 'reuse SC-P02', 'reuse SC-P02', 'close SC-P14']);
  });

  test('a session per request pays a handshake each time, and is told so', () => {
    const { net, client, server } = world();
    const took = net.runProcess(client, function* (host) {
      for (let i = 0; i < 3; i += 1) {
        yield* withSession(host, {}, (session) => getText(session, 'http://server/'));
      }
      return host.now();
    });
    expect(server.connections).toBe(3);
    expect(took).toBe(ms(20 * 3 * 3));
    const warnings = net.notes.filter((note) => note.kind === 'warning');
    expect(warnings.map((note) => note.cause!.rule.id)).toEqual(['SC-U01', 'SC-U01']);
  });

  test('SC-P17 forceClose says close in each request and opens a connection for each', () => {
    const { net, client, server } = world();
    net.runProcess(client, (host) =>
      withConnector(host, { forceClose: true }, function* (session) {
        for (let i = 0; i < 2; i += 1) yield* getText(session, 'http://server/');
      }),
    );
    expect(server.requests.map((asked) => asked.headers.get('connection'))).toEqual([
      'close',
      'close',
    ]);
    expect(server.connections).toBe(2);
  });

  test('SC-P08 a server that says close ends the connection', () => {
    const { net, client, server } = world(() => ({ body: 'x', headers: { Connection: 'close' } }));
    net.runProcess(client, (host) =>
      withSession(host, {}, function* (session) {
        for (let i = 0; i < 2; i += 1) yield* getText(session, 'http://server/');
      }),
    );
    expect(server.connections).toBe(2);
    expect(decisions(net)).toEqual(['open SC-P01', 'close SC-P08', 'open SC-P01', 'close SC-P08']);
  });

  test('SC-P15 a response that was not read to its end costs its connection', () => {
    const { net, client, server } = world(() => ({ pieces: ['one', 'two'], pause: ms(5) }));
    net.runProcess(client, (host) =>
      withSession(host, {}, function* (session) {
        const response = yield* session.get('http://server/');
        response.release();
        expect(response.closed).toBe(true);
        expect(yield* getText(session, 'http://server/')).toBe('onetwo');
      }),
    );
    expect(server.connections).toBe(2);
    expect(decisions(net)).toContain('close SC-P15');
  });
});

describe('how long a connection is kept', () => {
  test('SC-P04 keepAliveTimeout closes an idle connection at its moment', () => {
    const { net, client } = world();
    net.runProcess(client, (host) =>
      withConnector(host, { keepAliveTimeout: seconds(2) }, function* (session) {
        yield* getText(session, 'http://server/');
        const idleSince = host.now();
        yield* host.sleep(seconds(3));
        const [connection] = session.connector.statistics.connections;
        expect(connection).toMatchObject({ requests: 1, idle: seconds(2), state: 'closed' });
        const close = net.notes.find((note) => note.kind === 'close')!;
        expect(close.at - idleSince).toBe(seconds(2));
        expect(close.cause!.rule.id).toBe('SC-P04');
      }),
    );
  });

  test('SC-P07 maxConnectionAge ends a connection however busy it is', () => {
    const { net, client, server } = world();
    net.runProcess(client, (host) =>
      withConnector(host, { maxConnectionAge: seconds(1) }, function* (session) {
        for (let i = 0; i < 5; i += 1) {
          yield* getText(session, 'http://server/');
          yield* host.sleep(ms(300));
        }
      }),
    );
    expect(server.connections).toBe(2);
    expect(decisions(net)).toContain('close SC-P07');
  });

  test('SC-P06 maxRequestsPerConnection changes connections before the server does', () => {
    const { net, client, server } = world();
    net.runProcess(client, (host) =>
      withConnector(host, { maxRequestsPerConnection: 2 }, function* (session) {
        for (let i = 0; i < 5; i += 1) yield* getText(session, 'http://server/');
      }),
    );
    expect(server.requests.map((asked) => asked.connection)).toEqual([1, 1, 2, 2, 3]);
  });

  test('SC-P06 the server’s Keep-Alive: max is believed', () => {
    const { net, client, server } = world(({ nth }) => ({
      body: 'x',
      headers: { 'Keep-Alive': `timeout=5, max=${3 - nth}` },
    }));
    net.runProcess(client, (host) =>
      withSession(host, {}, function* (session) {
        for (let i = 0; i < 4; i += 1) yield* getText(session, 'http://server/');
      }),
    );
    expect(server.requests.map((asked) => asked.connection)).toEqual([1, 1, 1, 2]);
  });

  test('SC-P05 the server’s Keep-Alive: timeout is believed, less a margin', () => {
    const { net, client } = world(() => ({ body: 'x', headers: { 'Keep-Alive': 'timeout=5' } }));
    net.runProcess(client, (host) =>
      withSession(host, {}, function* (session) {
        yield* getText(session, 'http://server/');
        yield* host.sleep(seconds(6));
        const [connection] = session.connector.statistics.connections;
        expect(connection!.idle).toBe(seconds(4));
        expect(connection!.ended!.rule.id).toBe('SC-P05');
      }),
    );
  });

  test('SC-P09, SC-P10 the watch sees the server close, and octets that answer nothing', () => {
    const net = new MemoryNetwork({ latency: ms(10) });
    startServer(net.host('server'), () => 'x', { idleTimeout: ms(100) });
    startServer(net.host('chatty'), () => ({ body: 'x', pieces: [] }));
    const client = net.host('client');
    net.runProcess(client, (host) =>
      withSession(host, {}, function* (session) {
        yield* getText(session, 'http://server/');
        yield* host.sleep(ms(200));
        const [first] = session.connector.statistics.connections;
        expect(first!.ended!.rule.id).toBe('SC-P09');
        const response = yield* session.get('http://chatty/');
        yield* response.read();
        const { server } = net.connections.at(-1)!;
        yield* server.sendAll('HTTP/1.1 200 OK\r\n\r\n');
        yield* host.sleep(ms(20));
        expect(session.connector.statistics.connections[1]!.ended!.rule.id).toBe('SC-P10');
      }),
    );
  });
});

/** Starts n requests at once; each answer takes 100 ms. */
function* rush(
  host: MemoryHost,
  session: ClientSession,
  urls: readonly string[],
): Process<{ order: string[]; responses: ClientResponse[] }> {
  const order: string[] = [];
  const responses: ClientResponse[] = [];
  const tasks = urls.map((url) =>
    host.spawn(
      (function* (): Process {
        const response = yield* session.get(url);
        yield* response.read();
        order.push(url);
        responses.push(response);
      })(),
      url,
    ),
  );
  for (const task of tasks) yield* task.join();
  return { order, responses };
}

const slow = (): Reply => ({ body: 'x', after: ms(100) });
const urls = (count: number, host = 'server'): string[] =>
  Array.from({ length: count }, (_, i) => `http://${host}/${i}`);

describe('limits and the line', () => {
  test('SC-P03 no more connections than the limit, and who came first is served first', () => {
    const { net, client, server } = world(slow);
    net.runProcess(client, (host) =>
      withConnector(host, { limit: 2 }, function* (session) {
        const { order } = yield* rush(client, session, urls(7));
        expect(order).toEqual(urls(7));
        expect(session.connector.statistics).toMatchObject({ peak: 2, opened: 2, waited: 5 });
      }),
    );
    expect(server.peak).toBe(2);
  });

  test('limitPerHost holds back one host and not the others', () => {
    const { net, client, server } = world(slow);
    const other = startServer(net.host('other'), slow);
    net.runProcess(client, (host) =>
      withConnector(host, { limitPerHost: 1 }, function* (session) {
        const { order } = yield* rush(client, session, [...urls(3), ...urls(1, 'other')]);
        expect(order).toEqual([
          'http://server/0',
          'http://other/0',
          'http://server/1',
          'http://server/2',
        ]);
      }),
    );
    expect([server.peak, other.peak]).toEqual([1, 1]);
  });

  test('who may not be served yet keeps his rank, and the next in line goes first', () => {
    const { net, client } = world(slow);
    startServer(net.host('other'), slow);
    net.runProcess(client, (host) =>
      withConnector(host, { limit: 2, limitPerHost: 1 }, function* (session) {
        const wanted = [...urls(3), ...urls(2, 'other')];
        const { order } = yield* rush(client, session, wanted);
        expect(order.filter((url) => url.includes('server'))).toEqual(urls(3));
        expect(order.indexOf('http://other/0')).toBeLessThan(order.indexOf('http://server/1'));
      }),
    );
  });

  test('SC-P11 an idle connection to another host makes room', () => {
    const { net, client } = world();
    startServer(net.host('other'), () => 'other');
    net.runProcess(client, (host) =>
      withConnector(host, { limit: 1 }, function* (session) {
        yield* getText(session, 'http://server/');
        expect(yield* getText(session, 'http://other/')).toBe('other');
        expect(session.connector.statistics.open).toBe(1);
      }),
    );
    expect(decisions(net)).toEqual(['open SC-P01', 'close SC-P11', 'open SC-P01', 'close SC-P14']);
  });

  test('someone who gives up in the line leaves it, and his place goes to the next', () => {
    const { net, client } = world(slow);
    net.runProcess(client, (host) =>
      withConnector(host, { limit: 1 }, function* (session) {
        const first = client.spawn(getText(session, 'http://server/first'));
        const second = client.spawn(getText(session, 'http://server/second'));
        const third = client.spawn(getText(session, 'http://server/third'));
        yield* host.sleep(ms(50));
        expect(session.connector.waiting).toBe(2);
        second.cancel();
        expect(session.connector.waiting).toBe(1);
        yield* first.join();
        yield* third.join();
      }),
    );
  });

  test('many requests with small limits all come to an end, and each host’s line moves in order', () => {
    const { net, client } = world(() => ({ body: 'x', after: ms(3) }));
    startServer(net.host('other'), () => ({ body: 'x', after: ms(7) }));
    const called: string[] = [];
    const traceConfigs: TraceConfig[] = [
      { onConnectionQueuedEnd: (_, context) => called.push(String(context.traceRequestCtx)) },
    ];
    net.runProcess(client, function* (host) {
      const connector = new Connector(host, { limit: 3, limitPerHost: 2 });
      yield* withSession(host, { connector, traceConfigs }, function* (session) {
        const wanted = Array.from(
          { length: 60 },
          (_, i) => `${i % 3 === 0 ? 'other' : 'server'} ${i}`,
        );
        const tasks = wanted.map((name) =>
          client.spawn(
            (function* (): Process {
              const url = `http://${name.replace(' ', '/')}`;
              const response = yield* session.get(url, { traceRequestCtx: name });
              yield* response.read();
            })(),
          ),
        );
        for (const task of tasks) yield* task.join();
        expect(called).toHaveLength(57);
        for (const place of ['other', 'server']) {
          const waited = wanted.filter((name) => name.startsWith(place) && called.includes(name));
          expect(called.filter((name) => name.startsWith(place))).toEqual(waited);
        }
        expect(session.connector.statistics).toMatchObject({ peak: 3, waited: 57 });
      });
    });
  });

  test.each([
    ['lifo', [1, 2, 2, 2]],
    ['fifo', [1, 2, 1, 2]],
  ] as const)('reuse order %s', (reuseOrder, expected) => {
    const { net, client, server } = world(slow);
    net.runProcess(client, (host) =>
      withConnector(host, { reuseOrder }, function* (session) {
        yield* rush(client, session, urls(2));
        yield* getText(session, 'http://server/3');
        yield* getText(session, 'http://server/4');
      }),
    );
    expect(server.requests.map((asked) => asked.connection)).toEqual(expected);
  });
});

describe('closing', () => {
  test('a closed session takes no request, and closing twice is no mistake', () => {
    const { net, client } = world();
    net.runProcess(client, function* (host) {
      const session = new ClientSession(host);
      session.close();
      session.close();
      yield* host.sleep(0 as Micros);
      expect(() => session.get('http://server/').next()).toThrow(CallError);
    });
  });

  test('at the end of a scope the session is closed', () => {
    const { net, client } = world();
    net.runProcess(client, function* (host) {
      let kept: ClientSession;
      {
        using session = new ClientSession(host);
        kept = session;
        yield* getText(session, 'http://server/');
      }
      expect(kept.closed).toBe(true);
      expect(kept.connector.statistics.open).toBe(0);
    });
  });

  test('SC-P14 closing ends a request on its way and those that wait', () => {
    const { net, client } = world(() => ({ body: 'x', after: seconds(1) }));
    const errors = net.runProcess(client, (host) =>
      withConnector(host, { limit: 1 }, function* (session) {
        const seen: string[] = [];
        for (const name of ['busy', 'waiting']) {
          client.spawn(
            (function* (): Process {
              try {
                yield* session.get(`http://server/${name}`);
              } catch (error) {
                seen.push(`${name}: ${(error as Error).message.split(':')[0]}`);
              }
            })(),
          );
        }
        yield* host.sleep(ms(100));
        session.close();
        yield* host.sleep(ms(100));
        return seen;
      }),
    );
    expect(errors.sort()).toEqual(['busy: connection closed', 'waiting: session is closed']);
  });

  test('a connector of its own lives on where the session does not own it', () => {
    const { net, client, server } = world();
    net.runProcess(client, function* (host) {
      const connector = new Connector(host);
      for (let i = 0; i < 2; i += 1) {
        const options = { connector, connectorOwner: false };
        yield* withSession(host, options, (session) => getText(session, 'http://server/'));
      }
      expect(connector.closed).toBe(false);
      connector.close();
    });
    expect(server.connections).toBe(1);
  });
});
