import { describe, expect, test } from 'vitest';
import {
  CookieJar,
  cookieJarFromJson,
  cookieJarToJson,
  publicSuffixes,
  type CookieContext,
  type CookieJarOptions,
  type SchemeAndHost,
} from '@tcplab/core/cookies';
import { CallError } from '../../src/base/errors.ts';
import { minutes, seconds, ZERO_TIME, type Micros } from '../../src/base/time.ts';

/** `https://shop.example/cart` as a context. */
function at(url: string, more: Omit<CookieContext, 'uri'> = {}): CookieContext {
  const [, scheme, host, path] = /^(\w+):\/\/([^/]+)(.*)$/.exec(url)!;
  return { uri: { scheme: scheme!, host: host!, path: path! }, ...more };
}

/** A jar with short sentences for tests. */
function jarOf(options: CookieJarOptions = {}) {
  const jar = new CookieJar(options);
  return {
    jar,
    set: (text: string, context: CookieContext, now: Micros = ZERO_TIME): string => {
      const { outcome, cause } = jar.setCookie(text, context, now);
      return `${outcome} by ${cause.rule.id}`;
    },
    sent: (context: CookieContext, now: Micros = ZERO_TIME): string | undefined =>
      jar.cookieHeader(context, now).value,
    why: (name: string, context: CookieContext, now: Micros = ZERO_TIME): string | undefined => {
      const { verdicts } = jar.cookieHeader(context, now);
      return verdicts.find((verdict) => verdict.cookie.name === name)?.cause.rule.id;
    },
  };
}

const SHOP = at('https://shop.example/');

describe('which host gets a cookie back', () => {
  test('CK-HOST-ONLY without Domain only the very host gets it', () => {
    const { set, sent, why } = jarOf();
    expect(set('id=1', at('http://example.com/'))).toBe('stored by CK-STORE');
    expect(sent(at('http://example.com/'))).toBe('id=1');
    expect(sent(at('http://EXAMPLE.com'))).toBe('id=1');
    expect(why('id', at('http://www.example.com/'))).toBe('CK-HOST-ONLY');
  });

  test('CK-SEND-DOMAIN with Domain the hosts below get it too', () => {
    const { set, sent, why } = jarOf();
    set('id=1; Domain=.Example.com', at('http://www.example.com/'));
    expect(sent(at('http://example.com/'))).toBe('id=1');
    expect(sent(at('http://a.b.example.com/'))).toBe('id=1');
    expect(why('id', at('http://badexample.com/'))).toBe('CK-SEND-DOMAIN');
  });

  test('CK-DOMAIN a host may not set cookies for another', () => {
    const { set } = jarOf();
    expect(set('id=1; Domain=bank.example', SHOP)).toBe('refused by CK-DOMAIN');
    expect(set('id=1; Domain=www.shop.example', SHOP)).toBe('refused by CK-DOMAIN');
    expect(set('id=1; Domain=0.0.1', at('http://10.0.0.1/'))).toBe('refused by CK-DOMAIN');
  });

  test('CK-SUFFIX nobody may set cookies for a public suffix', () => {
    const { set, sent } = jarOf({ publicSuffixes: publicSuffixes(['co.uk']) });
    expect(set('id=1; Domain=example', SHOP)).toBe('refused by CK-SUFFIX');
    expect(set('id=1; Domain=co.uk', at('http://a.co.uk/'))).toBe('refused by CK-SUFFIX');
    expect(set('id=1; Domain=a.co.uk', at('http://www.a.co.uk/'))).toBe('stored by CK-STORE');
    // The host that is the suffix itself gets a host-only cookie.
    expect(set('me=1; Domain=server', at('http://server/'))).toBe('stored by CK-STORE');
    expect(sent(at('http://server/'))).toBe('me=1');
    expect(sent(at('http://www.server/'))).toBeUndefined();
  });
});

