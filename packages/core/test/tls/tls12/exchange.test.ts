/** The keys of TLS 1.2: every wrong point, curve, scheme and signature, and the server's certificate. */
import { describe, expect, it } from 'vitest';
import { concatBytes, EMPTY_BYTES } from '@tcplab/core';
import { NOBLE_CRYPTO, type GroupName } from '@tcplab/core/tls';
import { hex, message, u16 } from '../support/hello.ts';
import { P384, POINTS, X25519, type PointVerdict } from '../support/points.ts';
import { testRandom } from '../support/random.ts';
import { Rogue12 } from '../support/rogue-12.ts';
import { ECDSA_SERVER, ED25519_SERVER, RSA_SERVER } from '../support/world.ts';

const ILLEGAL = 'fatal illegal_parameter';

const point = (bytes: Uint8Array): Uint8Array => concatBytes([Uint8Array.of(bytes.length), bytes]);

/** A vector that may not be empty is a matter of syntax, everything else of value. */
function outcomeOf(verdict: PointVerdict, next: string): string {
  if (verdict === 'good') return next;
  return verdict === 'empty' ? 'fatal decode_error' : ILLEGAL;
}

describe('a ClientKeyExchange', () => {
  it.each(POINTS)('TLS-K01 of %s, %s: %s', (group, _what, verdict, bytes) => {
    const rogue = new Rogue12({ victim: 'server', server: { groups: [group] } }).until('WAIT_CKE');
    rogue.say(22, message(16, point(bytes)));
    expect(rogue.outcome).toBe(outcomeOf(verdict, 'WAIT_CCS'));
  });

  it.each([
    ['nothing', ''],
    ['a length alone', '20'],
    ['a length too great', `21${'09'.repeat(32)}`],
    ['a length too small', `1f${'09'.repeat(32)}`],
    ['a length of two octets', `0020${'09'.repeat(32)}`],
    ['an octet behind the key', `20${'09'.repeat(32)}00`],
  ])('TLS-H02 with %s is a decode_error', (_what, body) => {
    const rogue = new Rogue12({ victim: 'server' }).until('WAIT_CKE');
    expect(rogue.say(22, message(16, hex(body))).outcome).toBe('fatal decode_error');
  });

  it('of another, valid key leads to other secrets: the Finished cannot be read', () => {
    const rogue = new Rogue12({ victim: 'server' }).until('WAIT_CKE');
    rogue.take();
    rogue.say(22, message(16, point(X25519)));
    const { type, fragment } = rogue.take();
    // The rogue takes its keys from the log of the victim, so that the record opens.
    rogue.say(type, fragment);
    expect(rogue.say(22, rogue.take().fragment).outcome).toBe('fatal decrypt_error');
  });
});

/** A ServerKeyExchange, signed rightly with the key of the server unless it is changed. */
interface Exchange {
  form?: number;
  group: number;
  key: Uint8Array;
  scheme?: number;
  signature?: Uint8Array;
  trailer?: Uint8Array;
}

const SCHEMES = {
  0x0403: { family: 'ECDSA', hash: 'SHA-256' },
  0x0503: { family: 'ECDSA', hash: 'SHA-384' },
} as const;

function exchangeOf(rogue: Rogue12, exchange: Exchange): Uint8Array {
  const { form = 3, group, key, scheme = 0x0403, signature, trailer = EMPTY_BYTES } = exchange;
  const parameters = concatBytes([Uint8Array.of(form), u16(group), point(key)]);
  const content = concatBytes([rogue.clientRandom, rogue.serverRandom, parameters]);
  const algorithm = SCHEMES[scheme as 0x0403] ?? SCHEMES[0x0403];
  const signed =
    signature ?? NOBLE_CRYPTO.sign(algorithm, ECDSA_SERVER.key, content, testRandom(74));
  return message(12, concatBytes([parameters, u16(scheme), u16(signed.length), signed, trailer]));
}

function toClient(exchange: Exchange, groups?: readonly GroupName[]): string {
  const client = groups === undefined ? {} : { groups: [...groups, 'P-256'] as const };
  const rogue = new Rogue12({ victim: 'client', client }).until('WAIT_SKE');
  return rogue.say(22, exchangeOf(rogue, exchange)).outcome;
}

