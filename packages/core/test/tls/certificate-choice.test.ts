/** Which certificate is shown to whom (RFC 8446 §4.2.4, §4.3.2, §4.4.2; RFC 5246 §7.4.4, §7.4.6). */
import { describe, expect, it } from 'vitest';
import { concatBytes, ZERO_TIME } from '@tcplab/core';
import {
  CertificateAuthority,
  generateRsaKey,
  pssKey,
  TlsClient,
  TlsServer,
  type Identity,
  type RsaPrivateKey,
  type TlsServerOptions,
} from '@tcplab/core/tls';
import { chooseClientIdentity } from '../../src/tls/client/choose-identity.ts';
import { clientSettingsOf } from '../../src/tls/client/client-settings.ts';
import { name, seq } from './support/forge.ts';
import { hex, putTogether, setExtension, takeApart, u16 } from './support/hello.ts';
import { testRandom } from './support/random.ts';
import {
  CLIENT_IDENTITY,
  clientOptions,
  drain,
  eventsOf,
  RSA_SERVER,
  serverOptions,
  TlsPair,
} from './support/world.ts';

const validity = { notBefore: 1_735_689_600, notAfter: 2_000_000_000 };
const root = (name: string): CertificateAuthority =>
  CertificateAuthority.root({ name, validity, random: testRandom(6) });
const [RED, BLUE] = [root('Red'), root('Blue')];
const MIDDLE = RED.intermediate({ name: 'Middle', validity });
const BY_RED = RED.leaf({ subject: 'by red' });
const BY_MIDDLE = MIDDLE.leaf({ subject: 'by the middle' });
const BY_BLUE = BLUE.leaf({ subject: 'by blue' });
const RSA_BY_RED = RED.leaf({ subject: 'RSA by red', key: RSA_SERVER.key });
const MANY = Array.from({ length: 900 }, (_, i) =>
  CertificateAuthority.root({
    name: `${i} ${'x'.repeat(60)}`,
    validity,
    random: testRandom(7),
    key: RED.key,
  }),
);
const VERSIONS = ['TLS 1.3', 'TLS 1.2'] as const;

/** What the client says that it shows, or the alert it hears. */
function shown(identities: readonly Identity[], server: Partial<TlsServerOptions>): string {
  const options = { clientAuthentication: 'request', ...server } as const;
  const pair = new TlsPair({ identities }, options).run();
  const { established } = pair.server;
  if (established === undefined) return 'refused';
  const [leaf] = established.peerChain;
  const index = identities.findIndex(({ chain }) => String(chain[0]) === String(leaf));
  const said = pair.clientEvents.flatMap((event) =>
    event.kind === 'message' && event.name === 'Certificate' && event.direction === 'sent'
      ? [event.summary]
      : [],
  );
  return leaf === undefined ? said.join() : `number ${index}`;
}

const NONE = 'empty: no certificate here fits the request';

describe.each(VERSIONS)('%s: the request for a certificate', (version) => {
  const versions = [version];
  const trusting = (...authorities: CertificateAuthority[]) => ({
    versions,
    trust: authorities.map(({ certificate }) => certificate),
  });

  it.each<[string, string, readonly Identity[], readonly CertificateAuthority[]]>([
    ['names the issuer', 'number 0', [BY_RED], [RED]],
    ['names the issuer among others', 'number 0', [BY_RED], [BLUE, RED]],
    ['names the root above an intermediate', 'number 0', [BY_MIDDLE], [RED]],
    ['names somebody else', NONE, [BY_RED], [BLUE]],
    ['names the issuer of the second', 'number 1', [BY_RED, BY_BLUE], [BLUE]],
    ['names both issuers', 'number 0', [BY_BLUE, BY_RED], [RED, BLUE]],
    ['is for somebody who has nothing', 'empty', [], [RED]],
  ])('%s: %s', (_what, expected, identities, authorities) => {
    expect(shown(identities, trusting(...authorities))).toBe(expected);
  });

  it('names nobody, and anybody will do', () => {
    // Without trust the certificate is shown, and refused.
    expect(shown([BY_RED], { versions })).toBe('refused');
  });

  it('names each trusted authority once, and none where they are too many', () => {
    const names = (authorities: CertificateAuthority[]): number => {
      const pair = new TlsPair(
        {},
        { clientAuthentication: 'request', ...trusting(...authorities) },
      );
      pair.run();
      expect(pair.established[0]).toMatchObject({ version });
      return Math.round(pair.toClient.reduce((sum, bytes) => sum + bytes.length, 0) / 100);
    };
    const few = names([RED]);
    expect(names([RED, RED, RED])).toBe(few);
    expect(names(MANY.slice(0, 300))).toBeGreaterThan(few + 150);
    expect(names(MANY)).toBeLessThanOrEqual(few);
  });

  it('lists schemes: the key and the signatures of the chain must be among them', () => {
    const listing = (...signatureSchemes: string[]) => ({ ...trusting(RED), signatureSchemes });
    const identities = [RSA_BY_RED, BY_RED];
    const ecdsa = 'ecdsa_secp256r1_sha256';
    expect(shown(identities, listing(ecdsa))).toBe('number 1');
    expect(shown(identities, listing('rsa_pss_rsae_sha256', ecdsa))).toBe('number 0');
    expect(shown([RSA_BY_RED], listing(ecdsa))).toBe(NONE);
  });
});