describe('which path gets a cookie back', () => {
  test('CK-SEND-PATH the directory of the request is the default', () => {
    const { set, sent, why } = jarOf();
    set('id=1', at('http://a.example/shop/cart'));
    expect(sent(at('http://a.example/shop'))).toBe('id=1');
    expect(sent(at('http://a.example/shop/x/y'))).toBe('id=1');
    expect(why('id', at('http://a.example/shopping'))).toBe('CK-SEND-PATH');
  });

  test('CK-SEND longer paths come first, then the older cookie', () => {
    const { set, sent } = jarOf();
    set('a=1; Path=/', SHOP);
    set('b=2; Path=/', SHOP);
    set('c=3; Path=/cart', SHOP);
    set('a=9; Path=/', SHOP, seconds(5));
    expect(sent(at('https://shop.example/cart'), seconds(6))).toBe('c=3; a=9; b=2');
  });
});

describe('how long a cookie lives', () => {
  test('CK-EXPIRED it is gone at the very second that Max-Age names', () => {
    const { jar, set, sent } = jarOf();
    set('id=1; Max-Age=10', SHOP);
    expect(sent(SHOP, (seconds(10) - 1) as Micros)).toBe('id=1');
    expect(sent(SHOP, seconds(10))).toBeUndefined();
    expect(jar.takeEvictions().map(({ cause }) => cause.rule.id)).toEqual(['CK-EXPIRED']);
  });

  test('CK-EXPIRES dates count on the calendar of the run', () => {
    const { set, sent } = jarOf({ epoch: Date.UTC(2030, 0, 1) });
    set('id=1; Expires=Tue, 01 Jan 2030 00:01:00 GMT', SHOP);
    expect(sent(SHOP, seconds(59))).toBe('id=1');
    expect(sent(SHOP, seconds(60))).toBeUndefined();
  });

  test('CK-EXPIRED a date in the past deletes', () => {
    const { jar, set } = jarOf();
    set('id=1', SHOP);
    expect(set('id=; Max-Age=0', SHOP)).toBe('deleted by CK-EXPIRED');
    expect(jar.size).toBe(0);
  });

  test('CK-REPLACE the same name, domain and path replaces', () => {
    const { jar, set, sent } = jarOf();
    set('id=1', SHOP);
    expect(set('id=2', SHOP, seconds(1))).toBe('replaced by CK-REPLACE');
    expect(sent(SHOP, seconds(1))).toBe('id=2');
    expect(jar.cookies(seconds(1))[0]!.creation).toBe(jar.dateOf(ZERO_TIME));
  });

  test('CK-SESSION-OVER cookies without an expiry end with the session', () => {
    const { jar, set, sent } = jarOf();
    set('session=1', SHOP);
    set('kept=1; Max-Age=100', SHOP);
    expect(jar.endSession().map((cause) => cause.rule.id)).toEqual(['CK-SESSION-OVER']);
    expect(sent(SHOP)).toBe('kept=1');
  });

  test('an age limit shortens what the server wished', () => {
    const { set, sent } = jarOf({ ageLimit: 60 });
    set('id=1; Max-Age=1000', SHOP);
    expect(sent(SHOP, seconds(59))).toBe('id=1');
    expect(sent(SHOP, seconds(60))).toBeUndefined();
  });

  test('CK-EXCESS the 51st cookie of a domain pushes out the one used longest ago', () => {
    const { jar, set, sent } = jarOf();
    set('first=1; Path=/first', SHOP);
    for (let i = 1; i < 50; i += 1) set(`c${i}=1; Path=/c${i}`, SHOP, seconds(i));
    sent(at('https://shop.example/first'), seconds(60));
    set('late=1', SHOP, seconds(61));
    expect(jar.size).toBe(50);
    expect(jar.takeEvictions().map(({ cookie }) => cookie.name)).toEqual(['c1']);
  });

  test('CK-EXCESS the store holds 3,000 cookies', () => {
    const { jar, set } = jarOf();
    for (let i = 0; i < 3_010; i += 1) set('id=1', at(`http://h${i % 70}.example/p${i}/x`));
    expect(jar.size).toBe(3_000);
    expect(jar.takeEvictions()).toHaveLength(10);
  });
});