const CODES = { 'P-256': 0x0017, 'P-384': 0x0018, X25519: 0x001d } as const;

describe('a ServerKeyExchange', () => {
  it.each(POINTS)('TLS-K01 of %s, %s: %s', (group, _what, verdict, key) => {
    expect(toClient({ group: CODES[group], key })).toBe(outcomeOf(verdict, 'WAIT_CR_SHD'));
  });

  const good = { group: CODES.X25519, key: X25519 };

  it.each<[string, string, Exchange]>([
    ['TLS-204 an explicit prime curve', ILLEGAL, { ...good, form: 1 }],
    ['TLS-204 an explicit binary curve', ILLEGAL, { ...good, form: 2 }],
    ['TLS-204 a form that does not exist', ILLEGAL, { ...good, form: 0 }],
    ['TLS-204 an unknown group', ILLEGAL, { ...good, group: 0x0a0a }],
    [
      'TLS-204 X448, which was not offered',
      ILLEGAL,
      { group: 0x001e, key: new Uint8Array(56).fill(5) },
    ],
    ['TLS-204 a finite field', ILLEGAL, { ...good, group: 0x0100 }],
    ['TLS-H11 SHA-1', ILLEGAL, { ...good, scheme: 0x0203 }],
    ['TLS-H11 MD5 with RSA', ILLEGAL, { ...good, scheme: 0x0101 }],
    ['TLS-H11 a scheme of RSA with a P-256 key', ILLEGAL, { ...good, scheme: 0x0401 }],
    ['TLS-H11 RSA-PSS with a P-256 key', ILLEGAL, { ...good, scheme: 0x0804 }],
    ['TLS-H11 Ed25519 with a P-256 key', ILLEGAL, { ...good, scheme: 0x0807 }],
    ['TLS-H11 no scheme at all', ILLEGAL, { ...good, scheme: 0 }],
    ['SHA-384 with a P-256 key', 'WAIT_CR_SHD', { ...good, scheme: 0x0503 }],
    ['TLS-H10 no signature', 'fatal decrypt_error', { ...good, signature: EMPTY_BYTES }],
    ['TLS-H10 no DER', 'fatal decrypt_error', { ...good, signature: new Uint8Array(70) }],
    [
      'TLS-H10 r and s zero',
      'fatal decrypt_error',
      { ...good, signature: hex('3006020100020100') },
    ],
    ['TLS-H02 an octet behind', 'fatal decode_error', { ...good, trailer: new Uint8Array(1) }],
  ])('%s: %s', (_what, expected, exchange) => {
    expect(toClient(exchange)).toBe(expected);
  });

  it('TLS-204 of a group that the client knows but did not offer', () => {
    expect(toClient(good, ['P-384'])).toBe(ILLEGAL);
    expect(toClient({ group: CODES['P-384'], key: P384 }, ['P-384'])).toBe('WAIT_CR_SHD');
  });

  it('TLS-H11 of a scheme that the client knows but did not offer', () => {
    const client = { signatureSchemes: ['ecdsa_secp256r1_sha256'] };
    const rogue = new Rogue12({ victim: 'client', client }).until('WAIT_SKE');
    expect(rogue.say(22, exchangeOf(rogue, { ...good, scheme: 0x0503 })).outcome).toBe(ILLEGAL);
  });

  it('TLS-H10 is DER and nothing but DER', () => {
    const forms: readonly (readonly [string, (der: Uint8Array) => Uint8Array])[] = [
      ['an octet behind', (der) => concatBytes([der, Uint8Array.of(0)])],
      ['a sequence of another tag', (der) => concatBytes([Uint8Array.of(0x31), der.subarray(1)])],
      ['a length in long form', (der) => concatBytes([hex('3081'), der.subarray(1)])],
      ['an integer with a zero too many', (der) => padded(der)],
      ['cut short', (der) => der.subarray(0, -1)],
    ];
    for (const [what, change] of forms) {
      const rogue = new Rogue12({ victim: 'client' }).until('WAIT_SKE');
      const whole = exchangeOf(rogue, good);
      const signature = change(whole.subarray(4 + 4 + 32 + 4));
      const outcome = rogue.say(22, exchangeOf(rogue, { ...good, signature })).outcome;
      expect(outcome, what).toBe('fatal decrypt_error');
    }
  });

  it('TLS-H10 of another handshake does not fit', () => {
    const stranger = { client: { random: testRandom(75) } };
    const old = new Rogue12({ victim: 'client', ...stranger }).until('WAIT_SKE').take();
    const rogue = new Rogue12({ victim: 'client' }).until('WAIT_SKE');
    expect(rogue.say(22, old.fragment).outcome).toBe('fatal decrypt_error');
  });

  it('TLS-H02 cut short anywhere', () => {
    const whole = new Rogue12({ victim: 'client' }).until('WAIT_SKE').take().fragment;
    for (let length = 4; length < whole.length; length += 3) {
      const rogue = new Rogue12({ victim: 'client' }).until('WAIT_SKE');
      const cut = rogue.say(22, message(12, whole.subarray(4, length)));
      expect(cut.outcome, `${length - 4} octets`).toBe('fatal decode_error');
    }
  });
});

