/** The extensions of a ClientHello that asks for TLS 1.2, and what the ServerHello answers to them. */
import { describe, expect, it } from 'vitest';
import { EMPTY_BYTES } from '@tcplab/core';
import { CertificateAuthority, type TlsServerOptions } from '@tcplab/core/tls';
import {
  extensionOf,
  hex,
  message,
  putTogether,
  record,
  setExtension,
  takeApart,
} from '../support/hello.ts';
import { answer, edited, HELLO, said, set, type Edit, type Row } from '../support/hello-12.ts';
import { testRandom } from '../support/random.ts';
import { ECDSA_SERVER, ED25519_SERVER, P384_SERVER, ROOT, RSA_SERVER } from '../support/world.ts';

describe('the extensions of a ClientHello', () => {
  it.each<Row>([
    ['no server_name', 'ServerHello', set(0, undefined)],
    ['a name of another kind', 'ServerHello', set(0, '000507000261 62')],
    ['two kinds of names', 'ServerHello', set(0, `000807000161 000001 61`)],
    ['TLS-X08 two host names', 'illegal_parameter', set(0, '000800000161 00000162')],
    ['TLS-X08 the same name twice', 'illegal_parameter', set(0, '000800000161 00000161')],
    ['TLS-H02 an empty host name', 'decode_error', set(0, '0003000000')],
    ['TLS-H02 an empty list of names', 'decode_error', set(0, '0000')],
    ['TLS-H02 nothing in server_name', 'decode_error', set(0, '')],
    ['TLS-H02 a name cut short', 'decode_error', set(0, '000400000261')],
    ['TLS-H02 an octet behind the names', 'decode_error', set(0, '00040000016100')],
    ['an address as name', 'ServerHello', set(0, '000c0000093132372e302e302e31')],
    ['no supported_groups', 'ServerHello', set(10, undefined)],
    ['unknown groups and known ones', 'ServerHello', set(10, '00080a0a001e00170100')],
    ['TLS-H05 unknown groups alone', 'handshake_failure', set(10, '00040a0a001e')],
    ['TLS-H02 an empty list of groups', 'decode_error', set(10, '0000')],
    ['TLS-H02 half a group', 'decode_error', set(10, '0003001700')],
    ['TLS-H02 nothing in supported_groups', 'decode_error', set(10, '')],
    ['TLS-H02 an octet behind the groups', 'decode_error', set(10, '0002001700')],
    [
      'TLS-H05 groups without the curve of our certificate',
      'handshake_failure',
      set(10, '0002001d'),
    ],
    ['no ec_point_formats', 'ServerHello', set(11, undefined)],
    ['all point formats', 'ServerHello', set(11, '03020100')],
    ['strange point formats', 'ServerHello', set(11, '0300ff10')],
    ['TLS-208 compressed points alone', 'illegal_parameter', set(11, '020102')],
    ['TLS-H02 an empty list of formats', 'decode_error', set(11, '00')],
    ['TLS-H02 nothing in ec_point_formats', 'decode_error', set(11, '')],
    ['TLS-H02 an octet behind the formats', 'decode_error', set(11, '010000')],
    // RFC 9155 §2: what remained without it would be SHA-1.
    ['TLS-H05 no signature_algorithms', 'handshake_failure', set(13, undefined)],
    ['TLS-H05 SHA-1 alone', 'handshake_failure', set(13, '000402010203')],
    ['TLS-H05 MD5 and unknown ones', 'handshake_failure', set(13, '000601010909ffff')],
    ['TLS-H05 schemes of RSA alone', 'handshake_failure', set(13, '0004 04010804')],
    ['SHA-384 with a P-256 key', 'ServerHello', set(13, '00020503')],
    ['unknown schemes and a known one', 'ServerHello', set(13, '00060000ffff0403')],
    ['TLS-H02 an empty list of schemes', 'decode_error', set(13, '0000')],
    ['TLS-H02 half a scheme', 'decode_error', set(13, '0003040305')],
    ['TLS-H02 nothing in signature_algorithms', 'decode_error', set(13, '')],
    ['TLS-H02 an octet behind the schemes', 'decode_error', set(13, '0002040300')],
    ['TLS-H02 a length beyond the extension', 'decode_error', set(13, '00040403')],
    ['ALPN where we have none', 'ServerHello', set(16, '0003026832')],
    ['TLS-H02 ALPN without names', 'decode_error', set(16, '0000')],
    ['TLS-H02 ALPN with an empty name', 'decode_error', set(16, '0001 00')],
    ['TLS-H02 ALPN with a name cut short', 'decode_error', set(16, '000302 68')],
    ['an empty renegotiation_info', 'ServerHello', set(0xff01, '00')],
    [
      'TLS-202 renegotiation_info of some connection',
      'handshake_failure',
      set(0xff01, `0c${'00'.repeat(12)}`),
    ],
    ['TLS-H02 nothing in renegotiation_info', 'decode_error', set(0xff01, '')],
    ['TLS-H02 an octet behind renegotiation_info', 'decode_error', set(0xff01, '0000')],
    ['TLS-H02 renegotiation_info cut short', 'decode_error', set(0xff01, '0200')],
    ['no extended_master_secret', 'ServerHello', set(23, undefined)],
    ['TLS-H02 extended_master_secret with data', 'decode_error', set(23, '00')],
    ['no session_ticket', 'ServerHello', set(35, undefined)],
    ['a ticket of nobody', 'ServerHello', set(35, 'ff'.repeat(2_000))],
    ['a ticket of one octet', 'ServerHello', set(35, '00')],
    ['status_request, which we do not have', 'ServerHello', set(5, '0100000000')],
    ['encrypt_then_mac, which is for other suites', 'ServerHello', set(22, '')],
    ['heartbeat, which we do not have', 'ServerHello', set(15, '01')],
    ['max_fragment_length, which we do not have', 'ServerHello', set(1, '01')],
    ['TLS-X03 oid_filters', 'illegal_parameter', set(48, '0000')],
  ])('%s: %s', (_what, expected, edit) => {
    expect(said(edit)).toBe(expected);
  });

  it('TLS-H05 a suite, a scheme and a curve are for the kind of certificate that we have', () => {
    const rsa = { identities: [RSA_SERVER] };
    const ecdsa: Edit = (p) => (p.suites = hex('0002c02b'));
    const alone =
      (suites: string): Edit =>
      (p) =>
        (p.suites = hex(suites));
    expect(said(ecdsa, rsa)).toBe('handshake_failure');
    expect(said(alone('0002c02f'), rsa)).toBe('ServerHello');
    expect(said(alone('0002c02f'))).toBe('handshake_failure');
    expect(said(ecdsa, { identities: [RSA_SERVER, ECDSA_SERVER] })).toBe('ServerHello');
    // X25519 alone: RSA and Ed25519 need no curve, P-384 does.
    expect(said(set(10, '0002001d'), rsa)).toBe('ServerHello');
    expect(said(set(10, '0002001d'), { identities: [ED25519_SERVER] })).toBe('ServerHello');
    expect(said(set(10, '0002001d'), { identities: [P384_SERVER] })).toBe('handshake_failure');
    expect(said(set(10, '0004001d0018'), { identities: [P384_SERVER] })).toBe('ServerHello');
    for (const scheme of ['0401', '0501', '0601', '0804', '0805', '0806']) {
      expect(said(set(13, `0002${scheme}`), rsa), scheme).toBe('ServerHello');
    }
    for (const scheme of ['0402', '0809', '080b', '0201', '0101', '0403']) {
      expect(said(set(13, `0002${scheme}`), rsa), scheme).toBe('handshake_failure');
    }
  });

  it('shows the chain that the client says it can verify, if there is one', () => {
    const other = CertificateAuthority.root({
      name: 'Root of P-384',
      validity: ROOT.validity,
      key: 'P-384',
      random: testRandom(95),
    });
    const bySha384 = other.leaf({ names: ['server.example'] });
    const server = { identities: [ECDSA_SERVER, bySha384] };
    const chosen = (edit: Edit): Uint8Array => answer(edited(edit), server).leaf;
    const [first, second] = [ECDSA_SERVER.chain[0], bySha384.chain[0]];
    expect(chosen(set(13, '000404030503'))).toEqual(first);
    expect(chosen(set(13, '00020403'))).toEqual(first);
    expect(chosen(set(13, '00020503'))).toEqual(second);
    // RFC 8446 §4.2.3: a list of its own for certificates counts in TLS 1.2 too.
    const apart: Edit = (p) => {
      setExtension(p, 13, hex('00020403'));
      setExtension(p, 50, hex('00020503'));
    };
    expect(chosen(apart)).toEqual(second);
    // Neither: then one that it may not be able to verify is better than none.
    expect(chosen(set(50, '00020807'))).toEqual(first);
  });

  it('without supported_groups any group of ours may serve', () => {
    const server = { groups: ['X25519'], identities: [RSA_SERVER] } as const;
    expect(said(set(10, undefined), server)).toBe('ServerHello');
  });

  it('without extensions there is no scheme to sign with, be the block absent or empty', () => {
    const parts = takeApart(HELLO);
    parts.extensions = [];
    const empty = putTogether(parts);
    expect(answer(empty).said).toBe('handshake_failure');
    const absent = message(1, empty.subarray(9, -2));
    expect(answer(record(22, absent)).said).toBe('handshake_failure');
  });

  it('TLS-X06 ALPN takes what both have, in our order', () => {
    const server = { protocols: ['b', 'a'] };
    const chosen = answer(edited(set(16, '0006016301610162')), server).hello!;
    expect(extensionOf(chosen, 16)).toEqual(hex('00020162'));
    expect(said(set(16, '00020163'), server)).toBe('no_application_protocol');
    expect(
      answer(
        edited(() => undefined),
        server,
      ).hello!.extensions.map(([t]) => t),
    ).not.toContain(16);
  });
});

