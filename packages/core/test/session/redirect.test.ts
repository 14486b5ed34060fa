import { describe, expect, test } from 'vitest';
import { formatUrl, ms, type Process } from '@tcplab/core';
import {
  ClientResponseError,
  InvalidRedirect,
  TooManyRedirects,
  withSession,
  type ClientResponse,
  type ClientSession,
  type ClientSessionOptions,
  type RequestOptions,
} from '@tcplab/core/session';
import { MemoryNetwork } from '../../../../test/support/memory-host.ts';
import { startServer, type Asked, type Reply } from './small-server.ts';

interface Told {
  readonly server: Asked[];
  readonly other: Asked[];
  readonly net: MemoryNetwork;
}

/** `server` and `other` answer alike; a program runs on the client. */
function follow<T>(
  answer: (asked: Asked) => Reply | string,
  options: ClientSessionOptions,
  program: (session: ClientSession) => Process<T>,
): Told & { readonly result: T } {
  const net = new MemoryNetwork({ latency: ms(10) });
  const server = startServer(net.host('server'), answer).requests;
  const other = startServer(net.host('other'), answer).requests;
  const result = net.runProcess(net.host('client'), (host) => withSession(host, options, program));
  return { net, server, other, result };
}

const redirectOnce =
  (status: number, location: string) =>
  ({ target }: Asked): Reply | string =>
    target === '/from'
      ? { status, headers: { Location: location }, body: status === 304 ? '' : 'moved' }
      : 'arrived';

describe('the method after a redirection (RFC 9110 §15.4)', () => {
  test.each([
    [301, 'GET', 'GET', ''],
    [301, 'POST', 'GET', ''],
    [301, 'PUT', 'PUT', 'content'],
    [301, 'HEAD', 'HEAD', ''],
    [302, 'POST', 'GET', ''],
    [302, 'DELETE', 'DELETE', 'content'],
    [303, 'GET', 'GET', ''],
    [303, 'POST', 'GET', ''],
    [303, 'PUT', 'GET', ''],
    [303, 'HEAD', 'HEAD', ''],
    [307, 'POST', 'POST', 'content'],
    [307, 'GET', 'GET', ''],
    [308, 'POST', 'POST', 'content'],
    [308, 'PATCH', 'PATCH', 'content'],
  ])('SC-R01, SC-R02, SC-R03 %i to %s is followed with %s', (status, method, expected, body) => {
    const content = method === 'GET' || method === 'HEAD' ? {} : { data: 'content' };
    const { server } = follow(redirectOnce(status, '/to'), {}, function* (session) {
      yield* session.request(method, 'http://server/from', { allowRedirects: true, ...content });
    });
    expect(server.map((asked) => `${asked.method} ${asked.target}`)).toEqual([
      `${method} /from`,
      `${expected} /to`,
    ]);
    expect(server[1]!.body).toBe(body);
    expect(server[1]!.headers.has('content-type')).toBe(body !== '');
  });

  test.each([300, 304, 305, 306])('%i is an answer and is not followed', (status) => {
    const { result } = follow(redirectOnce(status, '/to'), {}, (session) =>
      session.get('http://server/from'),
    );
    expect(result.status).toBe(status);
  });

  test('a redirection without Location, and HEAD by default, are answers', () => {
    const { result } = follow(
      () => ({ status: 302 }),
      {},
      (session) => session.get('http://server/'),
    );
    expect(result.status).toBe(302);
    const head = follow(redirectOnce(302, '/to'), {}, (session) =>
      session.head('http://server/from'),
    );
    expect(head.result.status).toBe(302);
  });

  test('history keeps the way, and the connection is used again', () => {
    const hop = ({ target }: Asked): Reply | string => {
      const n = Number(target.slice(1));
      return n < 3 ? { status: 302, headers: { Location: `/${n + 1}` }, body: 'moved' } : 'end';
    };
    const { result, server } = follow(hop, {}, (session) => session.get('http://server/0'));
    expect(result.history.map((each) => formatUrl(each.url))).toEqual([
      'http://server/0',
      'http://server/1',
      'http://server/2',
    ]);
    expect(formatUrl(result.url)).toBe('http://server/3');
    expect(server.map((asked) => asked.connection)).toEqual([1, 1, 1, 1]);
  });
});

