import * as node from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex, utf8Bytes } from '@tcplab/core';
import {
  expandLabel,
  generateRsaKey,
  hkdfExpand,
  hkdfExtract,
  NOBLE_CRYPTO,
} from '@tcplab/core/tls/crypto';
import { privateKeyPem } from '@tcplab/core/tls/x509';
import { scriptedRandom, testRandom } from '../support/random.ts';

const MESSAGE = utf8Bytes('what is signed');
const hex = (text: string): Uint8Array => fromHex(text)!;

// RFC 7748 §6.1.
const ALICE = '77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a';
const BOB = '5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb';
const SHARED = '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742';

describe('key derivation', () => {
  it('RFC 5869 A.1: HKDF with SHA-256 gives the published octets', () => {
    const prk = hkdfExtract(
      NOBLE_CRYPTO,
      'SHA-256',
      hex('000102030405060708090a0b0c'),
      new Uint8Array(22).fill(0x0b),
    );
    expect(toHex(prk)).toBe('077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5');
    const info = hex('f0f1f2f3f4f5f6f7f8f9');
    const okm = hkdfExpand(NOBLE_CRYPTO, 'SHA-256', prk, { info, length: 42 });
    expect(toHex(okm)).toBe(
      '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
    );
  });

  it('RFC 8448 §3: the write key and IV of the server follow from its handshake secret', () => {
    const secret = hex('b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38');
    const expand = (label: string, length: number): string =>
      toHex(expandLabel(NOBLE_CRYPTO, 'SHA-256', secret, { label, length }));
    expect(expand('key', 16)).toBe('3fce516009c21727d0f2e4e86ee403bc');
    expect(expand('iv', 12)).toBe('5d313eb2671276ee13000b30');
  });
});

describe('signatures', () => {
  it.each(['P-256', 'P-384'] as const)(
    '%s: OpenSSL accepts what we sign and the reverse',
    (kind) => {
      const key = NOBLE_CRYPTO.generateKey(kind, testRandom());
      const hash = kind === 'P-256' ? 'SHA-256' : 'SHA-384';
      const algorithm = { family: 'ECDSA', hash } as const;
      const ours = NOBLE_CRYPTO.sign(algorithm, key, MESSAGE, testRandom());
      const theirKey = node.createPrivateKey(privateKeyPem(key));
      expect(node.verify(hash, MESSAGE, node.createPublicKey(theirKey), ours)).toBe(true);
      for (let i = 0; i < 4; i += 1) {
        const theirs = node.sign(hash, MESSAGE, theirKey);
        expect(NOBLE_CRYPTO.verify(algorithm, key.publicKey, MESSAGE, theirs)).toBe(true);
        theirs[theirs.length - 1]! ^= 1;
        expect(NOBLE_CRYPTO.verify(algorithm, key.publicKey, MESSAGE, theirs)).toBe(false);
      }
    },
  );

  it.each(['P-256', 'P-384'] as const)(
    '%s: a key that comes back is verified with a table, and gives the same verdicts',
    (kind) => {
      const random = testRandom(7);
      const key = NOBLE_CRYPTO.generateKey(kind, random);
      for (let i = 0; i < 12; i += 1) {
        // Hashes shorter and longer than the order among them (FIPS 186-5 §6.4.2).
        const hash = (['SHA-256', 'SHA-384', 'SHA-512'] as const)[i % 3]!;
        const algorithm = { family: 'ECDSA', hash } as const;
        const message = random.bytes(i);
        const signature = NOBLE_CRYPTO.sign(algorithm, key, message, random);
        const verdict = (octets: Uint8Array): boolean =>
          NOBLE_CRYPTO.verify(algorithm, key.publicKey, message, octets);
        expect(verdict(signature)).toBe(true);
        const changed = signature.slice();
        changed[random.below(changed.length)]! ^= 1 << random.below(8);
        expect(verdict(changed)).toBe(false);
        // r = s = 0, and no signature at all.
        expect(verdict(hex('3006020100020100'))).toBe(false);
        expect(verdict(signature.subarray(0, i))).toBe(false);
        const other = NOBLE_CRYPTO.sign(algorithm, key, utf8Bytes('other'), random);
        expect(verdict(other)).toBe(false);
      }
    },
  );

  it('Ed25519: the same signature as OpenSSL makes', () => {
    const key = NOBLE_CRYPTO.generateKey('Ed25519', testRandom());
    const ours = NOBLE_CRYPTO.sign({ family: 'Ed25519' }, key, MESSAGE, testRandom());
    const theirs = node.sign(null, MESSAGE, node.createPrivateKey(privateKeyPem(key)));
    expect(toHex(ours)).toBe(toHex(theirs));
    expect(NOBLE_CRYPTO.verify({ family: 'Ed25519' }, key.publicKey, MESSAGE, ours)).toBe(true);
  });

  it('RSA: keys come from the random stream, and PSS and PKCS #1 agree with OpenSSL', () => {
    const key = generateRsaKey(1_024, testRandom(5));
    expect(generateRsaKey(1_024, testRandom(5)).publicKey.n).toBe(key.publicKey.n);
    const theirKey = node.createPrivateKey(privateKeyPem(key));
    const theirPublic = node.createPublicKey(theirKey);
    for (const hash of ['SHA-256', 'SHA-384'] as const) {
      const pkcs1 = { family: 'RSA-PKCS1', hash } as const;
      const plain = NOBLE_CRYPTO.sign(pkcs1, key, MESSAGE, testRandom());
      expect(toHex(plain)).toBe(toHex(node.sign(hash, MESSAGE, theirKey)));
      expect(NOBLE_CRYPTO.verify(pkcs1, key.publicKey, MESSAGE, plain)).toBe(true);
      expect(NOBLE_CRYPTO.verify(pkcs1, key.publicKey, utf8Bytes('other'), plain)).toBe(false);
      const pss = { family: 'RSA-PSS', hash } as const;
      const padding = node.constants.RSA_PKCS1_PSS_PADDING;
      const saltLength = node.constants.RSA_PSS_SALTLEN_DIGEST;
      const ours = NOBLE_CRYPTO.sign(pss, key, MESSAGE, testRandom());
      expect(node.verify(hash, MESSAGE, { key: theirPublic, padding, saltLength }, ours)).toBe(
        true,
      );
      const theirs = node.sign(hash, MESSAGE, { key: theirKey, padding, saltLength });
      expect(NOBLE_CRYPTO.verify(pss, key.publicKey, MESSAGE, theirs)).toBe(true);
      theirs[9]! ^= 4;
      expect(NOBLE_CRYPTO.verify(pss, key.publicKey, MESSAGE, theirs)).toBe(false);
    }
  });
});

