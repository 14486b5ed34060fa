import { describe, expect, test } from 'vitest';
import {
  cookieValue,
  EARLIEST_DATE,
  LATEST_DATE,
  parseCookieHeader,
  parseSetCookie,
  setCookieString,
  type ParsedSetCookie,
} from '@tcplab/core/cookies';
import { CallError } from '../../src/base/errors.ts';
import { fc, runs } from '../../../../test/support/fast-check.ts';

const NOW = 1_000_000;

function parsed(text: string): ParsedSetCookie {
  const result = parseSetCookie(text, NOW);
  if (!result.ok) throw new Error(`refused: ${result.cause.why}`);
  return result.cookie;
}

function refusal(text: string): string | undefined {
  const result = parseSetCookie(text, NOW);
  return result.ok ? undefined : result.cause.rule.id;
}

describe('reading Set-Cookie (RFC 6265 §5.2)', () => {
  test('white space around name, value and attributes does not count, inside it stays', () => {
    const { name, value, attributes } = parsed(' \tid = a b \t; Path = /x ; SECURE;httponly');
    expect([name, value]).toEqual(['id', 'a b']);
    expect(attributes).toEqual({ path: '/x', secure: true, httpOnly: true });
  });

  test('the value keeps further equal signs and quotes', () => {
    expect(parsed('id="a=b=="; Secure').value).toBe('"a=b=="');
  });

  test('CK-SYNTAX without "=" or without a name there is no cookie', () => {
    expect(refusal('novalue; Path=/')).toBe('CK-SYNTAX');
    expect(refusal('=value')).toBe('CK-SYNTAX');
    expect(refusal('')).toBe('CK-SYNTAX');
  });

  test('CK-CTL a control character spoils the whole field, a tab does not', () => {
    expect(refusal('id=a\rb')).toBe('CK-CTL');
    expect(refusal('id=a; Path=/\x00')).toBe('CK-CTL');
    expect(refusal('id=a\x7f')).toBe('CK-CTL');
    expect(parsed('id=a\tb').value).toBe('a\tb');
  });

  test('CK-SIZE name and value may have 4,096 octets together and not one more', () => {
    expect(parsed(`id=${'v'.repeat(4_094)}`).value).toHaveLength(4_094);
    expect(refusal(`id=${'v'.repeat(4_095)}`)).toBe('CK-SIZE');
  });

  test('CK-AV-SIZE an attribute of more than 1,024 octets is ignored alone', () => {
    const { attributes, ignored } = parsed(`id=1; Path=/${'p'.repeat(1_024)}; Secure`);
    expect(attributes).toEqual({ secure: true });
    expect(ignored.map((cause) => cause.rule.id)).toEqual(['CK-AV-SIZE']);
    expect(parsed(`id=1; Path=/${'p'.repeat(1_023)}`).attributes.path).toHaveLength(1_024);
  });

  test('CK-MAX-AGE zero and less expire at once, the rest counts from now and stops at the last date', () => {
    expect(parsed('id=1; Max-Age=0').attributes.maxAge).toBe(EARLIEST_DATE);
    expect(parsed('id=1; Max-Age=-5').attributes.maxAge).toBe(EARLIEST_DATE);
    expect(parsed('id=1; Max-Age=60').attributes.maxAge).toBe(NOW + 60_000);
    expect(parsed(`id=1; Max-Age=${'9'.repeat(400)}`).attributes.maxAge).toBe(LATEST_DATE);
  });

  test('the last attribute of a name wins', () => {
    const { attributes } = parsed('id=1; Path=/a; Domain=a.example; Path=/b; Domain=.B.example');
    expect(attributes).toEqual({ path: '/b', domain: 'b.example' });
  });

  test('what cannot be understood is ignored with its reason, the cookie is taken', () => {
    const text = 'id=1; Max-Age=soon; Expires=never; Domain=; SameSite=Maybe; Colour=red';
    const { attributes, ignored } = parsed(text);
    expect(attributes).toEqual({ sameSite: 'Default' });
    expect(ignored.map((cause) => cause.rule.id)).toEqual([
      'CK-MAX-AGE',
      'CK-EXPIRES',
      'CK-DOMAIN-AV',
      'CK-SAMESITE-AV',
      'CK-AV-UNKNOWN',
    ]);
  });

  test('no text of a peer makes it throw, and what it takes respects the limits', () => {
    const pieces = fc.array(
      fc.oneof(
        fc.constantFrom(';', '=', ' ', '\t', 'Domain=.', 'Path=', 'Max-Age=-', 'Expires='),
        fc.constantFrom('SameSite=strict', '__Host-', 'Secure', '\r\n'),
        fc.string({ unit: 'binary', maxLength: 8 }),
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(pieces, (parts) => {
        const result = parseSetCookie(parts.join(''), NOW);
        if (!result.ok) return;
        expect(result.cookie.name).not.toBe('');
        expect(/[;=]/.test(result.cookie.name)).toBe(false);
        expect(result.cookie.value.includes(';')).toBe(false);
      }),
      runs(500),
    );
  });
});

describe('the server writes and reads cookies (RFC 6265 §4)', () => {
  test('what the server writes, the user agent reads back', () => {
    const text = setCookieString('__Host-id', 'abc', {
      maxAge: 60,
      path: '/',
      secure: true,
      httpOnly: true,
      sameSite: 'Strict',
    });
    expect(text).toBe('__Host-id=abc; Max-Age=60; Path=/; Secure; HttpOnly; SameSite=Strict');
    expect(parsed(text)).toEqual({
      name: '__Host-id',
      value: 'abc',
      attributes: {
        maxAge: NOW + 60_000,
        path: '/',
        secure: true,
        httpOnly: true,
        sameSite: 'Strict',
      },
      ignored: [],
    });
  });

  test('a value outside the grammar is the program’s mistake', () => {
    expect(() => setCookieString('id', 'a;b')).toThrow(CallError);
    expect(() => setCookieString('id', 'a b')).toThrow(CallError);
    expect(() => setCookieString('id', 'a\r\nSet-Cookie: x')).toThrow(CallError);
    expect(() => setCookieString('a=b', '1')).toThrow(CallError);
    expect(() => setCookieString('id', '1', { path: '/;x' })).toThrow(CallError);
    expect(() => setCookieString('id', '1', { maxAge: 0.5 })).toThrow(CallError);
  });

  test('pairs of a Cookie field come in their order, the first of a name counts', () => {
    expect(parseCookieHeader('a=1; b=2=3;  a = 4;junk; =5')).toEqual([
      ['a', '1'],
      ['b', '2=3'],
      ['a', '4'],
    ]);
    expect(cookieValue('a=1; a=2', 'a')).toBe('1');
    // The last octet of \u00e0 in UTF-8 is no white space here, although it is to `trim`.
    expect(cookieValue('a=\u00c3\u00a0 ; b=1', 'a')).toBe('\u00c3\u00a0');
    expect(cookieValue(undefined, 'a')).toBeUndefined();
  });

  test('no Cookie field makes it throw, and its pairs are limited', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const [name] of parseCookieHeader(text)) expect(name).not.toBe('');
      }),
    );
    expect(parseCookieHeader('a=1;'.repeat(5_000)).length).toBe(300);
  });

  test('every name and value of the grammar survives the way to the jar and back', () => {
    const token = fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,20}$/);
    const octets = fc.stringMatching(/^[!#-+\--:<-[\]-~]{0,40}$/);
    fc.assert(
      fc.property(token, octets, (name, value) => {
        const cookie = parsed(setCookieString(name, value));
        expect(cookieValue(`x=1; ${cookie.name}=${cookie.value}`, name)).toBe(
          name === 'x' ? '1' : value,
        );
      }),
    );
  });
});