describe('limits and mistakes', () => {
  const forEver = ({ nth }: Asked): Reply => ({ status: 302, headers: { Location: `/${nth}` } });

  test('SC-R04 ten redirections are followed and the eleventh is an error', () => {
    const net = new MemoryNetwork();
    const server = startServer(net.host('server'), forEver);
    const run = (): unknown =>
      net.runProcess(net.host('client'), (host) =>
        withSession(host, {}, (session) => session.get('http://server/')),
      );
    expect(run).toThrow(TooManyRedirects);
    expect(server.requests).toHaveLength(11);
    expect(net.notes.at(-2)!.cause!.rule.id).toBe('SC-R04');
  });

  test('maxRedirects of the request wins, and allowRedirects false follows none', () => {
    const limited = (): unknown =>
      follow(forEver, {}, (session) => session.get('http://server/', { maxRedirects: 2 }));
    expect(limited).toThrow('302, after 2 redirections, http://server/');
    const { result } = follow(forEver, {}, (session) =>
      session.get('http://server/', { allowRedirects: false }),
    );
    expect(result.status).toBe(302);
  });

  test.each(['ftp://server/x', 'javascript:alert(1)', 'http://', 'http://[bad/'])(
    'SC-R06 a Location of %s is an error',
    (location) => {
      const run = (): unknown =>
        follow(redirectOnce(302, location), {}, (session) => session.get('http://server/from'));
      expect(run).toThrow(InvalidRedirect);
    },
  );

  test('SC-R06 content that cannot be made again cannot be redirected', () => {
    const run = (): unknown =>
      follow(redirectOnce(307, '/to'), {}, (session) =>
        session.post('http://server/from', {
          data: function* (write) {
            yield* write('once');
          },
        }),
      );
    expect(run).toThrow(InvalidRedirect);
    const again = follow(redirectOnce(307, '/to'), {}, (session) =>
      session.post('http://server/from', { data: ['on', 'ce'] }),
    );
    expect(again.server[1]!.body).toBe('once');
  });

  test('a fragment is inherited unless the Location has its own, and is never sent', () => {
    const from = (location: string): string => {
      const { result, server } = follow(redirectOnce(302, location), {}, (session) =>
        session.get('http://server/from#part'),
      );
      expect(server.every((asked) => !asked.target.includes('#'))).toBe(true);
      return formatUrl(result.realUrl);
    };
    expect(from('/to')).toBe('http://server/to#part');
    expect(from('/to#own')).toBe('http://server/to#own');
  });

  test('the Location is brought into canonical form unless the session leaves it alone', () => {
    const target = (options: ClientSessionOptions): string => {
      const { server } = follow(redirectOnce(302, '/a/../%7eto?x=%c3%a4'), options, (session) =>
        session.get('http://server/from'),
      );
      return server[1]!.target;
    };
    expect(target({})).toBe('/~to?x=%C3%A4');
    expect(target({ requoteRedirectUrl: false })).toBe('/a/../%7eto?x=%c3%a4');
    // Bare octets of UTF-8, as they come in a field.
    const { server } = follow(redirectOnce(302, '/caf\u00c3\u00a9'), {}, (session) =>
      session.get('http://server/from'),
    );
    expect(server[1]!.target).toBe('/caf%C3%A9');
  });

  test('raiseForStatus judges the last answer', () => {
    const gone = ({ target }: Asked): Reply =>
      target === '/from' ? { status: 302, headers: { Location: '/to' } } : { status: 410 };
    const run = (options: RequestOptions, session: ClientSessionOptions = {}): ClientResponse =>
      follow(gone, session, (client) => client.get('http://server/from', options)).result;
    expect(() => run({ raiseForStatus: true })).toThrow(ClientResponseError);
    expect(() => run({}, { raiseForStatus: true })).toThrow('410, Gone, http://server/to');
    expect(run({ raiseForStatus: false }, { raiseForStatus: true }).status).toBe(410);
    const judge = (response: ClientResponse): void => {
      throw new Error(`judged ${response.status}`);
    };
    expect(() => run({ raiseForStatus: judge })).toThrow('judged 410');
  });
});

describe('SC-R05 what one origin was told, another does not hear', () => {
  const fields = ({ headers }: Asked): string[] =>
    ['authorization', 'cookie', 'x-own'].filter((name) => headers.has(name));

  const asking: RequestOptions = {
    headers: { Authorization: 'Bearer secret', Cookie: 'own=1', 'X-Own': 'yes' },
    cookies: { mine: '2' },
  };

  test('within the origin everything goes on', () => {
    const { server } = follow(redirectOnce(302, '/to'), {}, (session) =>
      session.get('http://server/from', asking),
    );
    const all = ['authorization', 'cookie', 'x-own'];
    expect(server.map(fields)).toEqual([all, all]);
    expect(server[1]!.headers.getAll('cookie')).toEqual(['own=1; mine=2']);
  });

  test('to another origin only what is not secret', () => {
    const { other, net } = follow(redirectOnce(302, 'http://other/to'), {}, (session) =>
      session.get('http://server/from', asking),
    );
    expect(other.map(fields)).toEqual([['x-own']]);
    const note = net.notes.find((each) => each.kind === 'secrets withheld');
    expect(note!.cause!.rule.id).toBe('SC-R05');
  });

  test('not even after it led back', () => {
    const there = ({ target }: Asked): Reply | string => {
      if (target === '/from') return { status: 302, headers: { Location: 'http://other/back' } };
      if (target === '/back') return { status: 302, headers: { Location: 'http://server/to' } };
      return 'arrived';
    };
    const { server } = follow(there, {}, (session) => session.get('http://server/from', asking));
    expect(server.map(fields)).toEqual([['authorization', 'cookie', 'x-own'], ['x-own']]);
  });

  test('credentials of the session and of URLs stay with their origin', () => {
    const options = { auth: { login: 'me', password: 'secret' } };
    const own = follow(redirectOnce(302, 'http://other/to'), options, (session) =>
      session.get('http://server/from'),
    );
    expect(own.server[0]!.headers.get('authorization')).toBe('Basic bWU6c2VjcmV0');
    expect(own.other.map(fields)).toEqual([[]]);
    const inUrl = follow(redirectOnce(302, 'http://eve:x@other/to'), {}, (session) =>
      session.get('http://me:secret@server/from'),
    );
    expect(inUrl.server[0]!.headers.get('authorization')).toBe('Basic bWU6c2VjcmV0');
    expect(inUrl.other.map(fields)).toEqual([[]]);
  });

  test('the jar decides for itself: it keeps cookies with their hosts', () => {
    const answer = (asked: Asked): Reply | string =>
      asked.target === '/from'
        ? { status: 302, headers: { Location: 'http://other/to', 'Set-Cookie': 'sid=1; Path=/' } }
        : 'arrived';
    const { server, other } = follow(answer, {}, function* (session) {
      yield* session.get('http://server/from');
      yield* session.get('http://server/to');
    });
    expect(other[0]!.headers.has('cookie')).toBe(false);
    expect(server[1]!.headers.get('cookie')).toBe('sid=1');
  });
});
