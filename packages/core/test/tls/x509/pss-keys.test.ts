/** Keys for RSASSA-PSS alone, in certificates and in files (RFC 4055 §1.2, §3.1, §3.3; RFC 8446 §4.2.3). */
import { describe, expect, it } from 'vitest';
import { concatBytes, EMPTY_BYTES } from '@tcplab/core';
import {
  generateRsaKey,
  NOBLE_CRYPTO,
  pssKey,
  type PssParameters,
  type SignatureAlgorithm,
} from '@tcplab/core/tls/crypto';
import {
  CertificateAuthority,
  parseCertificate,
  parseRevocationList,
  privateKeyFromPem,
  privateKeyPem,
  publicKeyInfo,
  publicKeyOf,
} from '@tcplab/core/tls/x509';
import { authority, der, forge, name, oid, seq, verdict } from '../support/forge.ts';
import { hex } from '../support/hello.ts';
import { FINE, judge, LEAF } from '../support/odd-certificate.ts';
import { testRandom } from '../support/random.ts';

const KEY = generateRsaKey(1_024, testRandom(8));
const NUMBERS = publicKeyInfo(KEY.publicKey).subarray(18);
const UNSUPPORTED = 'unsupported_certificate (PKI-01)';

const SHA1 = '1.3.14.3.2.26';
const SHA256 = '2.16.840.1.101.3.4.2.1';
const SHA384 = '2.16.840.1.101.3.4.2.2';
const NULL = hex('0500');
const PSS = oid('1.2.840.113549.1.1.10');
const hash = (id: string, ...more: Uint8Array[]): Uint8Array => der(0xa0, seq(oid(id), ...more));
const mask = (id: string, ...more: Uint8Array[]): Uint8Array =>
  der(0xa1, seq(oid('1.2.840.113549.1.1.8'), seq(oid(id), ...more)));
const salt = (octets: string): Uint8Array => der(0xa2, der(2, hex(octets)));
const trailer = (octets: string): Uint8Array => der(0xa3, der(2, hex(octets)));

/** A SubjectPublicKeyInfo with these parameters. */
const keyInfo = (...parameters: Uint8Array[]): Uint8Array => seq(seq(PSS, ...parameters), NUMBERS);
const WHOLE = [hash(SHA256, NULL), mask(SHA256, NULL), salt('20')];

describe('the parameters of a key', () => {
  it.each<[string, string, Uint8Array[], string?]>([
    ['may be absent', 'any', []],
    ['are those of TLS', 'SHA-256 with 32', [seq(...WHOLE)]],
    [
      'need no NULL behind a hash',
      'SHA-256 with 32',
      [seq(hash(SHA256), mask(SHA256), salt('20'))],
    ],
    ['leave 20 octets of salt out', 'SHA-256 with 20', [seq(hash(SHA256), mask(SHA256))]],
    ['demand no salt', 'SHA-384 with 0', [seq(hash(SHA384), mask(SHA384), salt('00'))]],
    ['have a trailer field that is said', 'SHA-256 with 32', [seq(...WHOLE, trailer('01'))]],
    ['have another trailer field', 'none', [seq(...WHOLE, trailer('02'))]],
    ['are empty, which is SHA-1', 'none', [seq()]],
    ['say SHA-1', 'none', [seq(hash(SHA1, NULL), mask(SHA1, NULL))]],
    ['leave the hash out', 'none', [seq(mask(SHA256), salt('20'))]],
    ['leave the mask out', 'none', [seq(hash(SHA256), salt('20'))]],
    ['have a mask of another hash', 'none', [seq(hash(SHA256), mask(SHA384), salt('20'))]],
    ['have a mask that is not MGF1', 'none', [seq(hash(SHA256), der(0xa1, seq(oid(SHA256))))]],
    ['want more salt than hash', 'none', [seq(hash(SHA256), mask(SHA256), salt('21'))]],
    ['want endless salt', 'none', [seq(hash(SHA256), mask(SHA256), salt('7fffffffffffffffff'))]],
    ['want less than no salt', 'none', [seq(hash(SHA256), mask(SHA256), salt('ff'))]],
    ['are in another order', 'none', [seq(mask(SHA256), hash(SHA256), salt('20'))]],
    ['come twice', 'none', [seq(...WHOLE), seq(...WHOLE)]],
    ['go on', 'none', [seq(...WHOLE, NULL)]],
    ['go on behind the hash', 'none', [seq(hash(SHA256, NULL, NULL), mask(SHA256), salt('20'))]],
    ['go on behind the mask', 'none', [seq(hash(SHA256), mask(SHA256, NULL, NULL), salt('20'))]],
    ['are NULL', 'none', [NULL]],
    ['are no DER', 'none', [hex('3080')]],
  ])('%s: %s', (_what, expected, parameters) => {
    const info = keyInfo(...parameters);
    const key = publicKeyOf(info);
    const pss = key?.kind === 'RSA' ? key.pss : undefined;
    const found = typeof pss === 'object' ? `${pss.hash} with ${pss.saltLength}` : (pss ?? 'none');
    expect(found).toBe(expected);
    expect(judge({ keyInfo: info })).toBe(expected === 'none' ? UNSUPPORTED : FINE);
  });

  it.each<PssParameters | 'any'>([
    'any',
    { hash: 'SHA-256', saltLength: 32 },
    { hash: 'SHA-384', saltLength: 20 },
    { hash: 'SHA-512', saltLength: 64 },
  ])('%o: are written as they are read, in certificates and in PKCS #8', (parameters) => {
    const key = pssKey(KEY, parameters);
    expect(publicKeyOf(publicKeyInfo(key.publicKey))).toEqual(key.publicKey);
    expect(privateKeyFromPem(privateKeyPem(key), NOBLE_CRYPTO)).toEqual(key);
  });
});

