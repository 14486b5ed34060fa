import { describe, expect, test } from 'vitest';
import { ms, type Process, type ProgramHost } from '@tcplab/core';
import {
  ClientSession,
  Connector,
  warnOfUnclosedSessions,
  withSession,
  type ConnectorOptions,
  type TraceConfig,
  type TraceSignal,
} from '@tcplab/core/session';
import { MemoryNetwork } from '../../../../test/support/memory-host.ts';
import { startServer, type Asked, type Reply } from './small-server.ts';

const SIGNALS: readonly TraceSignal[] = [
  'onRequestStart',
  'onRequestEnd',
  'onRequestException',
  'onRequestRedirect',
  'onRequestChunkSent',
  'onResponseChunkReceived',
  'onRequestHeadersSent',
  'onConnectionQueuedStart',
  'onConnectionQueuedEnd',
  'onConnectionCreateStart',
  'onConnectionCreateEnd',
  'onConnectionReuseconn',
  'onDnsResolveHostStart',
  'onDnsResolveHostEnd',
  'onDnsCacheHit',
  'onDnsCacheMiss',
];

/** Writes every signal into a list. */
function recording(story: string[]): TraceConfig {
  return Object.fromEntries(SIGNALS.map((signal) => [signal, () => story.push(signal)]));
}

function world(answer: (asked: Asked) => Reply | string = () => 'hello'): MemoryNetwork {
  const net = new MemoryNetwork({ latency: ms(10) });
  startServer(net.host('server'), answer);
  return net;
}

function* read(session: ClientSession, url: string): Process {
  yield* (yield* session.get(url)).read();
}

describe('the signals', () => {
  test('of a first request, of one that reuses the connection, and of one with content', () => {
    const net = world();
    const story: string[] = [];
    net.runProcess(net.host('client'), (host) =>
      withSession(host, { traceConfigs: [recording(story)] }, function* (session) {
        yield* read(session, 'http://server/');
        story.push('—');
        yield* read(session, 'http://server/');
        story.push('—');
        yield* (yield* session.post('http://server/', { data: ['a', 'b'] })).read();
      }),
    );
    expect(story).toEqual([
      'onRequestStart',
      'onConnectionCreateStart',
      'onDnsCacheMiss',
      'onDnsResolveHostStart',
      'onDnsResolveHostEnd',
      'onConnectionCreateEnd',
      'onRequestHeadersSent',
      'onRequestEnd',
      'onResponseChunkReceived',
      '—',
      'onRequestStart',
      'onConnectionReuseconn',
      'onRequestHeadersSent',
      'onRequestEnd',
      'onResponseChunkReceived',
      '—',
      'onRequestStart',
      'onConnectionReuseconn',
      'onRequestHeadersSent',
      'onRequestChunkSent',
      'onRequestChunkSent',
      'onRequestEnd',
      'onResponseChunkReceived',
    ]);
  });

  test('of a redirection, of waiting in line, and of a failure', () => {
    const net = world(({ target }) =>
      target === '/from'
        ? { status: 302, headers: { Location: '/to' } }
        : { body: 'x', after: ms(50) },
    );
    const story: string[] = [];
    net.runProcess(net.host('client'), function* (host) {
      const connector = new Connector(host, { limit: 1 });
      const options = { connector, traceConfigs: [recording(story)] };
      yield* withSession(host, options, function* (session) {
        const first = host.spawn(read(session, 'http://server/from'));
        yield* read(session, 'http://server/other');
        yield* first.join();
        try {
          yield* session.get('http://nowhere/');
        } catch {
          story.push('failed');
        }
      });
    });
    const count = (signal: string): number => story.filter((each) => each === signal).length;
    expect(count('onRequestRedirect')).toBe(1);
    expect(count('onConnectionQueuedStart')).toBe(1);
    expect(count('onConnectionQueuedEnd')).toBe(1);
    expect(story.slice(-2)).toEqual(['onRequestException', 'failed']);
    expect(count('onRequestEnd')).toBe(2);
  });

  test('handlers get the session, one context per request, and what it is about', () => {
    const net = world();
    const seen: unknown[] = [];
    const config: TraceConfig = {
      onRequestStart: (session, context, { method, url, headers }) => {
        context['startedAt'] = session.host.now();
        seen.push(method, url.path, headers.get('x-a'));
      },
      onRequestEnd: (session, context, { response }) => {
        seen.push(session.host.now() - Number(context['startedAt']), response.status);
        seen.push(context.traceRequestCtx);
      },
    };
    net.runProcess(net.host('client'), (host) =>
      withSession(host, { traceConfigs: [config] }, (session) =>
        session.get('http://server/x', { headers: { 'X-A': '1' }, traceRequestCtx: 'mine' }),
      ),
    );
    expect(seen).toEqual(['GET', '/x', '1', ms(60), 200, 'mine']);
  });
});

