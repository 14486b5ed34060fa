/** RFC 8446 §4.4.2, §4.4.3, §4.4.4: how a client proves itself to the server, and fails to. */
import { describe, expect, it } from 'vitest';
import { concatBytes, EMPTY_BYTES } from '@tcplab/core';
import { generateRsaKey, type TlsServerOptions } from '@tcplab/core/tls';
import { hex, message, u16 } from '../support/hello.ts';
import { testRandom } from '../support/random.ts';
import { serverBeforeFinished } from '../support/rogue.ts';
import { sentRecords } from '../support/sent-records.ts';
import { CLIENT_IDENTITY, ROOT } from '../support/world.ts';

type Flight = Uint8Array[];

const REQUEST = { clientAuthentication: 'request', trust: [ROOT.certificate] } as const;
const REQUIRE = { clientAuthentication: 'require', trust: [ROOT.certificate] } as const;
const RSA_CLIENT = ROOT.leaf({
  subject: 'a client',
  purposes: ['client'],
  key: generateRsaKey(2_048, testRandom(31)),
});

/** The honest flight is Certificate, CertificateVerify, Finished; each in a record of its own. */
function outcome(
  edit: (flight: Flight) => Flight,
  server: Partial<TlsServerOptions> = REQUEST,
  identity: typeof CLIENT_IDENTITY | 'none' = CLIENT_IDENTITY,
): string {
  const { victim, flight } = serverBeforeFinished(
    server,
    identity === 'none' ? {} : { identities: [identity] },
  );
  victim.seal(22, ...edit([...flight]));
  const alerts = sentRecords(victim.endpoint, victim.events);
  return victim.endpoint.isClosed ? alerts.join() : victim.endpoint.state;
}

const u24 = (value: number): Uint8Array => Uint8Array.of(value >> 16, value >> 8, value);
const withU24 = (bytes: Uint8Array): Uint8Array => concatBytes([u24(bytes.length), bytes]);

/** A Certificate with this context and these entries. */
function certificate(context: Uint8Array, ...entries: Uint8Array[]): Uint8Array {
  const list = withU24(concatBytes([EMPTY_BYTES, ...entries]));
  return message(11, concatBytes([Uint8Array.of(context.length), context, list]));
}

const [DER] = CLIENT_IDENTITY.chain;
const entry = (der: Uint8Array, extensions = hex('0000')): Uint8Array =>
  concatBytes([withU24(der), extensions]);
const ENTRIES = CLIENT_IDENTITY.chain.map((der) => entry(der));

/** Puts another Certificate in the place of the honest one. */
const show = (bytes: Uint8Array) => (flight: Flight) => [bytes, ...flight.slice(1)];

const verify = (scheme: number, signature: Uint8Array): Uint8Array =>
  message(15, concatBytes([u16(scheme), u16(signature.length), signature]));
const sign =
  (change: (honest: Uint8Array) => Uint8Array) =>
  ([first, second, ...rest]: Flight): Flight => [first!, change(second!), ...rest];

