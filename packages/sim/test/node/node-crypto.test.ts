import { describe, expect, it } from 'vitest';
import { utf8Bytes } from '@tcplab/core';
import {
  generateRsaKey,
  NOBLE_CRYPTO,
  pssKey,
  type CryptoProvider,
  type RsaPrivateKey,
} from '@tcplab/core/tls';
import { NODE_CRYPTO } from '@tcplab/sim/node';
import { POINTS } from '../../../core/test/tls/support/points.ts';
import { testRandom } from '../../../core/test/tls/support/random.ts';
import {
  ECDSA_SERVER,
  ED25519_SERVER,
  P384_SERVER,
  ROOT,
  RSA_SERVER,
  TlsPair,
} from '../../../core/test/tls/support/world.ts';

const PSS_SERVER = ROOT.leaf({
  names: ['server.example'],
  key: pssKey(RSA_SERVER.key as RsaPrivateKey, { hash: 'SHA-384', saltLength: 48 }),
});
const MESSAGE = utf8Bytes('the same octets');

describe('node:crypto gives the octets that @noble gives', () => {
  it.each(['SHA-256', 'SHA-384', 'SHA-512'] as const)('%s and its HMAC', (name) => {
    const both = [NOBLE_CRYPTO, NODE_CRYPTO].map((crypto) => {
      const running = crypto.hash(name);
      running.update(MESSAGE);
      const first = running.digest();
      running.update(MESSAGE);
      return [first, running.digest(), crypto.hmac(name, MESSAGE, MESSAGE)];
    });
    expect(both[1]).toEqual(both[0]);
  });

  it.each(['X25519', 'P-256', 'P-384'] as const)('%s: keys and shared secrets', (group) => {
    const run = (crypto: CryptoProvider) => {
      const ours = crypto.agreementKey(group, testRandom(1));
      const theirs = crypto.agreementKey(group, testRandom(2));
      const bad = theirs.publicKey.slice().fill(0);
      return [ours, crypto.agree(ours, theirs.publicKey), crypto.agree(ours, bad)];
    };
    expect(run(NODE_CRYPTO)).toEqual(run(NOBLE_CRYPTO));
  });

  it.each(['P-256', 'P-384'] as const)('%s: ECDSA signatures by RFC 6979', (kind) => {
    for (let i = 0; i < 20; i += 1) {
      const key = NOBLE_CRYPTO.generateKey(kind, testRandom(i));
      for (const hash of ['SHA-256', 'SHA-384', 'SHA-512'] as const) {
        const algorithm = { family: 'ECDSA', hash } as const;
        const message = testRandom(i).bytes(i);
        const node = NODE_CRYPTO.sign(algorithm, key, message, testRandom());
        expect(node).toEqual(NOBLE_CRYPTO.sign(algorithm, key, message, testRandom()));
        expect(NODE_CRYPTO.verify(algorithm, key.publicKey, message, node)).toBe(true);
      }
    }
  });

  it('RSA signatures of both paddings', () => {
    const key = generateRsaKey(1_024, testRandom(3));
    for (const family of ['RSA-PSS', 'RSA-PKCS1'] as const) {
      const algorithm = { family, hash: 'SHA-256' } as const;
      const node = NODE_CRYPTO.sign(algorithm, key, MESSAGE, testRandom(4));
      expect(node).toEqual(NOBLE_CRYPTO.sign(algorithm, key, MESSAGE, testRandom(4)));
      expect(NODE_CRYPTO.verify(algorithm, key.publicKey, MESSAGE, node)).toBe(true);
      expect(NODE_CRYPTO.verify(algorithm, key.publicKey, utf8Bytes('other'), node)).toBe(false);
    }
  });

  it('what a key for RSASSA-PSS alone forbids', () => {
    const plain = generateRsaKey(1_024, testRandom(3));
    const key = pssKey(plain, { hash: 'SHA-256', saltLength: 32 });
    for (const [family, hash, verdict] of [
      ['RSA-PSS', 'SHA-256', true],
      ['RSA-PSS', 'SHA-384', false],
      ['RSA-PKCS1', 'SHA-256', false],
    ] as const) {
      const algorithm = { family, hash } as const;
      for (const crypto of [NOBLE_CRYPTO, NODE_CRYPTO]) {
        const signature = crypto.sign(algorithm, plain, MESSAGE, testRandom(4));
        expect(crypto.verify(algorithm, key.publicKey, MESSAGE, signature)).toBe(verdict);
        const sign = () => crypto.sign(algorithm, key, MESSAGE, testRandom(4));
        if (verdict) expect(sign()).toEqual(signature);
        else expect(sign).toThrow('a signature that the key forbids');
      }
    }
  });

  it.each(POINTS)('agrees in %s with a key %s: %s', (group, _what, verdict, point) => {
    const agree = (crypto: CryptoProvider): Uint8Array | undefined =>
      crypto.agree(crypto.agreementKey(group, testRandom(1)), point);
    expect(agree(NODE_CRYPTO)).toEqual(agree(NOBLE_CRYPTO));
    expect(agree(NODE_CRYPTO) !== undefined).toBe(verdict === 'good');
  });

  it.each([
    ['TLS 1.3', ECDSA_SERVER],
    ['TLS 1.3', P384_SERVER],
    ['TLS 1.3', ED25519_SERVER],
    ['TLS 1.3', RSA_SERVER],
    ['TLS 1.3', PSS_SERVER],
    ['TLS 1.2', ECDSA_SERVER],
    ['TLS 1.2', RSA_SERVER],
    ['TLS 1.2', PSS_SERVER],
  ] as const)('%s: a whole connection, octet for octet', (version, identity) => {
    const run = (crypto: CryptoProvider): TlsPair => {
      const pair = new TlsPair({ crypto, versions: [version] }, { crypto, identities: [identity] });
      pair.run();
      pair.client.send(MESSAGE);
      return pair.run();
    };
    const [noble, node] = [run(NOBLE_CRYPTO), run(NODE_CRYPTO)];
    expect(node.client.established).toMatchObject({ version });
    expect(node.toServer).toEqual(noble.toServer);
    expect(node.toClient).toEqual(noble.toClient);
  });
});