describe('names', () => {
  const lookups = (
    options: ConnectorOptions,
    program: (session: ClientSession, host: ProgramHost) => Process,
  ): string[] => {
    const net = world();
    const story: string[] = [];
    net.runProcess(net.host('client'), function* (host) {
      const connector = new Connector(host, { forceClose: true, ...options });
      yield* withSession(host, { connector, traceConfigs: [recording(story)] }, (session) =>
        program(session, host),
      );
    });
    return story.filter((signal) => signal.startsWith('onDns')).map((signal) => signal.slice(5));
  };

  const twice = function* (session: ClientSession, host: ProgramHost): Process {
    yield* read(session, 'http://server/');
    yield* host.sleep(ms(500));
    yield* read(session, 'http://server/');
  };

  test('are remembered for ttlDnsCache', () => {
    expect(lookups({}, twice)).toEqual([
      'CacheMiss',
      'ResolveHostStart',
      'ResolveHostEnd',
      'CacheHit',
    ]);
    const asked = ['CacheMiss', 'ResolveHostStart', 'ResolveHostEnd'];
    expect(lookups({ ttlDnsCache: ms(400) }, twice)).toEqual([...asked, ...asked]);
  });

  test('are asked for each connection without useDnsCache', () => {
    const asked = ['ResolveHostStart', 'ResolveHostEnd'];
    expect(lookups({ useDnsCache: false }, twice)).toEqual([...asked, ...asked]);
  });

  test('that several requests need at once are asked once', () => {
    const story = lookups({}, function* (session, host) {
      const tasks = [1, 2, 3].map(() => host.spawn(read(session, 'http://server/')));
      for (const task of tasks) yield* task.join();
    });
    expect(story).toEqual([
      'CacheMiss',
      'ResolveHostStart',
      'ResolveHostEnd',
      'CacheHit',
      'CacheHit',
    ]);
  });

  test('are no matter where the URL has an address', () => {
    expect(lookups({}, (session) => read(session, 'http://10.0.0.1/'))).toEqual([]);
  });
});

describe('advice', () => {
  test('SC-U02 a session that was not closed is named at the end', () => {
    const net = world();
    const host = net.host('client');
    const kept = net.runProcess(host, function* () {
      const session = new ClientSession(host);
      yield* read(session, 'http://server/');
      return session;
    });
    expect(warnOfUnclosedSessions(host)).toBe(1);
    const warning = net.notes.find((note) => note.kind === 'warning')!;
    expect(warning.cause!.rule.id).toBe('SC-U02');
    kept.close();
    expect(warnOfUnclosedSessions(host)).toBe(0);
  });

  test('statistics per connection count octets and requests', () => {
    const net = world();
    net.runProcess(net.host('client'), (host) =>
      withSession(host, {}, function* (session) {
        yield* read(session, 'http://server/');
        yield* host.sleep(ms(100));
        yield* read(session, 'http://server/');
        const [connection] = session.connector.statistics.connections;
        const wire = net.connections[0]!;
        const count = (end: unknown): number =>
          (end as { sent: Uint8Array[] }).sent.reduce((sum, part) => sum + part.length, 0);
        expect(connection).toMatchObject({
          requests: 2,
          idle: ms(100),
          bytesSent: count(wire.client),
          bytesReceived: count(wire.server),
          openedAt: ms(40),
        });
      }),
    );
  });
});
