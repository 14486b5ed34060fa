/** Keys of certificates and the signatures they make (RFC 5480, RFC 4055, RFC 8410). */
import { describe, expect, it } from 'vitest';
import { concatBytes, EMPTY_BYTES } from '@tcplab/core';
import { generateRsaKey, NOBLE_CRYPTO } from '@tcplab/core/tls/crypto';
import { publicKeyInfo } from '@tcplab/core/tls/x509';
import {
  authority,
  bits,
  der,
  forge,
  name,
  oid,
  seq,
  verdict,
  type Party,
  type Wanted,
} from '../support/forge.ts';
import { BROKEN_FORMS, otherS } from '../support/ecdsa.ts';
import { hex } from '../support/hello.ts';
import { FINE, judge, LEAF } from '../support/odd-certificate.ts';
import { testRandom } from '../support/random.ts';

const UNSUPPORTED_KEY = 'unsupported_certificate (PKI-01)';

describe('keys', () => {
  const point = LEAF.key.publicKey.kind === 'P-256' ? LEAF.key.publicKey.point : EMPTY_BYTES;
  const ec = (curve: Uint8Array, value: Uint8Array): Uint8Array =>
    seq(seq(oid('1.2.840.10045.2.1'), curve), bits(value));
  const P256 = oid('1.2.840.10045.3.1.7');
  const rsa = generateRsaKey(1_024, testRandom(8)).publicKey;
  const rsaInfo = (n: bigint, e: bigint): Uint8Array => publicKeyInfo({ kind: 'RSA', n, e });
  const numbers = publicKeyInfo(rsa).subarray(18);

  it.each<[string, string, Uint8Array]>([
    ['P-256', FINE, ec(P256, point)],
    [
      'a compressed point',
      UNSUPPORTED_KEY,
      ec(P256, concatBytes([hex('02'), point.subarray(1, 33)])),
    ],
    ['a hybrid point', UNSUPPORTED_KEY, ec(P256, concatBytes([hex('06'), point.subarray(1)]))],
    ['the point at infinity', UNSUPPORTED_KEY, ec(P256, hex('00'))],
    ['secp256k1', UNSUPPORTED_KEY, ec(oid('1.3.132.0.10'), point)],
    ['P-521', UNSUPPORTED_KEY, ec(oid('1.3.132.0.35'), point)],
    ['parameters written out', UNSUPPORTED_KEY, ec(seq(), point)],
    ['something behind the curve', UNSUPPORTED_KEY, ec(concatBytes([P256, hex('0500')]), point)],
    ['DSA', UNSUPPORTED_KEY, seq(seq(oid('1.2.840.10040.4.1')), bits(hex('020101')))],
    ['Ed448', UNSUPPORTED_KEY, seq(seq(oid('1.3.101.113')), bits(new Uint8Array(57)))],
    [
      'Ed25519 with parameters',
      UNSUPPORTED_KEY,
      seq(seq(oid('1.3.101.112'), hex('0500')), bits(new Uint8Array(32))),
    ],
    [
      'Ed25519 of 31 octets',
      UNSUPPORTED_KEY,
      seq(seq(oid('1.3.101.112')), bits(new Uint8Array(31))),
    ],
    ['RSA of 1024 bits', FINE, rsaInfo(rsa.n, rsa.e)],
    ['RSA with exponent 3', FINE, rsaInfo(rsa.n, 3n)],
    ['RSA with exponent 1', UNSUPPORTED_KEY, rsaInfo(rsa.n, 1n)],
    ['RSA with an even exponent', UNSUPPORTED_KEY, rsaInfo(rsa.n, 65_536n)],
    ['RSA with an exponent of 65 bits', UNSUPPORTED_KEY, rsaInfo(rsa.n, (1n << 64n) + 1n)],
    ['RSA of 512 bits', UNSUPPORTED_KEY, rsaInfo(rsa.n >> 512n, rsa.e)],
    ['RSA of 8192 bits', FINE, rsaInfo((1n << 8_191n) + 1n, rsa.e)],
    ['RSA of 8193 bits', UNSUPPORTED_KEY, rsaInfo((1n << 8_192n) + 1n, rsa.e)],
    ['RSA without its NULL', UNSUPPORTED_KEY, seq(seq(oid('1.2.840.113549.1.1.1')), numbers)],
    [
      'RSA with a rest behind its numbers',
      UNSUPPORTED_KEY,
      seq(
        seq(oid('1.2.840.113549.1.1.1'), hex('0500')),
        bits(concatBytes([seq(hex('020103'), hex('020103')), hex('00')])),
      ),
    ],
    ['no bit string', UNSUPPORTED_KEY, seq(seq(oid('1.2.840.10045.2.1'), P256), der(4, point))],
  ])('%s: %s', (_what, expected, keyInfo) => {
    expect(judge({ keyInfo })).toBe(expected);
  });

  it('Ed25519, P-384 with SHA-256 and RSA of every padding sign certificates', () => {
    const p384 = { name: name('R'), key: NOBLE_CRYPTO.generateKey('P-384', testRandom(3)) };
    const ed25519 = { name: name('R'), key: NOBLE_CRYPTO.generateKey('Ed25519', testRandom(4)) };
    const byRsa = { name: name('R'), key: generateRsaKey(1_024, testRandom(8)) };
    const chain = (root: Party, wanted: Wanted): string => {
      const anchor = forge(root, root, { extensions: [authority()], ...wanted });
      return verdict([forge(root, LEAF, wanted)], [anchor]);
    };
    expect(chain(p384, { algorithm: { family: 'ECDSA', hash: 'SHA-256' } })).toBe(FINE);
    expect(chain(p384, { algorithm: { family: 'ECDSA', hash: 'SHA-384' } })).toBe(FINE);
    expect(chain(ed25519, { algorithm: { family: 'Ed25519' } })).toBe(FINE);
    expect(chain(byRsa, { algorithm: { family: 'RSA-PKCS1', hash: 'SHA-256' } })).toBe(FINE);
    expect(chain(byRsa, { algorithm: { family: 'RSA-PSS', hash: 'SHA-384' } })).toBe(FINE);
    // RFC 4055 §5: without the NULL it is the same algorithm.
    const bare = seq(oid('1.2.840.113549.1.1.11'));
    expect(chain(byRsa, { algorithm: { family: 'RSA-PKCS1', hash: 'SHA-256' }, inner: bare })).toBe(
      FINE,
    );
    const stuffed = seq(oid('1.2.840.113549.1.1.11'), hex('0400'));
    expect(
      chain(byRsa, { algorithm: { family: 'RSA-PKCS1', hash: 'SHA-256' }, inner: stuffed }),
    ).toBe('unsupported_certificate (PKI-03)');
  });

  it('ECDSA has two values for s, and both are right', () => {
    expect(judge({ resign: otherS })).toBe(FINE);
  });

  it.each(BROKEN_FORMS)('PKI-03 a signature with %s is none', (_what, resign) => {
    expect(judge({ resign })).toBe('bad_certificate (PKI-03)');
  });
});
