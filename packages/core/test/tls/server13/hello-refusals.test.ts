/** RFC 8446 §4.1.2, §4.2, §9.2: what a ClientHello may not say. */
import { describe, expect, it } from 'vitest';
import {
  answer,
  around,
  both,
  set,
  share,
  shares,
  without,
  type Edit,
} from '../support/edited-hello.ts';
import { extensionOf, hex } from '../support/hello.ts';
import { RSA_SERVER } from '../support/world.ts';

describe('a ClientHello that breaks a rule is answered with one plain fatal alert', () => {
  const psk = `000700016100000000002120${'00'.repeat(32)}`;
  const withPsk: Edit = (parts) => parts.extensions.push([41, hex(psk)]);
  it.each<[string, string, Edit]>([
    ['protocol_version', 'legacy_version of SSL 3.0', (p) => (p.version = 0x0300)],
    ['protocol_version', 'legacy_version of SSL 2.0', (p) => (p.version = 0x0002)],
    [
      'protocol_version',
      'versions below TLS 1.2 only',
      set(43, '0603020301 0300'.replace(' ', '')),
    ],
    ['protocol_version', 'versions of drafts only', set(43, '047f1c7f12')],
    [
      'protocol_version',
      'no supported_versions, TLS 1.1',
      both(without(43), (p) => (p.version = 0x0302)),
    ],
    ['decode_error', 'a list of versions of 255 octets', set(43, `ff${'03'.repeat(255)}`)],
    ['illegal_parameter', 'null compression twice', (p) => (p.compression = hex('020000'))],
    ['illegal_parameter', 'another compression alone', (p) => (p.compression = hex('0101'))],
    ['illegal_parameter', 'compression before null', (p) => (p.compression = hex('020100'))],
    [
      'illegal_parameter',
      '255 ways of compression',
      (p) => (p.compression = hex(`ff${'00'.repeat(255)}`)),
    ],
    ['handshake_failure', 'suites of TLS 1.2 only', (p) => (p.suites = hex('0004c02bc02f'))],
    ['missing_extension', 'neither groups nor shares', without(10, 51)],
    [
      'missing_extension',
      'no signature schemes but some for certificates',
      both(without(13), set(50, '00020403')),
    ],
    ['missing_extension', 'a PSK without modes', both(without(45), withPsk)],
    ['missing_extension', 'a PSK without groups', both(without(10), withPsk)],
    ['missing_extension', 'a PSK without shares', both(without(51), withPsk)],
    ['missing_extension', 'an unknown PSK without signature schemes', both(without(13), withPsk)],
    ['handshake_failure', 'no signature scheme for our key', set(13, '00020804')],
    ['handshake_failure', 'SHA-1 only', set(13, '000402030201')],
    [
      'illegal_parameter',
      'a share of a group not offered',
      around([share(0x2a2a, 1)], [], '0002001d'),
    ],
    [
      'illegal_parameter',
      'two shares of an unknown group',
      around([share(0x2a2a, 1)], [share(0x2a2a, 1)], '00042a2a001d'),
    ],
    ['illegal_parameter', 'a share of 33 octets', shares(share(29, 33))],
    [
      'illegal_parameter',
      'a share of P-256 of 64 octets',
      both(shares(share(23, 64)), set(10, '00020017')),
    ],
    [
      'illegal_parameter',
      'a share of P-256 of 66 octets',
      both(shares(share(23, 66)), set(10, '00020017')),
    ],
    [
      'illegal_parameter',
      'a compressed share of P-256',
      both(set(51, `0025001700210 2${'11'.repeat(32)}`.replace(' ', '')), set(10, '00020017')),
    ],
    [
      'illegal_parameter',
      'the point at infinity',
      both(set(51, '00050017000100'), set(10, '00020017')),
    ],
    ['illegal_parameter', 'X25519 of order 1', set(51, `0024001d002001${'00'.repeat(31)}`)],
    [
      'illegal_parameter',
      'supported_groups twice',
      (p) => p.extensions.unshift([10, hex('0002001d')]),
    ],
    [
      'illegal_parameter',
      'GREASE twice',
      (p) => p.extensions.unshift([0x0a0a, hex('')], [0x0a0a, hex('00')]),
    ],
    [
      'illegal_parameter',
      'pre_shared_key before the end',
      (p) => p.extensions.unshift([41, hex(psk)]),
    ],
    [
      'illegal_parameter',
      'two names of an unknown kind',
      set(0, '0006 070000 070000'.replaceAll(' ', '')),
    ],
    ['protocol_version', 'versions that nobody knows', set(43, '027a7a')],
    ['decode_error', 'no version in the list', set(43, '00')],
    ['decode_error', 'half a version', set(43, '03030403')],
    ['decode_error', 'no compression at all', (p) => (p.compression = hex('00'))],
    ['decode_error', 'no suites', (p) => (p.suites = hex('0000'))],
    ['decode_error', 'half a suite', (p) => (p.suites = hex('0003130100'))],
    ['handshake_failure', 'suites that nobody knows', (p) => (p.suites = hex('0002cafe'))],
    ['decode_error', 'a session id of 33 octets', (p) => (p.sessionId = new Uint8Array(33))],
    ['missing_extension', 'no signature schemes', without(13)],
    ['missing_extension', 'no groups', without(10)],
    ['missing_extension', 'no shares', without(51)],
    ['decode_error', 'an empty list of schemes', set(13, '0000')],
    ['decode_error', 'half a scheme', set(13, '0003040300')],
    ['handshake_failure', 'schemes that nobody knows', set(13, '0002fafa')],
    ['decode_error', 'an empty list of groups', set(10, '0000')],
    [
      'handshake_failure',
      'groups that nobody knows',
      both(set(10, '00020a0a'), shares(share(0x0a0a, 1))),
    ],
    ['illegal_parameter', 'a share of 31 octets', shares(share(29, 31))],
    ['illegal_parameter', 'X25519 of zeros', set(51, `0024001d0020${'00'.repeat(32)}`)],
    [
      'illegal_parameter',
      'P-256 off the curve',
      both(set(51, `0045001700410${'4'.repeat(129)}`), set(10, '00020017')),
    ],
    [
      'illegal_parameter',
      'two shares of X25519',
      (p) => {
        const honest = extensionOf(p, 51).slice(2);
        shares(honest, honest)(p);
      },
    ],
    ['illegal_parameter', 'oid_filters', set(48, '0000')],
    ['decode_error', 'early_data that is not empty', set(42, '00')],
    ['decode_error', 'a server_name of nothing', set(0, '')],
    ['decode_error', 'an empty list of names', set(0, '0000')],
    ['decode_error', 'an empty name', set(0, '0003000000')],
    ['illegal_parameter', 'two host names', set(0, '00080000016100000162')],
    [
      'illegal_parameter',
      'fewer binders than PSKs',
      (p) =>
        p.extensions.push([41, hex(`000e0001610000000000016200000000002120${'00'.repeat(32)}`)]),
    ],
    ['decode_error', 'an octet in post_handshake_auth', set(49, '00')],
    ['decode_error', 'certificate_authorities without one', set(47, '0000')],
    ['decode_error', 'an authority without a name', set(47, '00020000')],
    ['decode_error', 'no key exchange mode', set(45, '00')],
    ['decode_error', 'an empty cookie', set(44, '0000')],
    ['decode_error', 'an empty extensions in the middle of lists', set(50, '')],
    ['decode_error', 'half a scheme for certificates', set(50, '000104')],
    ['decode_error', 'half a group', set(10, '0003001d00')],
    ['decode_error', 'a share without its key', set(51, '0004001d0000')],
  ])('%s: %s', (alert, _what, edit) => {
    expect(answer(edit)).toBe(`fatal ${alert}`);
  });

  it('handshake_failure: PKCS #1 v1.5 alone does not sign for an RSA key', () => {
    const rsa = { identities: [RSA_SERVER] };
    expect(answer(set(13, '000604010501 0601'.replace(' ', '')), rsa)).toBe(
      'fatal handshake_failure',
    );
    expect(answer(set(13, '000404010804'), rsa)).toBe('ServerHello');
  });

  it('unrecognized_name only where the client names a host', () => {
    const strict = { strictServerName: true };
    expect(answer(set(0, '0004 00000161'.replace(' ', '')), strict)).toBe(
      'fatal unrecognized_name',
    );
    expect(answer(set(0, '0004050001aa'), strict)).toBe('ServerHello');
    expect(answer(without(0), strict)).toBe('ServerHello');
  });

  it('no_application_protocol where none is common, decode_error where the list is wrong', () => {
    const http = { protocols: ['http/1.1'] };
    expect(answer(set(16, '0003026832'), http)).toBe('fatal no_application_protocol');
    expect(answer(set(16, '000c02683208687474702f312e31'), http)).toBe('ServerHello');
    for (const wrong of ['', '0000', '000100', '0002026832', '00040268320 0'.replace(' ', '')]) {
      expect(answer(set(16, wrong), http)).toBe('fatal decode_error');
    }
  });

  it('protocol_version by a server of TLS 1.3 alone to a client of TLS 1.2', () => {
    const only = { versions: ['TLS 1.3'] } as const;
    expect(answer(without(43), only)).toBe('fatal protocol_version');
    expect(answer(set(43, '020303'), only)).toBe('fatal protocol_version');
  });
});
