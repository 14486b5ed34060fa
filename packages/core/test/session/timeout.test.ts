import { describe, expect, test } from 'vitest';
import { ms, seconds, utf8Text, type Micros, type Process } from '@tcplab/core';
import {
  ClientTimeoutError,
  Connector,
  withSession,
  type ClientSession,
  type ClientSessionOptions,
  type ClientTimeout,
  type ConnectorOptions,
} from '@tcplab/core/session';
import { MemoryNetwork } from '../../../../test/support/memory-host.ts';
import { startServer, type Reply } from './small-server.ts';

interface Late {
  readonly phase: string;
  readonly message: string;
  readonly at: Micros;
}

/** Runs a program that is late, and says in which phase and when. */
function late(
  net: MemoryNetwork,
  options: ClientSessionOptions & { readonly pool?: ConnectorOptions },
  program: (session: ClientSession) => Process<unknown>,
): Late {
  return net.runProcess(net.host('client'), function* (host) {
    const { pool, ...rest } = options;
    const connector = new Connector(host, pool);
    try {
      yield* withSession(host, { ...rest, connector }, program);
    } catch (error) {
      if (!(error instanceof ClientTimeoutError)) throw error;
      return { phase: error.phase, message: error.message, at: host.now() };
    }
    throw new Error('nothing was late');
  });
}

const get = (session: ClientSession): Process<unknown> => session.get('http://server/');

/** Name and handshake take two round trips of 20 ms. */
const CONNECTED = ms(40);

function netWith(answer: () => Reply | string): MemoryNetwork {
  const net = new MemoryNetwork({ latency: ms(10) });
  startServer(net.host('server'), answer);
  return net;
}

describe('SC-T01 each phase has its limit', () => {
  test('total: from the request to the last octet of the response', () => {
    const net = netWith(() => ({ pieces: ['a', 'b', 'c', 'd'], pause: ms(400) }));
    const seen: string[] = [];
    const end = late(net, { timeout: { total: seconds(1) } }, function* (session) {
      const response = yield* session.get('http://server/');
      for (;;) {
        const chunk = yield* response.readChunk();
        if (chunk === undefined) return;
        seen.push(utf8Text(chunk));
      }
    });
    expect(end).toMatchObject({ phase: 'total', at: seconds(1) });
    expect(end.message).toBe('total timeout of 1 s while asking for GET http://server/');
    expect(seen).toEqual(['a', 'b']);
  });

  test('sockRead: between two arrivals, however long the whole takes', () => {
    const timeout: ClientTimeout = { sockRead: ms(500) };
    const slowly = netWith(() => ({ pieces: ['a', 'b', 'c', 'd', 'e'], pause: ms(450) }));
    const text = slowly.runProcess(slowly.host('client'), (host) =>
      withSession(host, { timeout }, function* (session) {
        return yield* (yield* session.get('http://server/')).text();
      }),
    );
    expect(text).toBe('abcde');
    const tooSlowly = netWith(() => ({ after: ms(600) }));
    const end = late(tooSlowly, { timeout }, get);
    expect(end).toMatchObject({ phase: 'sockRead', at: CONNECTED + ms(500) });
  });

  test('sockConnect: for a host that does not answer', () => {
    const net = netWith(() => 'x');
    net.host('server').silent = true;
    const end = late(net, { timeout: { sockConnect: seconds(2) } }, get);
    expect(end).toMatchObject({ phase: 'sockConnect', at: seconds(2) + ms(20) });
  });

  test('sockConnect: for a TLS handshake that does not end, too', () => {
    const net = new MemoryNetwork({ latency: ms(10) });
    startServer(net.host('server'), () => 'x', { port: 443 });
    const secure = function* (stream: { receive(): Process<Uint8Array> }): Process<never> {
      yield* stream.receive();
      throw new Error('the server spoke first');
    };
    const options = { timeout: { sockConnect: seconds(2) }, pool: { secure } };
    const end = late(net, options, (session) => session.get('https://server/'));
    expect(end).toMatchObject({ phase: 'sockConnect', at: CONNECTED + seconds(2) });
    expect(end.message).toContain('securing');
  });

  test('pool: in the line for a connection', () => {
    const net = netWith(() => ({ after: seconds(10) }));
    const options = { timeout: { pool: ms(300) }, pool: { limit: 1 } };
    const end = late(net, options, function* (session) {
      session.host.spawn(holding(session));
      yield* session.host.sleep(ms(100));
      yield* get(session);
    });
    expect(end).toMatchObject({ phase: 'pool', at: ms(400) });
  });

  test('connect: for the line, the name and the handshake together', () => {
    const net = netWith(() => ({ after: ms(200) }));
    const options = { timeout: { connect: ms(150) }, pool: { limit: 1 } };
    const end = late(net, options, function* (session) {
      session.host.spawn(holding(session));
      yield* session.host.sleep(ms(50));
      yield* get(session);
    });
    expect(end).toMatchObject({ phase: 'connect', at: ms(200) });
  });

  test('a request’s own timeout wins over the session’s, and undefined takes a limit away', () => {
    const net = netWith(() => ({ after: seconds(2) }));
    const options = { timeout: { total: seconds(1) } };
    const end = late(net, options, (session) =>
      session.get('http://server/', { timeout: { total: ms(200) } }),
    );
    expect(end.at).toBe(ms(200));
    const status = net.runProcess(net.host('client'), (host) =>
      withSession(host, options, function* (session) {
        const unlimited = { timeout: { total: undefined } };
        return (yield* session.get('http://server/', unlimited)).status;
      }),
    );
    expect(status).toBe(200);
  });

  test('the defaults are aiohttp’s: five minutes in all', () => {
    const end = late(
      netWith(() => ({ after: seconds(1_000) })),
      {},
      get,
    );
    expect(end).toMatchObject({ phase: 'total', at: seconds(300) });
  });

  test('readTimeout and connTimeout are older names', () => {
    const slow = (): MemoryNetwork => netWith(() => ({ after: seconds(10) }));
    expect(late(slow(), { readTimeout: seconds(1) }, get)).toMatchObject({ phase: 'total' });
    const silent = slow();
    silent.host('server').silent = true;
    expect(late(silent, { connTimeout: seconds(1) }, get)).toMatchObject({ phase: 'connect' });
    const both = (): unknown =>
      late(slow(), { connTimeout: seconds(1), timeout: { total: seconds(1) } }, get);
    expect(both).toThrow('readTimeout and connTimeout are part of timeout');
  });

  test('after a timeout the connection is gone and its place is free', () => {
    const net = netWith(() => ({ after: ms(300) }));
    net.runProcess(net.host('client'), function* (host) {
      const connector = new Connector(host, { limit: 1 });
      yield* withSession(host, { connector }, function* (session) {
        try {
          yield* session.get('http://server/', { timeout: { sockRead: ms(100) } });
        } catch (error) {
          expect(error).toBeInstanceOf(ClientTimeoutError);
        }
        expect(connector.statistics.open).toBe(0);
        expect((yield* session.get('http://server/')).status).toBe(200);
      });
    });
  });
});

function* holding(session: ClientSession): Process {
  try {
    yield* session.get('http://server/', { timeout: { connect: undefined, pool: undefined } });
  } catch {
    // The session is closed over it at the end.
  }
}
