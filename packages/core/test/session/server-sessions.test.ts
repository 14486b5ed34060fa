import { describe, expect, test } from 'vitest';
import { ms, seconds, type Micros, type Process } from '@tcplab/core';
import { parseSetCookie } from '@tcplab/core/cookies';
import { route } from '@tcplab/core/http';
import {
  MAX_FORM_FIELDS,
  MemorySessionStore,
  parseForm,
  sessionRecordFromJson,
  sessionRecordToJson,
  ServerSessions,
  type SessionRecord,
  type ServerSessionOptions,
} from '@tcplab/core/session';
import { fc } from '../../../../test/support/fast-check.ts';
import { Browser, openShop, type Shop } from './visitors.ts';

/** Lets one visitor do something in a shop. */
function visit<T>(
  options: ServerSessionOptions,
  program: (browser: Browser, shop: Shop) => Process<T>,
): { readonly result: T; readonly shop: Shop; readonly rules: string[] } {
  const shop = openShop(options);
  const host = shop.net.host('visitor');
  const browser = new Browser(host, {});
  const result = shop.net.runProcess(host, () => program(browser, shop));
  const told = shop.net.notes.filter((note) => note.layer === 'session');
  return { result, shop, rules: told.map((note) => note.cause!.rule.id) };
}

describe('a visitor gets a session', () => {
  test('SS-I01, SS-I02 at his first visit, by a cookie that is hidden and stays at home', () => {
    const { rules, shop } = visit({}, function* (browser) {
      const first = yield* browser.session.get('http://shop/');
      const text = first.headers.get('set-cookie')!;
      expect(text).toMatch(/^sid=[A-Za-z0-9_-]{22}; Path=\/; HttpOnly; SameSite=Lax$/);
      yield* first.read();
      const second = yield* browser.session.get('http://shop/');
      expect(second.headers.has('set-cookie')).toBe(false);
    });
    expect(rules).toEqual(['SS-I01', 'SS-I02']);
    expect(shop.sessions.policy.store.size).toBe(1);
  });

  test('only when there is something to keep, where the server wishes it so', () => {
    const { shop } = visit({ create: 'on use', csrf: 'off' }, function* (browser) {
      yield* browser.get('/');
      expect(browser.cookie('sid')).toBeUndefined();
      yield* (yield* browser.session.post('http://shop/cart/items/tea')).read();
      expect(browser.cookie('sid')).toBeDefined();
    });
    expect(shop.sessions.policy.store.size).toBe(1);
  });

  test('or a form to be answered: its token must be known when it comes back', () => {
    visit({ create: 'on use' }, function* (browser) {
      expect(yield* browser.login('alice')).toBe(200);
      expect(yield* browser.get('/')).toBe('alice');
    });
  });

  test('ids differ, have at least 128 random bits, and repeat with the seed', () => {
    const ids = (): string[] => {
      const { shop } = visit({}, function* (browser) {
        for (let i = 0; i < 20; i += 1) {
          browser.jar.clear();
          yield* browser.get('/');
        }
      });
      const seen = shop.net.connections.flatMap(({ server }) =>
        (server as unknown as { sent: Uint8Array[] }).sent.map((part) =>
          String.fromCharCode(...part),
        ),
      );
      return seen.flatMap((text) => /sid=([^;]+)/.exec(text)?.[1] ?? []);
    };
    const first = ids();
    expect(new Set(first).size).toBe(20);
    expect(ids()).toEqual(first);
    expect(() => new ServerSessions({ idBits: 64 })).toThrow('expected 128 or more');
  });

  test.each([
    [{ sameSite: 'Strict' }, /SameSite=Strict/],
    [{ sameSite: 'absent' }, /^sid=[^;]+; Path=\/; HttpOnly$/],
    [{ httpOnly: false }, /^sid=[^;]+; Path=\/; SameSite=Lax$/],
    [{ secure: true }, /; Secure;/],
    [{ persistent: true, idleTimeout: 60 }, /; Max-Age=60;/],
    [{ cookieName: 'visit', path: '/', domain: 'shop' }, /^visit=[^;]+; Domain=shop/],
  ] as const)('with the attributes that %j asks for', (options, expected) => {
    visit(options, function* (browser) {
      const response = yield* browser.session.get('http://shop/');
      expect(response.headers.get('set-cookie')).toMatch(expected);
    });
  });
});

