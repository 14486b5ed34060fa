import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { NOBLE_CRYPTO, generateRsaKey } from '@tcplab/core/tls/crypto';
import {
  CertificateAuthority,
  identityFromPem,
  identityToPem,
  parseCertificate,
  parseRevocationList,
  patternMatches,
  pemBlocks,
  pemText,
  privateKeyFromPem,
  privateKeyPem,
  readChain,
  timeFromText,
  timeText,
  verifyChain,
  type Certificate,
  type ChainDemands,
  type Identity,
} from '@tcplab/core/tls/x509';
import { fc, runs } from '../../../../../test/support/fast-check.ts';
import { testRandom } from '../support/random.ts';

const NOW = timeFromText('20300101000000Z')!;
const YEAR = 31_536_000;
const validity = { notBefore: NOW - YEAR, notAfter: NOW + YEAR };
const root = CertificateAuthority.root({ name: 'Root', validity, random: testRandom() });
const middle = root.intermediate({ name: 'Middle', validity, pathLength: 0 });
const leaf = middle.leaf({ names: ['server.example', '*.sub.example', '10.0.0.2'] });

function read(identity: Identity): Certificate[] {
  const chain = readChain(identity.chain);
  return Array.isArray(chain) ? chain : [];
}

function verdict(identity: Identity, demands: Partial<ChainDemands> = {}): string {
  const anchors = [parseCertificate(root.certificate)!];
  const result = verifyChain(read(identity), {
    anchors,
    purpose: 'server',
    at: NOW,
    crypto: NOBLE_CRYPTO,
    ...demands,
  });
  return 'alert' in result
    ? `${result.alert} (${result.cause.rule.id})`
    : `path of ${result.length}`;
}

describe('what the authority issues', () => {
  it('is read by OpenSSL, which finds the chain in order', () => {
    const [first, second] = leaf.chain.map((der) => new X509Certificate(der));
    const anchor = new X509Certificate(root.certificate);
    expect(first!.subjectAltName).toBe(
      'DNS:server.example, DNS:*.sub.example, IP Address:10.0.0.2',
    );
    expect(first!.verify(second!.publicKey) && first!.checkIssued(second!)).toBe(true);
    expect(second!.verify(anchor.publicKey) && second!.checkIssued(anchor)).toBe(true);
    expect(second!.ca && anchor.ca).toBe(true);
    expect(first!.validTo).toBe('Jan  1 00:00:00 2031 GMT');
  });

  it('is the same for the same random stream', () => {
    const again = CertificateAuthority.root({ name: 'Root', validity, random: testRandom() });
    expect(again.certificate).toEqual(root.certificate);
  });

  it.each(['P-256', 'P-384', 'Ed25519'] as const)('%s keys survive a trip through PEM', (kind) => {
    const key = NOBLE_CRYPTO.generateKey(kind, testRandom(3));
    expect(privateKeyFromPem(privateKeyPem(key), NOBLE_CRYPTO)).toEqual(key);
  });

  it('RSA keys survive a trip through PEM and sign certificates', () => {
    const key = generateRsaKey(1_024, testRandom(8));
    expect(privateKeyFromPem(privateKeyPem(key), NOBLE_CRYPTO)).toEqual(key);
    const rsaRoot = CertificateAuthority.root({ name: 'R', validity, key, random: testRandom() });
    const anchors = [parseCertificate(rsaRoot.certificate)!];
    expect(verdict(rsaRoot.leaf({ names: ['a.example'] }), { anchors })).toBe('path of 2');
  });

  it('an identity survives a trip through files', () => {
    const { certificates, privateKey } = identityToPem(leaf);
    expect(identityFromPem(certificates, privateKey)).toEqual(leaf);
    expect(() => identityFromPem('', privateKey)).toThrow('no certificate in the PEM file');
    expect(() => identityFromPem(certificates, certificates)).toThrow('no usable private key');
    const other = privateKeyPem(NOBLE_CRYPTO.generateKey('P-256', testRandom(99)));
    expect(() => identityFromPem(certificates, other)).toThrow(
      'the private key is not that of the first certificate',
    );
  });

  it('PEM of any octets reads back', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (der) => {
        expect(pemBlocks(pemText('CERTIFICATE', der))).toEqual([{ label: 'CERTIFICATE', der }]);
      }),
    );
  });
});