describe('signatures of certificates', () => {
  const verify = (parameters: Uint8Array[], algorithm: SignatureAlgorithm): string => {
    const root = { name: name('R'), key: KEY };
    const extensions = [authority()];
    const anchor = forge(root, root, { extensions, algorithm, keyInfo: keyInfo(...parameters) });
    return verdict([forge(root, LEAF, { algorithm })], [anchor]);
  };
  const NOT_ITS = 'bad_certificate (PKI-03)';

  it.each<[string, string, string, Uint8Array[]]>([
    ['RSA-PSS', 'SHA-384', FINE, []],
    ['RSA-PKCS1', 'SHA-256', NOT_ITS, []],
    ['RSA-PSS', 'SHA-256', FINE, [seq(...WHOLE)]],
    ['RSA-PSS', 'SHA-384', NOT_ITS, [seq(...WHOLE)]],
    ['RSA-PSS', 'SHA-256', FINE, [seq(hash(SHA256), mask(SHA256), salt('10'))]],
    ['RSA-PSS', 'SHA-256', UNSUPPORTED.replace('01', '03'), [seq()]],
  ])('%s with %s: %s', (family, algorithm, expected, parameters) => {
    expect(verify(parameters, { family, hash: algorithm } as SignatureAlgorithm)).toBe(expected);
  });

  it.each<[string, string, Uint8Array]>([
    ['a trailer field that is said', FINE, seq(...WHOLE, trailer('01'))],
    ['a shorter salt, of no scheme of TLS', 'unsupported', seq(hash(SHA256), mask(SHA256))],
    ['parameters that are absent', 'unsupported', EMPTY_BYTES],
  ])('with %s: %s', (_what, expected, parameters) => {
    const root = { name: name('R'), key: KEY };
    const algorithm = { family: 'RSA-PSS', hash: 'SHA-256' } as const;
    const anchor = forge(root, root, { extensions: [authority()], algorithm });
    const inner = seq(concatBytes([PSS, parameters]));
    expect(verdict([forge(root, LEAF, { algorithm, inner })], [anchor])).toContain(expected);
  });

  it.each<PssParameters | 'any'>(['any', { hash: 'SHA-384', saltLength: 48 }])(
    'an authority with such a key (%o) signs with it: certificates and lists',
    (parameters) => {
      const validity = { notBefore: 1_735_689_600, notAfter: 2_000_000_000 };
      const key = pssKey(KEY, parameters);
      const root = CertificateAuthority.root({
        name: 'a root',
        validity,
        random: testRandom(3),
        key,
      });
      const { chain } = root.leaf({ names: ['server.example'] });
      expect(verdict(chain, [root.certificate])).toBe(FINE);
      const algorithm = parameters === 'any' ? 'SHA-256' : parameters.hash;
      expect(parseCertificate(chain[0]!)?.algorithm).toEqual({
        family: 'RSA-PSS',
        hash: algorithm,
      });
      const times = { thisUpdate: validity.notBefore, nextUpdate: validity.notAfter };
      const list = parseRevocationList(root.revocationList(times))!;
      expect(list.isSignedBy(key.publicKey, NOBLE_CRYPTO)).toBe(true);
      const other = pssKey(KEY, { hash: 'SHA-512', saltLength: 64 });
      expect(list.isSignedBy(other.publicKey, NOBLE_CRYPTO)).toBe(false);
    },
  );
});
