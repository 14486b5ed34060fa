/** RFC 8446 §4.1.3, §4.2 and §D.5 at the client: one changed field of a ServerHello at a time. */
import { describe, expect, it } from 'vitest';
import { hex, type HelloParts } from '../support/hello.ts';
import { afterServerHello, withExtension, type HelloEdit } from '../support/server-hello.ts';

const ILLEGAL = 'plain: fatal illegal_parameter';
const DECODE = 'plain: fatal decode_error';
const UNSUPPORTED = 'plain: fatal unsupported_extension';
const VERSION = 'plain: fatal protocol_version';

const both = (...edits: HelloEdit[]): HelloEdit => {
  return (parts) => edits.forEach((edit) => edit(parts));
};
const version =
  (value: number): HelloEdit =>
  (parts) =>
    (parts.version = value);
const sentinel =
  (mark: string): HelloEdit =>
  (parts) =>
    parts.random.set(hex(mark), 24);
const TO_12 = '444f574e47524401';
const TO_11 = '444f574e47524400';

describe('the version of a ServerHello', () => {
  it.each<[string, string, HelloEdit]>([
    ['TLS-H06 TLS 1.3 with the legacy version of TLS 1.1', ILLEGAL, version(0x0302)],
    ['TLS-H06 TLS 1.3 with the legacy version of TLS 1.3', ILLEGAL, version(0x0304)],
    ['TLS-V01 TLS 1.3 with the legacy version of SSL 3.0', VERSION, version(0x0300)],
    ['TLS-V01 SSL 3.0 alone', VERSION, both(withExtension(43, undefined), version(0x0300))],
    ['TLS-V01 TLS 1.0 alone', VERSION, both(withExtension(43, undefined), version(0x0301))],
    ['TLS-V01 TLS 1.1 alone', VERSION, both(withExtension(43, undefined), version(0x0302))],
    ['TLS-V01 0x0304 alone', VERSION, both(withExtension(43, undefined), version(0x0304))],
    ['TLS-V01 0x7f1c alone', VERSION, both(withExtension(43, undefined), version(0x7f1c))],
    ['TLS-H06 TLS 1.2 by the extension', ILLEGAL, withExtension(43, '0303')],
    ['TLS-H06 SSL 3.0 by the extension', ILLEGAL, withExtension(43, '0300')],
    ['TLS-H06 TLS 1.4 by the extension', ILLEGAL, withExtension(43, '0305')],
    ['TLS-H06 a draft by the extension', ILLEGAL, withExtension(43, '7f1c')],
    ['TLS-H02 no octet of a version', DECODE, withExtension(43, '')],
    ['TLS-H02 half a version', DECODE, withExtension(43, '03')],
    ['TLS-H02 two versions', DECODE, withExtension(43, '03040303')],
    ['TLS-H02 a list of versions', DECODE, withExtension(43, '020304')],
    ['TLS-H06 a suite of TLS 1.3 in TLS 1.2', ILLEGAL, withExtension(43, undefined)],
  ])('%s: %s', (_what, expected, edit) => {
    expect(afterServerHello(edit)).toBe(expected);
  });

  it('TLS-V01 a client of TLS 1.3 alone takes nothing else', () => {
    const client = { versions: ['TLS 1.3'] } as const;
    expect(afterServerHello(withExtension(43, undefined), { client })).toBe(VERSION);
    expect(afterServerHello(() => undefined, { client })).toBe('WAIT_EE');
  });

  it.each<[string, string, HelloEdit, readonly ('TLS 1.3' | 'TLS 1.2')[]]>([
    ['TLS-V02 TLS 1.2 with the mark of a better server', ILLEGAL, sentinel(TO_12), []],
    ['TLS-V02 TLS 1.2 with the mark for TLS 1.1', ILLEGAL, sentinel(TO_11), []],
    [
      'TLS-V02 TLS 1.1 with the mark for it',
      ILLEGAL,
      both(version(0x0302), sentinel(TO_11)),
      ['TLS 1.2'],
    ],
    [
      'TLS-V01 TLS 1.1 with the mark for TLS 1.2',
      VERSION,
      both(version(0x0302), sentinel(TO_12)),
      ['TLS 1.2'],
    ],
    ['a client of TLS 1.2 ignores the mark for it', 'WAIT_CERT', sentinel(TO_12), ['TLS 1.2']],
    ['and TLS 1.2 with the mark for TLS 1.1', 'WAIT_CERT', sentinel(TO_11), ['TLS 1.2']],
    ['a mark that is not at the end is none', 'WAIT_CERT', (p) => p.random.set(hex(TO_12), 20), []],
  ])('%s: %s', (_what, expected, edit, versions) => {
    const client = versions.length === 0 ? {} : { versions };
    expect(afterServerHello(edit, { client, server: { versions: ['TLS 1.2'] } })).toBe(expected);
  });

  it('TLS 1.3 with a mark in its random is no downgrade', () => {
    expect(afterServerHello(sentinel(TO_12))).toBe('WAIT_EE');
    expect(afterServerHello(sentinel(TO_11))).toBe('WAIT_EE');
  });
});