describe('verifying a chain', () => {
  it('finds the path through the intermediate, whatever else was sent and in any order', () => {
    expect(verdict(leaf, { host: 'server.example' })).toBe('path of 3');
    const other = root.intermediate({ name: 'Other', validity }).certificate;
    const [first, second] = leaf.chain;
    const mixed = [first!, other, root.certificate, second!];
    expect(verdict({ chain: mixed, key: leaf.key })).toBe('path of 3');
  });

  it.each([
    ['server.example', 'path of 3'],
    ['SERVER.example.', 'path of 3'],
    ['a.sub.example', 'path of 3'],
    ['a.b.sub.example', 'bad_certificate (PKI-09)'],
    ['sub.example', 'bad_certificate (PKI-09)'],
    ['10.0.0.2', 'path of 3'],
    ['10.0.0.3', 'bad_certificate (PKI-09)'],
  ])('PKI-09: for %s the verdict is %s', (host, expected) => {
    expect(verdict(leaf, { host })).toBe(expected);
  });

  it('PKI-02: before and after its time a certificate is expired', () => {
    expect(verdict(leaf, { at: NOW + YEAR })).toBe('path of 3');
    expect(verdict(leaf, { at: NOW + YEAR + 1 })).toBe('certificate_expired (PKI-02)');
    expect(verdict(leaf, { at: NOW - YEAR - 1 })).toBe('certificate_expired (PKI-02)');
  });

  it('PKI-04: without the intermediate, or with a strange root, the issuer is unknown', () => {
    expect(verdict({ ...leaf, chain: leaf.chain.slice(0, 1) })).toBe('unknown_ca (PKI-04)');
    const stranger = CertificateAuthority.root({ name: 'X', validity, random: testRandom(2) });
    expect(verdict(stranger.leaf({ names: ['a.example'] }))).toBe('unknown_ca (PKI-04)');
  });

  it('PKI-03: a root of the same name but another key did not sign it', () => {
    const twin = CertificateAuthority.root({ name: 'Root', validity, random: testRandom(4) });
    const forged = twin.leaf({ names: ['server.example'] });
    // The forger leaves out the key identifiers by which the search would pass the root over.
    const found = read(forged)[0]!;
    const extensions = { ...found.extensions, authorityKeyId: undefined };
    const chain = [{ ...found, extensions }];
    const anchors = [parseCertificate(root.certificate)!];
    const result = verifyChain(chain, {
      anchors,
      purpose: 'server',
      at: NOW,
      crypto: NOBLE_CRYPTO,
    });
    expect('alert' in result && result.sentence).toBe(
      'bad_certificate: the signature on CN=server.example was not made by CN=Root',
    );
  });

  it('PKI-05: a leaf that issues certificates, and a path that is too long, are refused', () => {
    const tooDeep = middle.intermediate({ name: 'Deep', validity }).leaf({ names: ['a.example'] });
    expect(verdict(tooDeep)).toBe('bad_certificate (PKI-05)');
    const issuer = { name: 'server.example', validity, key: leaf.key, random: testRandom(6) };
    const rogue = CertificateAuthority.root(issuer).leaf({ names: ['bank.example'] });
    const chain = [...rogue.chain, ...leaf.chain];
    expect(verdict({ chain, key: rogue.key })).toBe('bad_certificate (PKI-05)');
  });

  it('PKI-07: a certificate for clients does not authenticate a server', () => {
    const client = root.leaf({ subject: 'someone', purposes: ['client'] });
    expect(verdict(client)).toBe('unsupported_certificate (PKI-07)');
    expect(verdict(client, { purpose: 'client' })).toBe('path of 2');
  });

  it('PKI-10: what a signed list revokes is refused from that time on', () => {
    const authority = CertificateAuthority.root({ name: 'V', validity, random: testRandom(7) });
    const victim = authority.leaf({ names: ['a.example'] });
    authority.revoke(parseCertificate(victim.chain[0]!)!.serial, NOW - 10);
    const window = { thisUpdate: NOW - 5, nextUpdate: NOW + YEAR };
    const list = parseRevocationList(authority.revocationList(window))!;
    const anchors = [parseCertificate(authority.certificate)!];
    const demands = { anchors, revocationLists: [list] };
    expect(verdict(victim, demands)).toBe('certificate_revoked (PKI-10)');
    expect(verdict(victim, { ...demands, at: NOW - 11 })).toBe('path of 2');
    expect(verdict(victim, { anchors })).toBe('path of 2');
  });
});

describe('reading what is hostile', () => {
  it('PKI-01: no octets make the reader throw, and a changed octet never verifies', () => {
    const der = leaf.chain[0]!;
    fc.assert(
      fc.property(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const mutated = der.slice();
        mutated[at]! ^= change;
        const certificate = parseCertificate(mutated);
        if (certificate === undefined) return;
        expect(verdict({ ...leaf, chain: [mutated, leaf.chain[1]!] })).not.toBe('path of 3');
      }),
      runs(60),
    );
    fc.assert(fc.property(fc.uint8Array(), (bytes) => parseCertificate(bytes) === undefined));
    for (let cut = 0; cut < der.length; cut += 1) {
      expect(parseCertificate(der.subarray(0, cut))).toBeUndefined();
    }
  });

  it('a wildcard is one whole label on the left', () => {
    expect(patternMatches('*.example.com', 'a.example.com')).toBe(true);
    expect(patternMatches('*.com', 'example.com')).toBe(false);
    expect(patternMatches('a*.example.com', 'ab.example.com')).toBe(false);
    expect(patternMatches('*.example.com', '.example.com')).toBe(false);
  });

  it('times of every day survive being written', () => {
    fc.assert(
      fc.property(fc.integer({ min: -2_208_988_800, max: 253_402_300_799 }), (seconds) => {
        expect(timeFromText(timeText(seconds))).toBe(seconds);
      }),
    );
    expect(timeFromText('20230229000000Z')).toBeUndefined();
    expect(timeText(951_782_400)).toBe('20000229000000Z');
  });
});
