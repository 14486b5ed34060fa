import { fc } from '../../../../test/support/fast-check.ts';
import {
  authorityOf,
  formatUrl,
  isIpv4,
  isIpv6,
  originOf,
  parseUrl,
  pathAndQuery,
  percentDecode,
  percentEncode,
  readUrl,
  requote,
  resolveUrl,
} from '@tcplab/core';
import { isIP } from 'node:net';
import { describe, expect, test } from 'vitest';

const text = (url: string): string => formatUrl(parseUrl(url));

describe('a URL', () => {
  test('is taken apart into its canonical pieces', () => {
    expect(parseUrl('HTTPS://user:p%40ss@Example.COM:8443/a/./b/../c?x=1&y=2#top')).toEqual({
      scheme: 'https',
      username: 'user',
      password: 'p@ss',
      host: 'example.com',
      port: 8443,
      path: '/a/c',
      query: 'x=1&y=2',
      fragment: 'top',
    });
  });

  test('has the port of its scheme, and does not show it', () => {
    const ports = { http: 80, https: 443, ws: 80, wss: 443, ftp: 21 };
    for (const [scheme, port] of Object.entries(ports)) {
      const url = parseUrl(`${scheme}://h:${port}/`);
      expect(url.port).toBe(port);
      expect(authorityOf(url)).toBe('h');
    }
    expect(originOf(parseUrl('http://h:8080/x'))).toBe('http://h:8080');
    expect(authorityOf(parseUrl('http://[2001:DB8::1]:81/'))).toBe('[2001:db8::1]:81');
  });

  test('gives the target of a request without user and fragment', () => {
    const url = parseUrl('http://u@h/p?q#f');
    expect(pathAndQuery(url)).toBe('/p?q');
    expect(formatUrl(url, { credentials: false, fragment: false })).toBe('http://h/p?q');
    expect(pathAndQuery(parseUrl('http://h'))).toBe('/');
    expect(pathAndQuery(parseUrl('http://h?'))).toBe('/?');
  });

  test('has what may not stand bare percent-encoded, and what needs no escape bare', () => {
    expect(text('http://h/a b/ж/%7e%2f/100%')).toBe('http://h/a%20b/%D0%B6/~%2F/100%25');
    expect(text('http://h/?q="a b"&p=[1]')).toBe('http://h/?q=%22a%20b%22&p=%5B1%5D');
    expect(text('http://h/a/%2e%2E/b')).toBe('http://h/b');
    expect(text('http://h/\\evil')).toBe('http://h/%5Cevil');
  });

  test.each([
    ['example.com/x', 'scheme'],
    ['gopher://h/', 'unknown scheme'],
    ['http:/x', 'host'],
    ['http:///x', 'host is missing'],
    ['http://bücher.example/', 'internationalized'],
    ['http://h%41st/', '"%"'],
    ['http://a b/', '" "'],
    ['http://h\\x/', '"\\\\"'],
    ['http://a..b/', 'empty label'],
    [`http://${'a'.repeat(64)}.example/`, 'label'],
    [`http://${'abc.'.repeat(70)}example/`, 'longer than 253'],
    ['http://127.1/', 'IPv4'],
    ['http://0x7f000001/', 'IPv4'],
    ['http://1.2.3.256/', 'IPv4'],
    ['http://1.2.3.04/', 'IPv4'],
    ['http://[::1/', 'IPv6'],
    ['http://[1::2::3]/', 'IPv6'],
    ['http://[fe80::1%25eth0]/', 'IPv6'],
    ['http://h:0/', 'port'],
    ['http://h:65536/', 'port'],
    ['http://h:-1/', 'port'],
    ['http://h:8a/', 'port'],
    ['http://a@b@c/', '%40'],
    ['http://h/a\r\nX: y', 'control character'],
    ['http://h/\u0000', 'control character'],
    [`http://h/${'a'.repeat(70_000)}`, 'longer'],
  ])('%j is refused: %s', (url, words) => {
    expect(() => parseUrl(url)).toThrow('invalid URL');
    expect(() => parseUrl(url)).toThrow(words);
    expect(readUrl(url)).toHaveProperty('problem');
  });

  test('agrees with the platform wherever both accept', () => {
    const part = fc.string({
      unit: fc.constantFrom(...'ab.~%2eF/&=+ "é;,:@', '..', '/../'),
      maxLength: 12,
    });
    fc.assert(
      fc.property(part, part, (path, query) => {
        const ours = readUrl(`http://h:81/${path}?${query}#x`);
        const platform = new URL(`http://h:81/${path}?${query}#x`);
        if ('problem' in ours) throw new Error(ours.problem);
        expect(new URL(formatUrl(ours)).pathname).toBe(ours.path);
        // The platform leaves escapes as they are: requoted, both are the same.
        expect(ours.path).toBe(requote(platform.pathname, 'path'));
      }),
    );
  });

  test('comes back from its own text, whatever it was', () => {
    fc.assert(
      fc.property(fc.webUrl({ withFragments: true, withQueryParameters: true }), (url) => {
        const once = parseUrl(url);
        expect(parseUrl(formatUrl(once))).toEqual(once);
      }),
    );
    const odd = { ...parseUrl('ftp://h/'), username: 'a%41:@/', password: 'ж:%' };
    expect(parseUrl(formatUrl(odd))).toEqual(odd);
  });

  test('from a peer is a verdict, never an exception', () => {
    const base = parseUrl('http://h/');
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (any) => {
        expect(readUrl(any, base)).toBeTypeOf('object');
        expect(readUrl(`http://${any}`)).toBeTypeOf('object');
      }),
    );
  });
});