describe('a client chooses', () => {
  const [ECDSA, RSAE, PKCS1, PSS] = [0x0403, 0x0804, 0x0401, 0x0809];
  const rsa = RSA_SERVER.key as RsaPrivateKey;
  const byKey = (key: RsaPrivateKey): Identity =>
    RED.intermediate({ name: 'RSA', validity, key }).leaf({ subject: 'x' });
  const [BY_RSA, BY_PSS] = [byKey(rsa), byKey(pssKey(rsa, 'any'))];

  it.each<[string, boolean, Identity, object]>([
    ['a chain by RSA, where PKCS #1 is listed', true, BY_RSA, { schemes: [ECDSA, PKCS1] }],
    ['a chain by RSA, where it is not', false, BY_RSA, { schemes: [ECDSA, RSAE] }],
    [
      'a chain by RSA, where it is listed for certificates',
      true,
      BY_RSA,
      { schemes: [ECDSA], certificateSchemes: [ECDSA, PKCS1] },
    ],
    [
      'a chain by RSA, where it is listed for the handshake alone',
      false,
      BY_RSA,
      { schemes: [ECDSA, PKCS1], certificateSchemes: [ECDSA] },
    ],
    ['a chain by a key for PSS alone', true, BY_PSS, { schemes: [ECDSA, PSS] }],
    ['the same by its other name', false, BY_PSS, { schemes: [ECDSA, RSAE] }],
    ['a name that is no DER', false, BY_RSA, { authorities: [hex('ff')] }],
    ['a name that is empty', false, BY_RSA, { authorities: [hex('3000')] }],
    ['a name that is none', false, BY_RSA, { authorities: [seq(seq())] }],
    ['no RSA key', false, RSA_SERVER, { types: Uint8Array.of(64) }],
    ['no elliptic curve', false, BY_RED, { types: Uint8Array.of(1) }],
    ['any of both', true, RSA_SERVER, { types: Uint8Array.of(64, 1), schemes: [ECDSA, RSAE] }],
  ])('by the request: %s', (_what, expected, identity, request) => {
    const settings = clientSettingsOf(clientOptions({ identities: [identity] }));
    const asked = {
      context: new Uint8Array(0),
      schemes: [ECDSA!, RSAE!, PKCS1!],
      authorities: [],
      ...request,
    };
    expect(chooseClientIdentity('TLS 1.2', settings, asked) !== undefined).toBe(expected);
  });

  it('of TLS 1.3 nothing with an RSA key too short for the padding', () => {
    const key = generateRsaKey(512, testRandom(5));
    const server = { versions: ['TLS 1.3'], trust: [RED.certificate] } as const;
    expect(shown([{ ...RSA_BY_RED, key }], server)).toBe(NONE);
    expect(shown([{ ...RSA_BY_RED, key }, BY_RED], server)).toBe('number 1');
  });

  it('where it was told so: a certificate that does not fit its key is no identity', () => {
    const identities = [{ ...CLIENT_IDENTITY, key: rsa }];
    expect(() => new TlsClient(clientOptions({ identities }))).toThrow(
      'a certificate does not fit its key: P-256, RSA',
    );
    const broken = [{ ...CLIENT_IDENTITY, chain: [hex('3000')] }];
    expect(() => new TlsClient(clientOptions({ identities: broken }))).toThrow(
      'a certificate is not usable X.509',
    );
  });
});

describe('a server chooses', () => {
  const NAMES = { names: ['server.example'] };
  const nameOf = (der: Uint8Array): Uint8Array => concatBytes([u16(der.length), der]);

  /** Who is shown to a client that names Blue, or nobody. */
  const chosen = (identities: Identity[], version: (typeof VERSIONS)[number], names: boolean) => {
    const hello = takeApart(drain(new TlsClient(clientOptions({ versions: [version] }))));
    const list = nameOf(name('Blue'));
    if (names) setExtension(hello, 47, concatBytes([u16(list.length), list]));
    const server = new TlsServer(serverOptions({ identities }));
    server.handleInput(putTogether(hello), ZERO_TIME);
    drain(server);
    const summaries = eventsOf(server).flatMap((event) =>
      event.kind === 'message' && event.name === 'Certificate' ? [event.summary] : [],
    );
    expect(summaries).toHaveLength(1);
    return summaries[0];
  };

  it('a chain by an authority that the client of TLS 1.3 names, among those for the host', () => {
    const other = BLUE.leaf({ names: ['other.example'], subject: 'other' });
    const blue = BLUE.leaf({ ...NAMES, subject: 'blue' });
    const red = RED.leaf({ ...NAMES, subject: 'red' });
    expect(chosen([red, other, blue], 'TLS 1.3', true)).toContain('CN=blue');
    expect(chosen([red, other, blue], 'TLS 1.3', false)).toContain('CN=red');
    // RFC 8446 §4.2.4 is of TLS 1.3.
    expect(chosen([red, other, blue], 'TLS 1.2', true)).toContain('CN=red');
    expect(chosen([other, red], 'TLS 1.3', true)).toContain('CN=red');
  });
});
