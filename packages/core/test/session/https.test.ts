/** The order that beginners' texts get wrong: TCP, then TLS, then HTTP. */
import { describe, expect, test } from 'vitest';
import { ms, type ConnectionError, type Micros, type Process } from '@tcplab/core';
import { route, serveHttp } from '@tcplab/core/http';
import {
  Connector,
  ServerSessions,
  withSession,
  type ClientSession,
  type ClientSessionOptions,
  type SessionTlsOptions,
} from '@tcplab/core/session';
import { MemoryNetwork } from '../../../../test/support/memory-host.ts';
import { shopTls, TRUST, TRUST_OTHER } from './certificates.ts';

/** A shop on 443 whose pages say how often the visitor was there. */
function openSecureShop(): MemoryNetwork {
  const net = new MemoryNetwork({ latency: ms(10) });
  const host = net.host('shop');
  const sessions = new ServerSessions({ cookieName: '__Host-sid', sameSite: 'Strict' });
  const page = sessions.handler(({ session }) => {
    const count = Number(session.get('count') ?? 0) + 1;
    session.set('count', count);
    return { body: `visit ${count}` };
  });
  serveHttp(host, 443, { routes: [route('GET /', page)], secure: shopTls(host) });
  return net;
}

function visit<T>(
  options: ClientSessionOptions,
  program: (session: ClientSession) => Process<T>,
): { readonly result: T; readonly net: MemoryNetwork } {
  const net = openSecureShop();
  const result = net.runProcess(net.host('client'), (host) => withSession(host, options, program));
  return { result, net };
}

function* getText(session: ClientSession): Process<string> {
  return yield* (yield* session.get('https://shop/')).text();
}

describe('https', () => {
  test('costs a round trip for TCP and one for TLS, once; then requests cost one each', () => {
    const { result, net } = visit({ tls: TRUST }, function* (session) {
      const moments: Micros[] = [];
      for (let i = 1; i <= 3; i += 1) {
        expect(yield* getText(session)).toBe(`visit ${i}`);
        moments.push(session.host.now());
      }
      return moments;
    });
    // Name, TCP, TLS 1.3, the request: a round trip of 20 ms each.
    expect(result).toEqual([ms(80), ms(100), ms(120)]);
    const order = net.notes
      .filter((note) => note.host === 'client')
      .map((note) => `${note.layer} ${note.kind}`);
    const at = (what: string): number => order.indexOf(what);
    expect(at('pool open')).toBeLessThan(at('tls message'));
    expect(at('tls established')).toBeLessThan(at('http request'));
  });

  test('nothing of the conversation can be read on the wire', () => {
    const { net } = visit({ tls: TRUST }, getText);
    const wire = net.connections.flatMap(({ client, server }) => [client, server]);
    const text = wire
      .flatMap((end) => (end as unknown as { sent: Uint8Array[] }).sent)
      .map((part) => String.fromCharCode(...part))
      .join('');
    expect(text).not.toMatch(/HTTP|visit|__Host-sid/);
  });

  test('the next connection resumes the TLS session, unless the session does not want that', () => {
    const resumed = (tls: SessionTlsOptions): (boolean | undefined)[] => {
      const net = openSecureShop();
      return net.runProcess(net.host('client'), function* (host) {
        const connector = new Connector(host, { forceClose: true, tls });
        yield* withSession(host, { connector }, function* (session) {
          for (let i = 1; i <= 2; i += 1) expect(yield* getText(session)).toBe(`visit ${i}`);
        });
        return net.notes
          .filter((note) => note.host === 'client' && note.kind === 'established')
          .map((note) => /resum/.test(note.text));
      });
    };
    expect(resumed(TRUST)).toEqual([false, true]);
    expect(resumed({ ...TRUST, resume: false })).toEqual([false, false]);
  });

  test.each([
    ['no authority is trusted', {}],
    ['another authority is', TRUST_OTHER],
  ])('is refused where %s, and its connection does not stay', (_what, tls) => {
    const net = openSecureShop();
    net.runProcess(net.host('client'), (host) =>
      withSession(host, { tls }, function* (session) {
        let reason: string | undefined;
        try {
          yield* getText(session);
        } catch (error) {
          reason = (error as ConnectionError).reason;
        }
        expect(reason).toBe('protocol error');
        expect(session.connector.statistics.open).toBe(0);
      }),
    );
  });

  test('whoever takes any certificate talks to anybody', () => {
    expect(visit({ tls: { insecure: true } }, getText).result).toBe('visit 1');
  });
});