/** An ECDSA signature whose first integer begins with one more zero. */
function padded(der: Uint8Array): Uint8Array {
  const head = Uint8Array.of(0x30, der[1]! + 1, 2, der[3]! + 1, 0);
  return concatBytes([head, der.subarray(4)]);
}

describe('the certificate of a server', () => {
  it('TLS-204 is of the kind that the suite signs with', () => {
    const say = (suite: string, der: Uint8Array): string => {
      const server = { identities: [RSA_SERVER, ECDSA_SERVER, ED25519_SERVER] };
      const client = { suites: [`TLS_ECDHE_${suite}_WITH_AES_128_GCM_SHA256`] };
      const rogue = new Rogue12({ victim: 'client', client, server }).until('WAIT_CERT');
      return rogue.say(22, message(11, chainOf([der]))).outcome;
    };
    const leaf = (identity: typeof RSA_SERVER): Uint8Array => identity.chain[0]!;
    expect(say('RSA', leaf(RSA_SERVER))).toBe('WAIT_SKE');
    expect(say('ECDSA', leaf(ECDSA_SERVER))).toBe('WAIT_SKE');
    expect(say('ECDSA', leaf(ED25519_SERVER))).toBe('WAIT_SKE');
    expect(say('RSA', leaf(ECDSA_SERVER))).toBe(ILLEGAL);
    expect(say('RSA', leaf(ED25519_SERVER))).toBe(ILLEGAL);
    expect(say('ECDSA', leaf(RSA_SERVER))).toBe(ILLEGAL);
  });

  it.each([
    ['TLS-H13 no certificate', '000000', 'fatal decode_error'],
    ['TLS-H02 nothing', '', 'fatal decode_error'],
    ['TLS-H02 a certificate of no length', '000003000000', 'fatal decode_error'],
    ['TLS-H02 half a length', '0000020000', 'fatal decode_error'],
    ['TLS-H02 a list cut short', '000005000001ff', 'fatal decode_error'],
    ['TLS-H02 an octet behind the list', '000004000001ff00', 'fatal decode_error'],
    ['TLS-H02 a certificate beyond the list', '000004000002ffff', 'fatal decode_error'],
    ['PKI-01 no X.509', '000004000001ff', 'fatal bad_certificate'],
  ])('%s: %s is a %s', (_what, body, expected) => {
    const rogue = new Rogue12({ victim: 'client' }).until('WAIT_CERT');
    expect(rogue.say(22, message(11, hex(body))).outcome).toBe(expected);
  });
});

function chainOf(chain: readonly Uint8Array[]): Uint8Array {
  const u24 = (value: number): Uint8Array => Uint8Array.of(value >> 16, value >> 8, value);
  const list = concatBytes([EMPTY_BYTES, ...chain.flatMap((der) => [u24(der.length), der])]);
  return concatBytes([u24(list.length), list]);
}
