/**
 * The same Set-Cookie fields and requests for our jar (by RFC 6265 alone) and for tough-cookie: both
 * must send the same header.
 *
 * Known differences, kept out of what is generated: tough-cookie refuses a Secure-less request to
 * loopback hosts differently, never looks below a public suffix (`Domain=com`), cuts a pair at CR, LF and NUL, lets 30 February roll over, ignores
 * `Domain=.` where the RFC lets it stand for an empty domain-attribute, and canonicalizes IPv6
 * addresses through its platform.
 */
import { expect, test } from 'vitest';
import * as tough from 'tough-cookie';
import { CookieJar, PLAIN_RFC6265_POLICY } from '@tcplab/core/cookies';
import { seconds } from '../../src/base/time.ts';
import { fc, runs } from '../../../../test/support/fast-check.ts';

const name = fc.constantFrom('a', 'b', 'sid', '__Host-x', 'with space', '"q"');
const value = fc.constantFrom('1', '2', '', 'a=b', '"quoted"', ' padded ', 'x,y');
const hosts = ['example.com', 'www.example.com', 'a.www.example.com', 'other.test', '10.0.0.1'];
const paths = ['/', '/a', '/a/', '/a/b', '/ab', '/a/b/c'];

const attribute = fc.oneof(
  fc
    .constantFrom('example.com', '.example.com', 'WWW.example.com', 'other.test', '')
    .map((domain) => `Domain=${domain}`),
  fc.constantFrom(...paths, 'relative', '').map((path) => `Path=${path}`),
  fc
    .constantFrom('0', '-1', '1000000', 'x', '1x', '99999999999')
    .map((maxAge) => `Max-Age=${maxAge}`),
  fc
    .constantFrom('Wed, 09 Jun 1999 10:18:14 GMT', 'Wed, 09-Jun-99 10:18:14 GMT', 'soon')
    .map((expires) => `Expires=${expires}`),
  fc
    .constantFrom('Fri, 01 Jan 2100 00:00:00 GMT', '1 jan 2200 1:1:1')
    .map((expires) => `expires = ${expires}`),
  fc.constantFrom('Secure', 'secure=no', 'HttpOnly', 'SameSite=Lax', '', 'x=y', ' '),
);

const setCookie = fc
  .tuple(name, value, fc.array(attribute, { maxLength: 4 }), fc.constantFrom('=', ' = ', ''))
  .map(([name, value, attributes, equals]) =>
    [`${name}${equals}${value}`, ...attributes].join(';'),
  );

const place = fc.record({
  scheme: fc.constantFrom('http', 'https'),
  host: fc.constantFrom(...hosts),
  path: fc.constantFrom(...paths),
});

test('tough-cookie stores and sends the same cookies', () => {
  const step = fc.record({ text: setCookie, from: place });
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 12 }),
      fc.array(place, { maxLength: 6 }),
      (set, get) => {
        const ours = new CookieJar(PLAIN_RFC6265_POLICY);
        const theirs = new tough.CookieJar(null, {
          rejectPublicSuffixes: false,
          allowSecureOnLocal: false,
          prefixSecurity: 'unsafe-disabled',
        });
        for (const { text, from } of set) {
          ours.setCookie(text, { uri: from }, seconds(1));
          theirs.setCookieSync(text, `${from.scheme}://${from.host}${from.path}`, {
            ignoreError: true,
          });
        }
        for (const to of get) {
          const sent = ours.cookieHeader({ uri: to }, seconds(2)).value ?? '';
          const expected = theirs.getCookieStringSync(`${to.scheme}://${to.host}${to.path}`);
          // tough-cookie keeps expired cookies until somebody looks, and a cookie set anew in between
          // inherits their age: the same cookies, perhaps in another order.
          const deleting = set.some(({ text }) => /=0|=-1|1999|-99 /.test(text));
          expect(deleting ? sorted(sent) : sent).toEqual(deleting ? sorted(expected) : expected);
        }
      },
    ),
    runs(1_500),
  );
});

function sorted(header: string): string[] {
  return header.split('; ').sort();
}