describe('the ServerHello of TLS 1.2', () => {
  const types = (edit: Edit, options: Partial<TlsServerOptions> = {}): number[] =>
    answer(edited(edit), options)
      .hello!.extensions.map(([type]) => type)
      .sort((a, b) => a - b);

  it('answers only what was asked, and nothing of that with more than is due', () => {
    const bare: Edit = (p) => {
      p.suites = hex('0002c02b');
      p.extensions = p.extensions.filter(([type]) => type === 13);
    };
    expect(types(bare)).toEqual([]);
    expect(types(() => undefined)).toEqual([0, 11, 23, 0xff01]);
    const { hello, flight } = answer(edited(() => undefined));
    expect(flight).toEqual([2, 11, 12, 14]);
    expect(hello).toMatchObject({ sessionId: EMPTY_BYTES, suites: hex('c02b') });
    expect(extensionOf(hello!, 0)).toEqual(EMPTY_BYTES);
    expect(extensionOf(hello!, 11)).toEqual(hex('0100'));
    expect(extensionOf(hello!, 23)).toEqual(EMPTY_BYTES);
    expect(extensionOf(hello!, 0xff01)).toEqual(hex('00'));
  });

  it('TLS-202 says that it knows secure renegotiation to whoever says so in either way', () => {
    const signal: Edit = (p) => (p.suites = hex('000400ffc02b'));
    const byExtension: Edit = (p) => {
      p.suites = hex('0002c02b');
      setExtension(p, 0xff01, hex('00'));
    };
    const neither: Edit = (p) => (p.suites = hex('0002c02b'));
    expect(types(signal)).toContain(0xff01);
    expect(types(byExtension)).toContain(0xff01);
    expect(types(neither)).not.toContain(0xff01);
  });

  it('RFC 6066 §3: a name of a kind we do not know is not acknowledged', () => {
    expect(types(set(0, '0005070002 6162'))).not.toContain(0);
  });

  it('RFC 5746 §3.7: a session id that we do not know starts a new session without one', () => {
    const { hello } = answer(edited((p) => (p.sessionId = new Uint8Array(32).fill(7))));
    expect(hello!.sessionId).toEqual(EMPTY_BYTES);
  });
});
