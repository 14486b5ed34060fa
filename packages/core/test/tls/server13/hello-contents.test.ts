/** RFC 8446 §4.1.2, §4.2, §D: what a ClientHello may say, however odd. */
import { describe, expect, it } from 'vitest';
import { EMPTY_BYTES, ZERO_TIME } from '@tcplab/core';
import { TlsClient, TlsServer, type TlsServerOptions } from '@tcplab/core/tls';
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
import { hex } from '../support/hello.ts';
import { clientOptions, drain, eventsOf, serverOptions } from '../support/world.ts';

const RETRY_RANDOM = hex('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c');

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
