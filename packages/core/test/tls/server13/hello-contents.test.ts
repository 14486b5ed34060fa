/** RFC 8446 §4.1.2, §4.2, §9.2, §D: what a ClientHello may say, however odd, and what it may not. */
import { describe, expect, it } from 'vitest';
import { concatBytes, EMPTY_BYTES, ZERO_TIME } from '@tcplab/core';
import { TlsClient, TlsServer, type TlsServerOptions } from '@tcplab/core/tls';
import {
  extensionOf,
  hex,
  putTogether,
  setExtension,
  takeApart,
  u16,
  type HelloParts,
} from '../support/hello.ts';
import { recordsOf } from '../support/rogue.ts';
import { sentRecords } from '../support/sent-records.ts';
import { clientOptions, drain, eventsOf, RSA_SERVER, serverOptions } from '../support/world.ts';

type Edit = (parts: HelloParts) => void;

const HELLO = drain(new TlsClient(clientOptions()));
const RETRY_RANDOM = hex('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c');

/** The server's first record, after which a refused connection is closed. */
function answer(edit: Edit, options: Partial<TlsServerOptions> = {}): string {
  const parts = takeApart(HELLO);
  edit(parts);
  const server = new TlsServer(serverOptions(options));
  for (const record of recordsOf(putTogether(parts))) server.handleInput(record, ZERO_TIME);
  const events = eventsOf(server);
  const said = sentRecords(server, events);
  expect(server.isClosed).toBe(said[0]!.includes('fatal'));
  if (server.isClosed) expect(said).toHaveLength(1);
  const isRetry = events.some((e) => e.kind === 'message' && e.summary.startsWith('HelloRetry'));
  return isRetry ? 'HelloRetryRequest' : said[0]!.replace('plain ', '');
}

const set =
  (type: number, data: string | Uint8Array): Edit =>
  (parts) =>
    setExtension(parts, type, typeof data === 'string' ? hex(data) : data);

const without =
  (...types: number[]): Edit =>
  (parts) => {
    for (const type of types) setExtension(parts, type, undefined);
  };

const both =
  (...edits: Edit[]): Edit =>
  (parts) => {
    for (const edit of edits) edit(parts);
  };

/** A key share of so many octets, none of them a good key. */
const share = (group: number, length: number): Uint8Array =>
  concatBytes([u16(group), u16(length), new Uint8Array(length).fill(0x77)]);

const shares = (...entries: Uint8Array[]): Edit => {
  const list = concatBytes([EMPTY_BYTES, ...entries]);
  return set(51, concatBytes([u16(list.length), list]));
};

/** Other shares before and after the honest one of X25519, with their groups offered. */
const around =
  (before: Uint8Array[], after: Uint8Array[], groups: string): Edit =>
  (parts) => {
    const honest = extensionOf(parts, 51).slice(2);
    shares(...before, honest, ...after)(parts);
    set(10, groups)(parts);
  };

const unknownExtensions = (count: number): Edit => {
  return (parts) => {
    for (let i = 0; i < count; i += 1) parts.extensions.unshift([0x4000 + i, EMPTY_BYTES]);
  };
};