describe('Secure and HttpOnly', () => {
  test('CK-SEND-SECURE a Secure cookie stays off plain HTTP', () => {
    const { set, sent, why } = jarOf();
    set('id=1; Secure', SHOP);
    expect(sent(SHOP)).toBe('id=1');
    expect(why('id', at('http://shop.example/'))).toBe('CK-SEND-SECURE');
  });

  test('CK-SET-SECURE and CK-LEAVE-SECURE plain HTTP may neither set nor shadow it', () => {
    const { set, sent } = jarOf();
    const plain = at('http://shop.example/');
    expect(set('id=evil; Secure', plain)).toBe('refused by CK-SET-SECURE');
    set('id=1; Secure', SHOP);
    expect(set('id=evil', plain)).toBe('refused by CK-LEAVE-SECURE');
    expect(set('id=evil; Domain=shop.example', plain)).toBe('refused by CK-LEAVE-SECURE');
    expect(set('id=evil; Path=/login', plain)).toBe('refused by CK-LEAVE-SECURE');
    expect(set('other=1', plain)).toBe('stored by CK-STORE');
    expect(sent(SHOP)).toBe('id=1; other=1');
  });

  test('by RFC 6265 alone the attack of §8.6 works', () => {
    const { set, sent } = jarOf({ profile: 'rfc6265' });
    set('id=1; Secure', SHOP);
    expect(set('id=evil', at('http://shop.example/'))).toBe('replaced by CK-REPLACE');
    expect(sent(SHOP)).toBe('id=evil');
  });

  test('CK-SEND-HTTPONLY, CK-SET-HTTPONLY scripts neither see nor touch an HttpOnly cookie', () => {
    const { set, sent, why } = jarOf();
    const script = at('https://shop.example/', { api: 'non-HTTP' });
    set('id=1; HttpOnly', SHOP);
    set('theme=dark', SHOP);
    expect(sent(script)).toBe('theme=dark');
    expect(why('id', script)).toBe('CK-SEND-HTTPONLY');
    expect(set('id=evil', script)).toBe('refused by CK-SET-HTTPONLY');
    expect(set('new=1; HttpOnly', script)).toBe('refused by CK-SET-HTTPONLY');
    expect(sent(SHOP)).toBe('id=1; theme=dark');
  });
});

describe('name prefixes', () => {
  test.each([
    ['__Secure-id=1', 'refused by CK-PREFIX-SECURE'],
    ['__secure-id=1', 'refused by CK-PREFIX-SECURE'],
    ['__Secure-id=1; Secure', 'stored by CK-STORE'],
    ['__Host-id=1; Secure', 'refused by CK-PREFIX-HOST'],
    ['__Host-id=1; Path=/', 'refused by CK-PREFIX-HOST'],
    ['__Host-id=1; Secure; Path=/x', 'refused by CK-PREFIX-HOST'],
    ['__Host-id=1; Secure; Path=/; Domain=shop.example', 'refused by CK-PREFIX-HOST'],
    ['__HOST-id=1; Secure; Path=/', 'stored by CK-STORE'],
  ])('%s is %s', (text, expected) => {
    expect(jarOf().set(text, SHOP)).toBe(expected);
  });
});

function jarWithAll(options: CookieJarOptions = {}) {
  const filled = jarOf(options);
  filled.set('strict=1; SameSite=Strict', SHOP);
  filled.set('lax=1; SameSite=Lax', SHOP);
  filled.set('none=1; SameSite=None; Secure', SHOP);
  filled.set('unmarked=1', SHOP);
  return filled;
}