describe('key agreement', () => {
  it('RFC 7748 §6.1: the published secrets give the published keys and shared secret', () => {
    const alice = NOBLE_CRYPTO.agreementKey('X25519', scriptedRandom(hex(ALICE)));
    const bob = NOBLE_CRYPTO.agreementKey('X25519', scriptedRandom(hex(BOB)));
    expect(toHex(NOBLE_CRYPTO.agree(alice, bob.publicKey)!)).toBe(SHARED);
    expect(toHex(NOBLE_CRYPTO.agree(bob, alice.publicKey)!)).toBe(SHARED);
  });

  it('TLS-K01: a point of small order or off the curve yields no secret', () => {
    const x = NOBLE_CRYPTO.agreementKey('X25519', testRandom());
    expect(NOBLE_CRYPTO.agree(x, new Uint8Array(32))).toBeUndefined();
    const p = NOBLE_CRYPTO.agreementKey('P-256', testRandom());
    const off = p.publicKey.slice();
    off[64]! ^= 1;
    expect(NOBLE_CRYPTO.agree(p, off)).toBeUndefined();
    expect(NOBLE_CRYPTO.agree(p, p.publicKey.slice(0, 33))).toBeUndefined();
    const infinity = new Uint8Array(65);
    expect(NOBLE_CRYPTO.agree(p, infinity)).toBeUndefined();
  });
});

describe('ciphers', () => {
  it.each([
    ['AES-128-GCM', 'aes-128-gcm', 16],
    ['AES-256-GCM', 'aes-256-gcm', 32],
    ['ChaCha20-Poly1305', 'chacha20-poly1305', 32],
  ] as const)('%s seals as OpenSSL does and opens only what is whole', (name, theirs, length) => {
    const key = testRandom().bytes(length);
    const nonce = testRandom(2).bytes(12);
    const aad = utf8Bytes('header');
    const sealed = NOBLE_CRYPTO.aead(name, key).seal(nonce, aad, MESSAGE);
    const cipher = node.createCipheriv(theirs as 'aes-128-gcm', key, nonce, { authTagLength: 16 });
    cipher.setAAD(aad, { plaintextLength: MESSAGE.length } as never);
    const expected = Buffer.concat([cipher.update(MESSAGE), cipher.final(), cipher.getAuthTag()]);
    expect(toHex(sealed)).toBe(expected.toString('hex'));
    expect(NOBLE_CRYPTO.aead(name, key).open(nonce, aad, sealed)).toEqual(MESSAGE);
    sealed[0]! ^= 1;
    expect(NOBLE_CRYPTO.aead(name, key).open(nonce, aad, sealed)).toBeUndefined();
    expect(NOBLE_CRYPTO.aead(name, key).open(nonce, aad, sealed.slice(0, 5))).toBeUndefined();
  });
});
