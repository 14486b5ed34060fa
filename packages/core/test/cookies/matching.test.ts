import { domainToASCII } from 'node:url';
import { describe, expect, test } from 'vitest';
import * as tough from 'tough-cookie';
import {
  canonicalizedHostName,
  defaultPath,
  domainMatch,
  pathMatch,
  publicSuffixes,
  registrableDomain,
  sameSite,
  SINGLE_LABEL_SUFFIXES,
} from '@tcplab/core/cookies';
import { fc, runs } from '../../../../test/support/fast-check.ts';

const label = fc.constantFrom('a', 'b', 'ab', 'example', 'com', '10', 'x');
const host = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
const path = fc
  .array(fc.constantFrom('/', 'a', 'b', 'ab', '//'), { maxLength: 5 })
  .map((parts) => parts.join(''));

describe('domain-match (RFC 6265 §5.1.3)', () => {
  test.each([
    ['example.com', 'example.com', true],
    ['www.example.com', 'example.com', true],
    ['badexample.com', 'example.com', false],
    ['example.com', 'www.example.com', false],
    ['10.0.0.1', '0.0.1', false],
    ['10.0.0.1', '10.0.0.1', true],
    ['[::1]', '1]', false],
    ['example.com', '', false],
  ])('CK-SEND-DOMAIN %s against %s: %s', (string, domain, matches) => {
    expect(domainMatch(string, domain)).toBe(matches);
  });

  test('agrees with tough-cookie', () => {
    fc.assert(
      fc.property(host, host, (string, domain) => {
        expect(domainMatch(string, domain)).toBe(tough.domainMatch(string, domain));
      }),
      runs(1_000),
    );
  });
});

describe('default-path and path-match (RFC 6265 §5.1.4)', () => {
  test.each([
    ['', '/'],
    ['/', '/'],
    ['/login', '/'],
    ['/shop/cart', '/shop'],
    ['/shop/', '/shop'],
    ['shop/cart', '/'],
  ])('the default-path of "%s" is %s', (uriPath, expected) => {
    expect(defaultPath(uriPath)).toBe(expected);
  });

  test.each([
    ['/', '/', true],
    ['/shop', '/', true],
    ['/shop', '/shop', true],
    ['/shop/cart', '/shop', true],
    ['/shop/cart', '/shop/', true],
    ['/shopping', '/shop', false],
    ['/shop', '/shop/', false],
  ])('CK-SEND-PATH %s against %s: %s', (requestPath, cookiePath, matches) => {
    expect(pathMatch(requestPath, cookiePath)).toBe(matches);
  });

  test('agree with tough-cookie', () => {
    fc.assert(
      fc.property(path, path, (request, cookie) => {
        expect(defaultPath(request)).toBe(tough.defaultPath(request));
        expect(pathMatch(request, cookie || '/')).toBe(tough.pathMatch(request, cookie || '/'));
      }),
      runs(1_000),
    );
  });
});

describe('canonicalized host names (RFC 6265 §5.1.2)', () => {
  test.each([
    ['WWW.Example.COM', 'www.example.com'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['BÜCHER.example', 'xn--bcher-kva.example'],
    ['例え.テスト', 'xn--r8jz45g.xn--zckzah'],
    ['пример.испытание', 'xn--e1afmkfd.xn--80akhbyknj4f'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
  ])('%s is %s', (given, canonical) => {
    expect(canonicalizedHostName(given)).toBe(canonical);
  });

  test('agree with the platform for labels of lower-case letters', () => {
    // A label needs a strong direction of its own (RFC 5893), so it is drawn from one script.
    const scripts = ['abcäöüéñç', 'абвгдежз', 'αβγλμπ', '你好世界中文', '한국어'];
    const word = fc
      .constantFrom(...scripts)
      .chain((script) =>
        fc.array(fc.constantFrom(...Array.from(script)), { minLength: 1, maxLength: 12 }),
      )
      .map((characters) => characters.join(''));
    fc.assert(
      fc.property(word, (name) => {
        expect(canonicalizedHostName(`${name}.example`)).toBe(domainToASCII(`${name}.example`));
      }),
    );
  });
});

describe('sites', () => {
  const list = publicSuffixes(['co.uk']);

  test.each([
    ['www.example.com', 'example.com'],
    ['a.b.shop.co.uk', 'shop.co.uk'],
    ['co.uk', 'co.uk'],
    ['10.0.0.1', '10.0.0.1'],
    ['server', 'server'],
  ])('%s belongs to %s', (name, site) => {
    expect(registrableDomain(name, list)).toBe(site);
  });

  test('without a list the registrable domain is the last two labels', () => {
    expect(registrableDomain('a.shop.co.uk', SINGLE_LABEL_SUFFIXES)).toBe('co.uk');
  });

  test('the same host over HTTP and HTTPS is two sites', () => {
    const plain = { scheme: 'http', host: 'example.com' };
    const secure = { scheme: 'https', host: 'example.com' };
    expect(sameSite(plain, secure, list)).toBe(false);
    expect(sameSite(secure, { ...secure, host: 'WWW.example.com' }, list)).toBe(true);
  });
});