describe('what a visitor does is remembered', () => {
  test('a cart that is filled, ordered, and thanked for once', () => {
    const { result } = visit({}, function* (browser) {
      const cart = function* (): Process<{ cart: object; ordered?: number; csrf: string }> {
        return JSON.parse(yield* browser.get('/cart')) as never;
      };
      const { csrf } = yield* cart();
      const post = (path: string, data = {}): Process<unknown> =>
        browser.session.post(`http://shop/cart${path}`, {
          data,
          headers: { 'X-CSRF-Token': csrf },
        });
      yield* post('/items/tea', { count: '2' });
      yield* post('/items/tea');
      yield* post('/items/constructor');
      const filled = yield* cart();
      yield* post('/checkout');
      // The redirection to the cart has shown the message already; it is gone with that.
      return [filled.cart, (yield* cart()).cart, (yield* cart()).ordered] as unknown;
    });
    expect(JSON.stringify(result)).toBe('[{"tea":3,"constructor":1},{},null]');
  });

  test('preferences, and nothing that is no choice', () => {
    visit({}, function* (browser) {
      expect(yield* browser.submit('/preferences', '/preferences', { theme: 'dark' })).toBe(200);
      expect(yield* browser.get('/preferences')).toContain('<option selected>dark</option>');
      expect(yield* browser.submit('/preferences', '/preferences', { theme: '<b>' })).toBe(422);
    });
  });

  test('a message for the next page is shown once', () => {
    visit({}, function* (browser) {
      const html = yield* browser.get('/login');
      const token = /value="([^"]+)"/.exec(html)![1]!;
      const data = { user: 'alice', password: 'wonder', _csrf: token };
      const response = yield* browser.session.post('http://shop/login', { data });
      expect(yield* response.text()).toContain('Welcome, alice!');
      expect(yield* browser.get('/account')).not.toContain('Welcome');
    });
  });

  test('two requests at once that change different things both count', () => {
    const sessions = new ServerSessions({ csrf: 'off' });
    const slow = route(
      'POST /slow/:name',
      sessions.handler(function* ({ request, session }) {
        session.set(request.params.get('name')!, true);
        yield* request.host.sleep(ms(100));
        return {};
      }),
    );
    const all = route(
      'GET /all',
      sessions.handler(({ session }) => ({ body: [...session.entries().keys()].sort().join() })),
    );
    const { net } = openShop({}, { port: 8_080, more: [slow, all] });
    const host = net.host('visitor');
    const browser = new Browser(host, { site: 'http://shop:8080' });
    net.runProcess(host, function* () {
      yield* browser.get('/all');
      const post = function* (name: string): Process {
        yield* (yield* browser.session.post(`http://shop:8080/slow/${name}`)).read();
      };
      const tasks = ['a', 'b', 'c'].map((name) => host.spawn(post(name)));
      for (const task of tasks) yield* task.join();
      expect(yield* browser.get('/all')).toBe('a,b,c');
    });
  });
});

describe('login and logout', () => {
  test('SS-R01 the id and the token change at login, the data stays', () => {
    const { rules } = visit({}, function* (browser) {
      yield* browser.submit('/preferences', '/preferences', { language: 'ko' });
      const before = browser.cookie('sid');
      expect(yield* browser.login('alice', 'wrong')).toBe(403);
      expect(browser.cookie('sid')).toBe(before);
      expect(yield* browser.login('alice')).toBe(200);
      expect(browser.cookie('sid')).not.toBe(before);
      expect(yield* browser.get('/')).toBe('alice');
      expect(yield* browser.get('/preferences')).toContain('<option selected>ko</option>');
    });
    expect(rules.filter((rule) => rule === 'SS-R01')).toHaveLength(1);
  });

  test('SS-R02 logging out ends it at both ends', () => {
    const { shop } = visit({}, function* (browser) {
      yield* browser.login('alice');
      const stolen = browser.cookie('sid')!;
      yield* browser.submit('/account', '/logout', {});
      // The redirection to the login page has begun another session.
      expect(browser.cookie('sid')).not.toBe(stolen);
      expect(yield* browser.get('/')).toBe('nobody');
      const thief = yield* browser.session.get('http://shop/', { cookies: { sid: stolen } });
      expect(yield* thief.text()).toBe('nobody');
    });
    expect(shop.sessions.policy.store.size).toBeLessThanOrEqual(2);
  });

  test('a logout wins over a slow request: what is gone does not come back', () => {
    const sessions = new ServerSessions({ csrf: 'off' });
    const slow = route(
      'GET /slow',
      sessions.handler(function* ({ request, session }) {
        session.set('late', true);
        yield* request.host.sleep(ms(200));
        return {};
      }),
    );
    const out = route(
      'GET /out',
      sessions.handler(({ session }) => (session.logout(), {})),
    );
    const { net } = openShop({}, { port: 8_080, more: [slow, out] });
    const host = net.host('visitor');
    const browser = new Browser(host, { site: 'http://shop:8080' });
    net.runProcess(host, function* () {
      yield* browser.get('/out');
      yield* browser.get('/slow');
      const waiting = host.spawn(browser.get('/slow'));
      yield* host.sleep(ms(50));
      yield* browser.get('/out');
      yield* waiting.join();
    });
    expect(sessions.policy.store.size).toBe(0);
    expect(net.notes.some((note) => note.kind === 'session gone')).toBe(true);
  });
});