describe('a client with a certificate', () => {
  it.each([
    ['in records of their own', (flight: Flight) => flight],
    ['in one record', (flight: Flight) => [concatBytes(flight)]],
    ['with the certificate as we write it', show(certificate(EMPTY_BYTES, ...ENTRIES))],
  ])('is taken with its messages %s', (_what, edit) => {
    expect(outcome(edit)).toBe('CONNECTED');
    expect(outcome(edit, REQUIRE)).toBe('CONNECTED');
  });

  it.each<[string, string, (flight: Flight) => Flight]>([
    ['illegal_parameter', 'a context', show(certificate(hex('01'), ...ENTRIES))],
    [
      'illegal_parameter',
      'a context of 255 octets',
      show(certificate(new Uint8Array(255), ...ENTRIES)),
    ],
    ['decode_error', 'an empty entry', show(certificate(EMPTY_BYTES, entry(EMPTY_BYTES)))],
    [
      'decode_error',
      'an entry without its extensions',
      show(certificate(EMPTY_BYTES, withU24(DER!))),
    ],
    [
      'decode_error',
      'an octet behind the list',
      show(message(11, concatBytes([hex('00'), withU24(ENTRIES[0]!), hex('00')]))),
    ],
    [
      'decode_error',
      'a list cut short',
      show(message(11, concatBytes([hex('00'), u24(ENTRIES[0]!.length + 1), ENTRIES[0]!]))),
    ],
    ['decode_error', 'no list at all', show(message(11, hex('00')))],
    ['decode_error', 'nothing at all', show(message(11, EMPTY_BYTES))],
    [
      'unsupported_extension',
      'a status nobody asked for',
      show(certificate(EMPTY_BYTES, entry(DER!, hex('0009000500050100000100')))),
    ],
    [
      'unsupported_extension',
      'an unknown extension',
      show(certificate(EMPTY_BYTES, entry(DER!, hex('00042a2a0000')))),
    ],
    [
      'illegal_parameter',
      'an extension of other messages',
      show(certificate(EMPTY_BYTES, entry(DER!, hex('000400000000')))),
    ],
    [
      'decode_error',
      'extensions cut short',
      show(certificate(EMPTY_BYTES, entry(DER!, hex('00042a2a0001')))),
    ],
    [
      'bad_certificate',
      'what is no certificate',
      show(certificate(EMPTY_BYTES, entry(hex('3003020101')))),
    ],
    ['unexpected_message', 'no CertificateVerify', ([first, , last]) => [first!, last!]],
    [
      'unexpected_message',
      'CertificateVerify first',
      ([first, second, last]) => [second!, first!, last!],
    ],
    ['unexpected_message', 'Finished first', ([, , last]) => [last!]],
    ['unexpected_message', 'Certificate twice', ([first, ...rest]) => [first!, first!, ...rest]],
    [
      'unexpected_message',
      'CertificateVerify twice',
      ([first, second, last]) => [first!, second!, second!, last!],
    ],
    [
      'unexpected_message',
      'a proof without a certificate',
      ([, second, last]) => [certificate(EMPTY_BYTES), second!, last!],
    ],
    ['decrypt_error', 'no signature', sign(() => verify(0x0403, EMPTY_BYTES))],
    ['decrypt_error', 'a signature that is no DER', sign(() => verify(0x0403, new Uint8Array(70)))],
    [
      'decrypt_error',
      'a signature with a bit changed',
      sign((honest) => honest.map((octet, i) => (i === honest.length - 1 ? octet ^ 1 : octet))),
    ],
    [
      'illegal_parameter',
      'a scheme of another curve',
      sign((honest) => verify(0x0503, honest.slice(8))),
    ],
    [
      'illegal_parameter',
      'a scheme of another kind of key',
      sign((honest) => verify(0x0804, honest.slice(8))),
    ],
    [
      'illegal_parameter',
      'Ed25519 with an ECDSA key',
      sign((honest) => verify(0x0807, honest.slice(8))),
    ],
    ['illegal_parameter', 'SHA-1', sign((honest) => verify(0x0203, honest.slice(8)))],
    [
      'illegal_parameter',
      'a scheme that nobody knows',
      sign((honest) => verify(0x2a2a, honest.slice(8))),
    ],
    [
      'decode_error',
      'an octet behind the signature',
      sign((honest) => message(15, concatBytes([honest.slice(4), hex('00')]))),
    ],
    ['decode_error', 'a signature cut short', sign((honest) => message(15, honest.slice(4, -1)))],
    ['decode_error', 'an empty CertificateVerify', sign(() => message(15, EMPTY_BYTES))],
  ])('%s: %s', (alert, _what, edit) => {
    expect(outcome(edit)).toBe(`application fatal ${alert}`);
  });

  it('with an RSA key signs with PSS; PKCS #1 v1.5 is an illegal_parameter, PSS keys are others', () => {
    expect(outcome((flight) => flight, REQUIRE, RSA_CLIENT)).toBe('CONNECTED');
    for (const scheme of [0x0401, 0x0501, 0x0601, 0x0201, 0x0809, 0x0403]) {
      const edit = sign((honest) => verify(scheme, honest.slice(8)));
      expect([scheme, outcome(edit, REQUIRE, RSA_CLIENT)]).toEqual([
        scheme,
        'application fatal illegal_parameter',
      ]);
    }
    const other = sign((honest) => verify(0x0805, honest.slice(8)));
    expect(outcome(other, REQUIRE, RSA_CLIENT)).toBe('application fatal decrypt_error');
  });

  it('for servers alone is refused', () => {
    const identity = ROOT.leaf({ subject: 'x', purposes: ['server'] });
    const refused = 'application fatal unsupported_certificate';
    expect(outcome((flight) => flight, REQUIRE, identity)).toBe(refused);
    const both = ROOT.leaf({ subject: 'x' });
    expect(outcome((flight) => flight, REQUIRE, both)).toBe('CONNECTED');
  });

  it('signs only with a scheme that the CertificateRequest named', () => {
    const server = {
      ...REQUIRE,
      signatureSchemes: ['ecdsa_secp256r1_sha256', 'rsa_pss_rsae_sha256'],
    };
    expect(outcome((flight) => flight, server, RSA_CLIENT)).toBe('CONNECTED');
    const other = sign((honest) => verify(0x0805, honest.slice(8)));
    expect(outcome(other, server, RSA_CLIENT)).toBe('application fatal illegal_parameter');
  });
});

describe('a client without a certificate', () => {
  it('is taken where one is wished for, and refused where it is demanded', () => {
    expect(outcome((flight) => flight, REQUEST, 'none')).toBe('CONNECTED');
    const refused = 'application fatal certificate_required';
    expect(outcome((flight) => flight, REQUIRE, 'none')).toBe(refused);
  });

  it('must still say so, and shows none where nobody asked', () => {
    const unexpected = 'application fatal unexpected_message';
    expect(outcome(([, last]) => [last!], REQUEST, 'none')).toBe(unexpected);
    const unasked = (flight: Flight) => [certificate(EMPTY_BYTES), ...flight];
    expect(outcome(unasked, {}, 'none')).toBe(unexpected);
    expect(outcome(show(certificate(hex('01'))), REQUEST, 'none')).toBe(
      'application fatal illegal_parameter',
    );
  });
});

describe('the Finished', () => {
  const only = (change: (honest: Uint8Array) => Uint8Array) =>
    outcome(([honest]) => [change(honest!)], {}, 'none');

  it.each([0, 1, 15, 31])('with octet %i changed is a decrypt_error', (at) => {
    const change = (honest: Uint8Array) =>
      honest.map((octet, i) => (i === 4 + at ? ~octet : octet));
    expect(only(change)).toBe('application fatal decrypt_error');
  });

  it.each([0, 1, 12, 31, 33, 48, 64, 65, 5_000])('of %i octets is a decode_error', (length) => {
    expect(only(() => message(20, new Uint8Array(length)))).toBe('application fatal decode_error');
  });

  it('that says more octets than it will ever send is refused by its header', () => {
    expect(only(() => hex('14ffffff'))).toBe('application fatal decode_error');
    expect(only(() => hex('14010000'))).toBe('application fatal decode_error');
  });
});