describe('RFC 3986 §5.4: a reference resolved against http://a/b/c/d;p?q', () => {
  const base = parseUrl('http://a/b/c/d;p?q');
  test.each([
    ['g', 'http://a/b/c/g'],
    ['./g', 'http://a/b/c/g'],
    ['g/', 'http://a/b/c/g/'],
    ['/g', 'http://a/g'],
    ['//g', 'http://g/'],
    ['?y', 'http://a/b/c/d;p?y'],
    ['g?y', 'http://a/b/c/g?y'],
    ['#s', 'http://a/b/c/d;p?q#s'],
    ['g#s', 'http://a/b/c/g#s'],
    ['g?y#s', 'http://a/b/c/g?y#s'],
    [';x', 'http://a/b/c/;x'],
    ['g;x?y#s', 'http://a/b/c/g;x?y#s'],
    ['', 'http://a/b/c/d;p?q'],
    ['.', 'http://a/b/c/'],
    ['./', 'http://a/b/c/'],
    ['..', 'http://a/b/'],
    ['../', 'http://a/b/'],
    ['../g', 'http://a/b/g'],
    ['../..', 'http://a/'],
    ['../../g', 'http://a/g'],
    ['../../../g', 'http://a/g'],
    ['/./g', 'http://a/g'],
    ['/../g', 'http://a/g'],
    ['g.', 'http://a/b/c/g.'],
    ['..g', 'http://a/b/c/..g'],
    ['./../g', 'http://a/b/g'],
    ['./g/.', 'http://a/b/c/g/'],
    ['g/../h', 'http://a/b/c/h'],
    ['g;x=1/../y', 'http://a/b/c/y'],
    ['g?y/./x', 'http://a/b/c/g?y/./x'],
    ['http://other/', 'http://other/'],
  ])('%j is %s', (reference, expected) => {
    expect(formatUrl(resolveUrl(base, reference))).toBe(expected);
  });

  test('a reference to another scheme needs its own host', () => {
    expect(() => resolveUrl(base, 'http:g')).toThrow('invalid URL');
    expect(() => resolveUrl(base, 'mailto:a@b')).toThrow('unknown scheme');
  });
});

describe('percent-encoding', () => {
  test('goes both ways for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (any) => {
        expect(percentDecode(percentEncode(any, 'parameter'))).toBe(any);
        expect(percentEncode(any, 'parameter')).toMatch(/^[\w.~%-]*$/);
      }),
    );
  });

  test('requoting twice changes nothing more', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'%24aéG/? ') }), (any) => {
        const once = requote(any, 'path');
        expect(requote(once, 'path')).toBe(once);
      }),
    );
  });
});

describe('addresses in hosts', () => {
  test('agree with the platform', () => {
    const piece = fc.constantFrom('::', ':', '1', 'ffff', '0', '1.2.3.4', '10000', '.', 'g', '25');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 16 }), (pieces) => {
        const address = pieces.join('');
        expect(isIpv6(address)).toBe(isIP(address) === 6);
        expect(isIpv4(address)).toBe(isIP(address) === 4);
      }),
    );
    expect(isIpv6('1:2:3:4:5:6:7:8')).toBe(true);
    expect(isIpv6('1:2:3:4:5:6:1.2.3.4')).toBe(true);
  });
});