describe('a session ends', () => {
  test('SS-E01 when it was not used for a while; each use begins the while anew', () => {
    const { rules } = visit({ idleTimeout: 60 }, function* (browser) {
      yield* browser.login('alice');
      for (let i = 0; i < 3; i += 1) {
        yield* browser.session.host.sleep(seconds(50));
        expect(yield* browser.get('/')).toBe('alice');
      }
      yield* browser.session.host.sleep(seconds(60));
      expect(yield* browser.get('/')).toBe('nobody');
    });
    expect(rules).toContain('SS-E01');
  });

  test('SS-E02 some time after it began, however busy it is', () => {
    const { rules } = visit({ idleTimeout: 60, absoluteTimeout: 100 }, function* (browser) {
      yield* browser.login('alice');
      yield* browser.session.host.sleep(seconds(55));
      expect(yield* browser.get('/')).toBe('alice');
      yield* browser.session.host.sleep(seconds(55));
      expect(yield* browser.get('/')).toBe('nobody');
    });
    expect(rules).toContain('SS-E02');
  });

  test('SS-R03 a cookie with Max-Age is renewed with each answer', () => {
    visit({ persistent: true, idleTimeout: 60 }, function* (browser) {
      const response = yield* browser.session.get('http://shop/');
      const parsed = parseSetCookie(response.headers.get('set-cookie')!, 0);
      expect(parsed.ok && parsed.cookie.attributes.maxAge).toBe(60_000);
      const id = browser.cookie('sid');
      for (let i = 0; i < 3; i += 1) {
        yield* browser.session.host.sleep(seconds(50));
        yield* browser.get('/');
      }
      expect(browser.cookie('sid', browser.session.host.now())).toBe(id);
    });
  });

  test('SS-E03 when it moves to another program, where it is bound to one', () => {
    const { rules } = visit({ bindToUserAgent: true }, function* (browser) {
      yield* browser.login('alice');
      const headers = { 'User-Agent': 'other' };
      const moved = yield* browser.session.get('http://shop/', { headers });
      expect(yield* moved.text()).toBe('nobody');
    });
    expect(rules).toContain('SS-E03');
  });

  test('SS-I03, SS-I04 an id that the server did not make is not looked up or not adopted', () => {
    const { rules } = visit({}, function* (browser) {
      for (const sid of ['../../etc/passwd', 'A'.repeat(22)]) {
        const response = yield* browser.session.get('http://shop/', { cookies: { sid } });
        yield* response.read();
        expect(response.headers.get('set-cookie')).not.toContain(sid);
        browser.jar.clear();
      }
    });
    expect(rules.filter((rule) => rule !== 'SS-I01')).toEqual(['SS-I03', 'SS-I04']);
  });

  test('and the sweep takes the rest away', () => {
    const { shop } = visit({ idleTimeout: 60 }, function* (browser) {
      for (let i = 0; i < 5; i += 1) {
        browser.jar.clear();
        yield* browser.get('/');
        yield* browser.session.host.sleep(seconds(20));
      }
    });
    const { sessions, net } = shop;
    const now = sessions.policy.epoch + Math.floor(net.now / 1_000);
    expect(sessions.sweep(now)).toBe(3);
    expect(sessions.policy.store.size).toBe(2);
  });
});

describe('stores', () => {
  const record = (id: string, at: number): SessionRecord => ({
    id,
    createdAt: at,
    lastSeenAt: at,
    user: null,
    csrfToken: 't',
    boundTo: '',
    data: {},
    flash: {},
  });

  test('the memory store forgets who was not seen for longest when it is full', () => {
    const store = new MemorySessionStore(3);
    for (const [at, id] of ['a', 'b', 'c'].entries()) store.save(record(id, at));
    store.save(record('a', 3));
    store.save(record('d', 4));
    expect(['a', 'b', 'c', 'd'].filter((id) => store.load(id) !== undefined)).toEqual([
      'a',
      'c',
      'd',
    ]);
  });

  test('a record survives its way through text, and nothing else is taken for one', () => {
    const given: SessionRecord = { ...record('x', 5), user: 'ä', data: { n: [1, { a: null }] } };
    expect(sessionRecordFromJson(sessionRecordToJson(given))).toEqual(given);
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        expect(() => sessionRecordFromJson(text)).toThrow('invalid session record');
      }),
    );
  });
});

test('no form makes the reader throw, and what was encoded comes back', () => {
  const text = fc.string({ unit: 'binary', maxLength: 8 });
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.dictionary(text, text), (junk, fields) => {
      expect(parseForm(junk).size).toBeLessThanOrEqual(MAX_FORM_FIELDS);
      const encoded = new URLSearchParams(fields).toString();
      const named = Object.entries(fields).filter(([name]) => name !== '');
      expect(Object.fromEntries(parseForm(encoded))).toEqual(Object.fromEntries(named));
    }),
  );
  expect(parseForm('a=1&'.repeat(5_000)).size).toBe(1);
});

test('SS-F01 a form that is too large is refused', () => {
  const { result, rules } = visit({}, function* (browser) {
    const data = { field: 'x'.repeat(1_100_000) };
    const response = yield* browser.session.post('http://shop/login', { data });
    return [response.status, (browser.session.host.now() as Micros) > 0];
  });
  expect(result).toEqual([413, true]);
  expect(rules).toContain('SS-F01');
});