describe('the other fields of a ServerHello', () => {
  const session = (edit: (parts: HelloParts) => void): HelloEdit => edit;

  it.each<[string, string, HelloEdit]>([
    ['TLS-H06 no session id', ILLEGAL, (p) => (p.sessionId = hex(''))],
    ['TLS-H06 a session id that is too short', ILLEGAL, (p) => (p.sessionId = hex('00'))],
    ['TLS-H06 a session id with one changed bit', ILLEGAL, session((p) => (p.sessionId[31]! ^= 1))],
    ['TLS-H02 a session id of 33 octets', DECODE, (p) => (p.sessionId = new Uint8Array(33))],
    ['TLS-H06 TLS_AES_128_CCM_SHA256, not offered', ILLEGAL, (p) => (p.suites = hex('1304'))],
    ['TLS-H06 a GREASE suite', ILLEGAL, (p) => (p.suites = hex('0a0a'))],
    ['TLS-H06 the null suite', ILLEGAL, (p) => (p.suites = hex('0000'))],
    ['TLS-H06 the signalling suite', ILLEGAL, (p) => (p.suites = hex('00ff'))],
    ['TLS-H06 a suite of TLS 1.2 that was offered', ILLEGAL, (p) => (p.suites = hex('c02b'))],
    ['TLS-H06 compression method 1', ILLEGAL, (p) => (p.compression = hex('01'))],
    ['TLS-H06 compression method 255', ILLEGAL, (p) => (p.compression = hex('ff'))],
    ['TLS-H02 an octet behind the extensions', DECODE, (p) => (p.trailer = hex('00'))],
    ['TLS-H02 a session id that ends the message', DECODE, (p) => (p.compression = hex(''))],
  ])('%s: %s', (_what, expected, edit) => {
    expect(afterServerHello(edit)).toBe(expected);
  });

  it('TLS-H06 a session id where none was sent', () => {
    const client = { middleboxCompatibility: false };
    expect(afterServerHello(() => undefined, { client })).toBe('WAIT_EE');
    expect(afterServerHello((p) => (p.sessionId = hex('01')), { client })).toBe(ILLEGAL);
  });
});

describe('the extensions of a ServerHello', () => {
  const point = '04'.repeat(65);

  it.each<[string, string, HelloEdit]>([
    ['in another order', 'WAIT_EE', (p) => p.extensions.reverse()],
    ['TLS-X04 no key share', 'plain: fatal missing_extension', withExtension(51, undefined)],
    ['TLS-H02 an empty key_share', DECODE, withExtension(51, '')],
    ['TLS-H02 a group alone, as in a HelloRetryRequest', DECODE, withExtension(51, '001d')],
    ['TLS-H02 an empty share', DECODE, withExtension(51, '001d0000')],
    ['TLS-H02 a share cut short', DECODE, withExtension(51, `001d0020${'09'.repeat(31)}`)],
    ['TLS-H02 a share and a rest', DECODE, withExtension(51, `001d0020${'09'.repeat(33)}`)],
    ['TLS-H02 a list of shares', DECODE, withExtension(51, `0024001d0020${'09'.repeat(32)}`)],
    ['TLS-K01 X25519 of 31 octets', ILLEGAL, withExtension(51, `001d001f${'09'.repeat(31)}`)],
    ['TLS-K01 X25519 of 33 octets', ILLEGAL, withExtension(51, `001d0021${'09'.repeat(33)}`)],
    ['TLS-K01 X25519 zero', ILLEGAL, withExtension(51, `001d0020${'00'.repeat(32)}`)],
    ['TLS-K01 X25519 one', ILLEGAL, withExtension(51, `001d002001${'00'.repeat(31)}`)],
    ['TLS-X05 an offered group without a share', ILLEGAL, withExtension(51, `00170041${point}`)],
    ['TLS-X05 a group that was not offered', ILLEGAL, withExtension(51, `00190002${'0404'}`)],
    ['TLS-X05 a GREASE group', ILLEGAL, withExtension(51, '0a0a000100')],
    ['TLS-X02 pre_shared_key without offering', UNSUPPORTED, withExtension(41, '0000')],
    ['TLS-X02 an unknown extension', UNSUPPORTED, withExtension(0x1234, '')],
    ['TLS-X02 a GREASE extension', UNSUPPORTED, withExtension(0x0a0a, '')],
    ['TLS-X03 server_name', ILLEGAL, withExtension(0, '')],
    ['TLS-X03 supported_groups', ILLEGAL, withExtension(10, '0002001d')],
    ['TLS-X03 ALPN', ILLEGAL, withExtension(16, '0003026832')],
    ['TLS-X03 signature_algorithms', ILLEGAL, withExtension(13, '00020403')],
    ['TLS-X03 early_data', ILLEGAL, withExtension(42, '')],
    ['TLS-X03 cookie', ILLEGAL, withExtension(44, '000100')],
    ['TLS-X03 psk_key_exchange_modes', ILLEGAL, withExtension(45, '0101')],
    ['TLS-X03 extended_master_secret', ILLEGAL, withExtension(23, '')],
    ['TLS-X03 renegotiation_info', ILLEGAL, withExtension(0xff01, '00')],
    ['TLS-X03 session_ticket', ILLEGAL, withExtension(35, '')],
    ['TLS-X01 key_share twice', ILLEGAL, (p) => p.extensions.push(p.extensions[0]!)],
    ['TLS-X01 supported_versions twice', ILLEGAL, (p) => p.extensions.push([43, hex('0304')])],
    [
      'TLS-X01 an unknown one twice',
      ILLEGAL,
      (p) => p.extensions.push([0x1234, hex('')], [0x1234, hex('')]),
    ],
  ])('%s: %s', (_what, expected, edit) => {
    expect(afterServerHello(edit)).toBe(expected);
  });

  it.each(['02', '03'])('TLS-K01 a compressed point (%s) is no key share', (form) => {
    const groups = { client: { groups: ['P-256'] }, server: { groups: ['P-256'] } } as const;
    const share = `00170021${form}${'11'.repeat(32)}`;
    expect(afterServerHello(withExtension(51, share), groups)).toBe(ILLEGAL);
    const offCurve = `00170041${point}`;
    expect(afterServerHello(withExtension(51, offCurve), groups)).toBe(ILLEGAL);
    expect(afterServerHello(() => undefined, groups)).toBe('WAIT_EE');
  });
});