describe('SameSite', () => {
  const EVIL: SchemeAndHost = { scheme: 'https', host: 'evil.example' };
  const link = at('https://shop.example/', { initiator: EVIL, topLevelNavigation: true });
  const form = { ...link, method: 'POST' };
  const image = at('https://shop.example/', { initiator: EVIL });

  test('CK-SEND-SAMESITE what a foreign page causes carries None; a followed link also Lax', () => {
    const { sent } = jarWithAll();
    expect(sent(SHOP)).toBe('strict=1; lax=1; none=1; unmarked=1');
    expect(sent(link)).toBe('lax=1; none=1; unmarked=1');
    expect(sent(form)).toBe('none=1');
    expect(sent(image)).toBe('none=1');
  });

  test('a page of the same site is no stranger, its plain HTTP twin is', () => {
    const { sent } = jarWithAll();
    const own = { scheme: 'https', host: 'www.shop.example' };
    expect(sent(at('https://shop.example/', { initiator: own }))).toContain('strict=1');
    const twin = { scheme: 'http', host: 'shop.example' };
    expect(sent(at('https://shop.example/', { initiator: twin }))).toBe('none=1');
  });

  test('CK-LAX-UNSAFE the grace of two minutes is off by default and only for the unmarked', () => {
    const { sent, why } = jarWithAll({ laxAllowingUnsafe: true });
    expect(sent(form, (minutes(2) - 1_000) as Micros)).toBe('none=1; unmarked=1');
    expect(sent(form, minutes(2))).toBe('none=1');
    expect(why('unmarked', form, minutes(2))).toBe('CK-LAX-UNSAFE');
    expect(why('lax', form, minutes(2))).toBe('CK-SEND-SAMESITE');
    expect(sent(image)).toBe('none=1');
  });

  test('with the default None an unmarked cookie goes everywhere, as it once did', () => {
    const { sent } = jarWithAll({ defaultSameSite: 'None' });
    expect(sent(form)).toBe('none=1; unmarked=1');
  });

  test('CK-SET-SAMESITE, CK-NONE-SECURE what a cross-site answer may set', () => {
    const { set } = jarOf();
    expect(set('a=1; SameSite=Lax', image)).toBe('refused by CK-SET-SAMESITE');
    expect(set('a=1', image)).toBe('refused by CK-SET-SAMESITE');
    expect(set('a=1; SameSite=Lax', link)).toBe('stored by CK-STORE');
    expect(set('b=1; SameSite=None; Secure', image)).toBe('stored by CK-STORE');
    expect(set('c=1; SameSite=None', SHOP)).toBe('refused by CK-NONE-SECURE');
  });
});

describe('a jar as text', () => {
  test('comes back with all it held', () => {
    const { jar, set } = jarOf();
    set('id=1; Secure; HttpOnly; SameSite=Strict', SHOP);
    set('old=1; Max-Age=5', SHOP);
    set('kept=1; Max-Age=50; Path=/cart', SHOP);
    const back = cookieJarFromJson(cookieJarToJson(jar, seconds(6)));
    expect(back.cookies(seconds(6))).toEqual(jar.cookies(seconds(6)));
    const inCart = at('https://shop.example/cart');
    expect(back.cookieHeader(inCart, seconds(7)).value).toBe('kept=1; id=1');
  });

  test.each([
    ['no JSON', '{'],
    ['no jar', '{"format":"other"}'],
    ['no list', '{"format":"tcplab-cookies/1","cookies":1}'],
    ['no cookie', '{"format":"tcplab-cookies/1","cookies":[{"name":"a"}]}'],
  ])('that is %s is refused with the reason', (_what, text) => {
    expect(() => cookieJarFromJson(text)).toThrow(CallError);
  });

  test('that would write header fields of its own is refused', () => {
    const { jar, set } = jarOf();
    set('id=1', SHOP);
    const text = cookieJarToJson(jar, ZERO_TIME).replace('"1"', '"1\\r\\nX: y"');
    expect(() => cookieJarFromJson(text)).toThrow('cookie 0: value is no good string');
  });
});
