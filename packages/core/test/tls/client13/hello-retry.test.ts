/** RFC 8446 §4.1.4 and §4.2.2 at the client: HelloRetryRequests right, wrong and odd. */
import { describe, expect, it } from 'vitest';
import { extensionOf, hex, putTogether, takeApart } from '../support/hello.ts';
import {
  afterRetry,
  afterServerHello,
  beforeServerHello,
  withExtension,
  type HelloEdit,
} from '../support/server-hello.ts';
import { drain } from '../support/world.ts';

const ILLEGAL = 'plain: fatal illegal_parameter';
const DECODE = 'plain: fatal decode_error';
const UNSUPPORTED = 'plain: fatal unsupported_extension';
/** The server speaks a group for which the client sent no share. */
const RETRY = { server: { groups: ['P-384'] } } as const;

describe('a HelloRetryRequest', () => {
  it.each<[string, string, HelloEdit]>([
    ['as it should be', 'WAIT_SH', () => undefined],
    ['with a cookie and no group', 'WAIT_SH', cookieAlone],
    ['with a cookie of 65000 octets', 'WAIT_SH', withExtension(44, `fde8${'cc'.repeat(65_000)}`)],
    ['TLS-H07 for the group that has a share', ILLEGAL, withExtension(51, '001d')],
    ['TLS-H07 for a group that was not offered', ILLEGAL, withExtension(51, '0019')],
    ['TLS-H07 for a GREASE group', ILLEGAL, withExtension(51, '0a0a')],
    ['TLS-H07 for nothing', ILLEGAL, withExtension(51, undefined)],
    [
      'TLS-H07 with a cookie that no ClientHello holds',
      ILLEGAL,
      withExtension(44, `ffe0${'cc'.repeat(0xffe0)}`),
    ],
    ['TLS-H02 with an empty cookie', DECODE, withExtension(44, '0000')],
    ['TLS-H02 with a cookie cut short', DECODE, withExtension(44, '0002cc')],
    ['TLS-H02 with a key share instead of a group', DECODE, withExtension(51, '0018000100')],
    ['TLS-H02 with an empty key_share', DECODE, withExtension(51, '')],
    [
      'TLS-X04 without supported_versions',
      'plain: fatal missing_extension',
      withExtension(43, undefined),
    ],
    ['TLS-H06 of TLS 1.2', ILLEGAL, withExtension(43, '0303')],
    ['TLS-H06 with another legacy version', ILLEGAL, (p) => (p.version = 0x0302)],
    ['TLS-H06 with another session id', ILLEGAL, (p) => (p.sessionId[0]! ^= 1)],
    ['TLS-H06 with compression', ILLEGAL, (p) => (p.compression = hex('01'))],
    ['TLS-H06 with a suite that was not offered', ILLEGAL, (p) => (p.suites = hex('1304'))],
    ['TLS-H06 with a suite of TLS 1.2', ILLEGAL, (p) => (p.suites = hex('c02b'))],
    ['TLS-X01 with key_share twice', ILLEGAL, (p) => p.extensions.push([51, hex('0018')])],
    ['TLS-X02 with an unknown extension', UNSUPPORTED, withExtension(0x1234, '')],
    ['TLS-X03 with pre_shared_key', ILLEGAL, withExtension(41, '0000')],
    ['TLS-X03 with server_name', ILLEGAL, withExtension(0, '')],
    ['TLS-X03 with ALPN', ILLEGAL, withExtension(16, '0003026832')],
    ['TLS-X03 with early_data', ILLEGAL, withExtension(42, '')],
  ])('%s: %s', (_what, expected, edit) => {
    expect(afterServerHello(edit, RETRY)).toBe(expected);
  });

  it('is answered with the cookie and the share, and nothing else is changed', () => {
    const { victim, hello, parts } = beforeServerHello(RETRY);
    withExtension(44, '0003aabbcc')(parts);
    victim.send(putTogether(parts));
    // The ClientHello follows the change_cipher_spec of the compatibility mode.
    const second = takeApart(drain(victim.endpoint).subarray(6));
    expect(extensionOf(second, 44)).toEqual(hex('0003aabbcc'));
    expect(extensionOf(second, 51).subarray(0, 6)).toEqual(hex('006500180061'));
    const changed = new Set([44, 51]);
    const rest = ({ extensions, ...fields }: ReturnType<typeof takeApart>) => ({
      ...fields,
      extensions: extensions.filter(([type]) => !changed.has(type)),
    });
    expect(rest(second)).toEqual(rest(takeApart(hello)));
  });

  it('keeps the share of the first hello where only a cookie is asked for', () => {
    const { victim, parts } = beforeServerHello(RETRY);
    cookieAlone(parts);
    victim.send(putTogether(parts));
    const second = takeApart(drain(victim.endpoint).subarray(6));
    expect(extensionOf(second, 51).subarray(0, 6)).toEqual(hex('0024001d0020'));
  });
});

describe('the ServerHello after a HelloRetryRequest', () => {
  const secondRetry: HelloEdit = (parts) => {
    const { parts: request } = beforeServerHello(RETRY);
    Object.assign(parts, { ...request, sessionId: parts.sessionId });
  };

  it.each<[string, string, HelloEdit]>([
    ['as it should be', 'WAIT_EE', () => undefined],
    ['TLS-H07 a second request', 'plain: fatal unexpected_message', secondRetry],
    [
      'TLS-H07 a second request that lacks its version',
      'plain: fatal unexpected_message',
      (p) => {
        secondRetry(p);
        withExtension(43, undefined)(p);
      },
    ],
    ['TLS-H06 of another suite', ILLEGAL, (p) => (p.suites = hex('1302'))],
    ['TLS-H06 of TLS 1.2', ILLEGAL, withExtension(43, undefined)],
    [
      'TLS-H06 of TLS 1.1',
      ILLEGAL,
      (p) => {
        withExtension(43, undefined)(p);
        p.version = 0x0302;
      },
    ],
    ['TLS-X05 with the first share', ILLEGAL, withExtension(51, `001d0020${'09'.repeat(32)}`)],
    ['TLS-X04 without a share', 'plain: fatal missing_extension', withExtension(51, undefined)],
    ['TLS-H06 with another session id', ILLEGAL, (p) => (p.sessionId[5]! ^= 4)],
    ['TLS-X03 with a cookie', ILLEGAL, withExtension(44, '000100')],
  ])('%s: %s', (_what, expected, edit) => {
    expect(afterRetry(edit, RETRY)).toBe(expected);
  });

  it('TLS-H06 of TLS 1.2 for a client of TLS 1.3 alone', () => {
    const client = { versions: ['TLS 1.3'] } as const;
    expect(afterRetry(withExtension(43, undefined), { ...RETRY, client })).toBe(ILLEGAL);
  });
});

function cookieAlone(parts: Parameters<HelloEdit>[0]): void {
  withExtension(51, undefined)(parts);
  withExtension(44, '0001cc')(parts);
}
