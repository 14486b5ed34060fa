/** The default provider: @noble, the same bytes on every platform. */
import { gcm } from '@noble/ciphers/aes.js';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { invariant } from '../../base/errors.ts';
import type { RandomStream } from '../../base/random.ts';
import { CURVES, ECDSA_FORM, isEcdsaKey, verifyEcdsa } from './ecdsa.ts';
import { NULL_CIPHER } from './null-cipher.ts';
import {
  digest,
  type Aead,
  type AeadName,
  type AgreementKey,
  type CryptoProvider,
  type CurveKeyKind,
  type CurvePrivateKey,
  type GroupName,
} from './provider.ts';
import { allowsAlgorithm } from './pss-key.ts';
import { RsaSignature } from './rsa-signature.ts';

const HASHES = { 'SHA-256': sha256, 'SHA-384': sha384, 'SHA-512': sha512 } as const;
const SECRET_LENGTHS = { 'P-256': 32, 'P-384': 48, Ed25519: 32 } as const;

export const NOBLE_CRYPTO: CryptoProvider = {
  name: 'noble',

  hash: (name) => {
    const running = HASHES[name].create();
    return {
      update: (bytes) => void running.update(bytes),
      digest: () => running.clone().digest(),
    };
  },

  hmac: (name, key, data) => hmac(HASHES[name], key, data),
  aead: nobleAead,
  agreementKey,

  agree: ({ group, secret }, peer) => {
    // RFC 8446 §7.4.1: an all-zero X25519 result must be refused; the library throws on it.
    try {
      if (group === 'X25519') return x25519.getSharedSecret(secret, peer);
      if (peer[0] !== 4) return undefined;
      // The shared secret is the x coordinate alone (RFC 8446 §7.4.2).
      return CURVES[group].getSharedSecret(secret, peer).slice(1);
    } catch {
      return undefined;
    }
  },

  generateKey: (kind, random) => {
    for (;;) {
      const key = importKey(kind, random.bytes(SECRET_LENGTHS[kind]));
      if (key !== undefined) return key;
    }
  },

  importKey,

  sign: (algorithm, key, message, random) => {
    if (algorithm.family === 'RSA-PSS' || algorithm.family === 'RSA-PKCS1') {
      invariant(key.kind === 'RSA', `an RSA signature with a ${key.kind} key`);
      invariant(allowsAlgorithm(key.publicKey, algorithm), 'a signature that the key forbids');
      return algorithm.family === 'RSA-PSS'
        ? RSA.signPss(algorithm.hash, key, message, random)
        : RSA.signPkcs1(algorithm.hash, key, message);
    }
    invariant(key.kind !== 'RSA', `a signature of the family ${algorithm.family} with an RSA key`);
    if (algorithm.family === 'Ed25519') return ed25519.sign(message, key.secret);
    invariant(key.kind !== 'Ed25519', 'an ECDSA signature with an Ed25519 key');
    const hashed = digest(NOBLE_CRYPTO, algorithm.hash, message);
    return CURVES[key.kind].sign(hashed, key.secret, ECDSA_FORM);
  },

  verify: (algorithm, key, message, signature) => {
    if (!allowsAlgorithm(key, algorithm)) return false;
    if (key.kind === 'RSA') {
      if (algorithm.family === 'RSA-PSS') {
        return RSA.verifyPss(algorithm.hash, key, message, signature);
      }
      return (
        algorithm.family === 'RSA-PKCS1' && RSA.verifyPkcs1(algorithm.hash, key, message, signature)
      );
    }
    // The libraries throw on signatures and points of a wrong form: to us all are simply not valid.
    try {
      if (key.kind === 'Ed25519') {
        // RFC 8032 §5.1.7 without the cofactor's latitude of ZIP 215.
        const strict = { zip215: false };
        return (
          algorithm.family === 'Ed25519' && ed25519.verify(signature, message, key.point, strict)
        );
      }
      if (algorithm.family !== 'ECDSA') return false;
      const hashed = digest(NOBLE_CRYPTO, algorithm.hash, message);
      return isEcdsaKey(key) && verifyEcdsa(key, hashed, signature);
    } catch {
      return false;
    }
  },
};

const RSA = new RsaSignature(NOBLE_CRYPTO);

function nobleAead(name: AeadName, key: Uint8Array): Aead {
  if (name === 'none') return NULL_CIPHER;
  const cipher = name === 'ChaCha20-Poly1305' ? chacha20poly1305 : gcm;
  return {
    seal: (nonce, additional, plaintext, room = 0) => {
      const sealed = cipher(key, nonce, additional).encrypt(plaintext);
      if (room === 0) return sealed;
      const whole = new Uint8Array(room + sealed.length);
      whole.set(sealed, room);
      return whole;
    },
    open: (nonce, additional, sealed) => {
      // The library throws on a wrong tag and on data shorter than a tag; to us both are a verdict.
      try {
        return cipher(key, nonce, additional).decrypt(sealed);
      } catch {
        return undefined;
      }
    },
  };
}

function agreementKey(group: GroupName, random: RandomStream): AgreementKey {
  if (group === 'X25519') {
    const secret = random.bytes(32);
    return { group, secret, publicKey: x25519.getPublicKey(secret) };
  }
  const curve = CURVES[group];
  let secret = random.bytes(SECRET_LENGTHS[group]);
  while (!curve.utils.isValidSecretKey(secret)) secret = random.bytes(SECRET_LENGTHS[group]);
  return { group, secret, publicKey: curve.getPublicKey(secret, false) };
}

function importKey(kind: CurveKeyKind, secret: Uint8Array): CurvePrivateKey | undefined {
  if (secret.length !== SECRET_LENGTHS[kind]) return undefined;
  if (kind === 'Ed25519') {
    return { kind, secret, publicKey: { kind, point: ed25519.getPublicKey(secret) } };
  }
  const curve = CURVES[kind];
  if (!curve.utils.isValidSecretKey(secret)) return undefined;
  return { kind, secret, publicKey: { kind, point: curve.getPublicKey(secret, false) } };
}
