/** RFC 8446 §4.2.3 in the handshake: a key for RSASSA-PSS alone has rsa_pss_pss_*, every other RSA key rsa_pss_rsae_*. */
import { describe, expect, it } from 'vitest';
import { concatBytes } from '@tcplab/core';
import {
  CertificateAuthority,
  pssKey,
  TlsServer,
  type Identity,
  type PssParameters,
  type RsaPrivateKey,
} from '@tcplab/core/tls';
import { message, u16 } from './support/hello.ts';
import { lastWords } from './support/last-words.ts';
import { testRandom } from './support/random.ts';
import { clientAfterServerHello } from './support/rogue.ts';
import { alertsOf, ROOT, RSA_SERVER, serverOptions, TlsPair } from './support/world.ts';

const RSA = RSA_SERVER.key as RsaPrivateKey;
const NAMES = ['server.example'];
const of = (parameters: PssParameters | 'any'): Identity =>
  ROOT.leaf({ names: NAMES, key: pssKey(RSA, parameters) });
const ANY = of('any');
const SHA384 = of({ hash: 'SHA-384', saltLength: 48 });
const VERSIONS = ['TLS 1.3', 'TLS 1.2'] as const;

describe.each(VERSIONS)('%s', (version) => {
  it.each<[string, Identity, string]>([
    ['any parameters', ANY, 'rsa_pss_pss_sha256'],
    ['SHA-384', SHA384, 'rsa_pss_pss_sha384'],
    ['SHA-512 and less salt', of({ hash: 'SHA-512', saltLength: 20 }), 'rsa_pss_pss_sha512'],
    ['no such restriction', RSA_SERVER, 'rsa_pss_rsae_sha256'],
  ])('a server and a client with keys of %s', (_what, identity, scheme) => {
    const demand = { clientAuthentication: 'require', trust: [ROOT.certificate] } as const;
    const server = { identities: [identity], versions: [version], ...demand };
    const pair = new TlsPair({ identities: [identity] }, server).run();
    expect(pair.established[0]).toMatchObject({ version, signatureScheme: scheme });
    const verified = pair.serverEvents.flatMap((event) =>
      event.kind === 'message' && event.name === 'CertificateVerify' ? [event.direction] : [],
    );
    expect(verified).toContain('received');
    expect(pair.established[1]?.peerChain[0]).toEqual(identity.chain[0]);
  });

  it('nobody signs with a key of the other kind', () => {
    const refused = (schemes: string[], identity: Identity): string[] => {
      const client = { signatureSchemes: [...schemes, 'ecdsa_secp256r1_sha256'] };
      const server = { identities: [identity], versions: [version] };
      return alertsOf(new TlsPair(client, server).run().clientEvents);
    };
    expect(refused(['rsa_pss_rsae_sha256', 'rsa_pkcs1_sha256'], ANY)).toEqual([
      'received handshake_failure',
    ]);
    expect(refused(['rsa_pss_pss_sha256'], RSA_SERVER)).toEqual(['received handshake_failure']);
    expect(refused(['rsa_pss_pss_sha256'], SHA384)).toEqual(['received handshake_failure']);
    expect(refused(['rsa_pss_pss_sha384'], SHA384)).toEqual([]);
  });
});

describe('TLS-H11 a server of TLS 1.3 signs with a scheme', () => {
  it.each<[string, number, string, Identity]>([
    ['of its key', 0x0809, 'WAIT_FINISHED', ANY],
    ['for other RSA keys', 0x0804, 'illegal_parameter', ANY],
    ['that TLS 1.3 has not at all', 0x0401, 'illegal_parameter', ANY],
    ['for keys of PSS alone, and has no such key', 0x0809, 'illegal_parameter', RSA_SERVER],
    ['of a hash that its key forbids', 0x0809, 'illegal_parameter', SHA384],
    ['of its hash', 0x080a, 'WAIT_FINISHED', SHA384],
    ['of a hash that it did not sign with', 0x080a, 'decrypt_error', ANY],
  ])('%s: %i %s', (_what, scheme, expected, identity) => {
    const { victim, flight } = clientAfterServerHello({}, { identities: [identity] });
    const [encrypted, certificate, verify] = flight;
    const renamed = message(15, concatBytes([u16(scheme), verify!.subarray(6)]));
    victim.seal(22, encrypted!, certificate!, renamed);
    expect(lastWords(victim.endpoint, victim.events)).toContain(expected);
  });
});

describe('a server', () => {
  const validity = { notBefore: 1_735_689_600, notAfter: 2_000_000_000 };
  const root = CertificateAuthority.root({ name: 'above', validity, random: testRandom(5) });
  const middle = root.intermediate({ name: 'between', validity, key: pssKey(RSA, 'any') });

  it('shows a chain by a key for PSS alone to whoever lists rsa_pss_pss_*', () => {
    const [byPss, byEcdsa] = [middle.leaf({ names: NAMES }), root.leaf({ names: NAMES })];
    const shown = (signatureSchemes?: string[]): Uint8Array | undefined => {
      const client = { trust: [root.certificate], ...(signatureSchemes && { signatureSchemes }) };
      const pair = new TlsPair(client, { identities: [byPss, byEcdsa] }).run();
      return pair.established[0]?.peerChain[0];
    };
    const ecdsa = 'ecdsa_secp256r1_sha256';
    expect(shown()).toEqual(byPss.chain[0]);
    expect(shown([ecdsa, 'rsa_pss_pss_sha256'])).toEqual(byPss.chain[0]);
    expect(shown([ecdsa, 'rsa_pss_rsae_sha256'])).toEqual(byEcdsa.chain[0]);
  });

  it.each<[string, Identity]>([
    ['RSA-PSS, RSA', { ...ANY, key: RSA }],
    ['RSA, RSA-PSS', { ...RSA_SERVER, key: ANY.key }],
    ['RSA-PSS with SHA-384 and 48 octets of salt, RSA-PSS', { ...SHA384, key: ANY.key }],
  ])('is told that its certificate and its key are for different things: %s', (said, identity) => {
    expect(() => new TlsServer(serverOptions({ identities: [identity] }))).toThrow(
      `a certificate does not fit its key: ${said}`,
    );
  });
});