describe('a ClientHello that is odd but legal is answered with a ServerHello', () => {
  it.each<[string, Edit]>([
    ['legacy_version of TLS 1.0', (p) => (p.version = 0x0301)],
    ['legacy_version of TLS 1.3', (p) => (p.version = 0x0304)],
    ['legacy_version of a far future', (p) => (p.version = 0xffff)],
    ['no session id', (p) => (p.sessionId = EMPTY_BYTES)],
    ['a session id of one octet', (p) => (p.sessionId = hex('aa'))],
    ['versions that nobody knows before and after 1.3', set(43, '0a7a7a03050304ffff0000')],
    ['a hundred and twenty-seven versions', set(43, `fe${'0304'.repeat(127)}`)],
    ['TLS 1.2 preferred to 1.3', set(43, '0403030304')],
    [
      'suites of GREASE, of signals and of none',
      (p) => (p.suites = hex('000a0a0a00ff56001301ffff')),
    ],
    ['the same suite twice', (p) => (p.suites = hex('000413011301'))],
    ['a suite list of 65,534 octets', (p) => (p.suites = hex(`fffe1301${'cafe'.repeat(32_766)}`))],
    ['extensions backwards', (p) => p.extensions.reverse()],
    ['ten thousand extensions that nobody knows', unknownExtensions(10_000)],
    ['an unknown extension of 60,000 octets', set(0x5a5a, new Uint8Array(60_000))],
    ['padding that is empty', set(21, '')],
    ['padding of 40,000 octets', set(21, new Uint8Array(40_000))],
    ['unknown groups, and a share of GREASE', around([share(0x2a2a, 1)], [], '00062a2a001d1234')],
    ['unknown groups with long shares', around([], [share(0x11ec, 1_216)], '0004001d11ec')],
    [
      'a bad share of a group we know and do not choose',
      around([], [share(24, 3)], '0004001d0018'),
    ],
    ['a bad share of FFDHE', around([share(0x100, 256)], [], '00040100001d')],
    ['signature schemes that nobody knows', set(13, '00082a2a0403ffff0403')],
    ['signature_algorithms_cert of unknown schemes', set(50, '00022a2a')],
    ['key exchange modes that nobody knows', set(45, '0300ff2a')],
    ['psk_ke alone, without a PSK', set(45, '0100')],
    ['no psk_key_exchange_modes', without(45)],
    ['no server_name', without(0)],
    ['a name of another kind only', set(0, '0004050001aa')],
    ['an empty name of another kind behind the host', set(0, '000700000161070000')],
    ['max_fragment_length', set(1, '01')],
    ['max_fragment_length of an unknown code', set(1, '09')],
    ['status_request', set(5, '0100000000')],
    ['status_request that is malformed', set(5, 'ff')],
    ['record_size_limit', set(28, '0040')],
    ['compress_certificate', set(27, '020002')],
    ['heartbeat', set(15, '01')],
    ['encrypt_then_mac and extended_master_secret', both(set(22, ''), set(23, ''))],
    ['session_ticket of TLS 1.2', set(35, 'aabbcc')],
    ['renegotiation_info', set(0xff01, '00')],
    ['post_handshake_auth', set(49, '')],
    ['certificate_authorities', set(47, '00050003300161')],
    ['point formats without the uncompressed, which TLS 1.3 ignores', set(11, '0101')],
    ['a cookie that nobody gave', set(44, '0001aa')],
    ['early_data without a PSK', set(42, '')],
    ['ALPN, though we speak no protocol', set(16, '0003026832')],
    ["a random that is a HelloRetryRequest's", (p) => (p.random = RETRY_RANDOM)],
    ['a random of zeros', (p) => (p.random = new Uint8Array(32))],
  ])('%s', (_what, edit) => {
    expect(answer(edit)).toBe('ServerHello');
  });

  it.each<[string, Edit]>([
    ['no share at all', shares()],
    ['shares of unknown groups only', both(shares(share(0x2a2a, 4)), set(10, '00042a2a001d'))],
    ['a share of FFDHE only', both(shares(share(0x100, 256)), set(10, '000401000017'))],
  ])('with %s, after a HelloRetryRequest', (_what, edit) => {
    expect(answer(edit)).toBe('HelloRetryRequest');
  });
});

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

describe('an answer to a preferred group that came without a share', () => {
  it('says which groups the server prefers, for the next time', () => {
    const names = (groups: TlsServerOptions['groups']): boolean => {
      const client = new TlsClient(clientOptions());
      const server = new TlsServer(serverOptions({ ...(groups && { groups }) }));
      server.handleInput(drain(client), ZERO_TIME);
      const events = eventsOf(server);
      const sent = events.find((e) => e.kind === 'message' && e.name === 'EncryptedExtensions');
      client.handleInput(drain(server), ZERO_TIME);
      expect(client.state).toBe('CONNECTED');
      return sent?.kind === 'message' && sent.length > 4 + 2 + 4;
    };
    expect(names(undefined)).toBe(false);
    expect(names(['P-384', 'X25519'])).toBe(true);
  });
});
