/**
 * TLS's cryptography on node:crypto, that is OpenSSL: the same octets as the default provider gives,
 * several times faster.
 * New keys on curves stay with @noble: they are rare.
 */
import * as node from 'node:crypto';
import { invariant, type RandomStream } from '@tcplab/core';
import {
  allowsAlgorithm,
  digest,
  NOBLE_CRYPTO,
  NULL_CIPHER,
  numberFromBytes,
  numberToBytes,
  byteLength,
  privateKeyInfo,
  RsaSignature,
  type Aead,
  type AeadName,
  type AgreementKey,
  type CryptoProvider,
  type GroupName,
  type PrivateKey,
  type PublicKey,
  type RsaPrivateKey,
  type SignatureAlgorithm,
} from '@tcplab/core/tls';
import { signEcdsa } from './ecdsa.ts';

const HASHES = { 'SHA-256': 'sha256', 'SHA-384': 'sha384', 'SHA-512': 'sha512' } as const;
const CURVES = { 'P-256': 'prime256v1', 'P-384': 'secp384r1' } as const;
const SECRET_LENGTHS = { 'P-256': 32, 'P-384': 48 } as const;
const CIPHERS = {
  'AES-128-GCM': 'aes-128-gcm',
  'AES-256-GCM': 'aes-256-gcm',
  'ChaCha20-Poly1305': 'chacha20-poly1305',
} as const;
const TAG_LENGTH = 16;

export const NODE_CRYPTO: CryptoProvider = {
  name: 'node:crypto',

  hash: (name) => {
    const running = node.createHash(HASHES[name]);
    return {
      update: (bytes) => void running.update(bytes),
      digest: () => octets(running.copy().digest()),
    };
  },

  hmac: (name, key, data) => octets(node.createHmac(HASHES[name], key).update(data).digest()),
  aead: nodeAead,
  agreementKey,
  agree,
  generateKey: NOBLE_CRYPTO.generateKey,
  importKey: NOBLE_CRYPTO.importKey,

  sign: (algorithm, key, message, random) => {
    if (algorithm.family === 'Ed25519') return octets(node.sign(null, message, privateKeyOf(key)));
    if (algorithm.family === 'ECDSA') {
      const isEcdsa = key.kind === 'P-256' || key.kind === 'P-384';
      invariant(isEcdsa, `an ECDSA signature with a key of the kind ${key.kind}`);
      return signEcdsa(key.kind, key.secret, digest(NODE_CRYPTO, algorithm.hash, message));
    }
    invariant(key.kind === 'RSA', `an RSA signature with a ${key.kind} key`);
    invariant(allowsAlgorithm(key.publicKey, algorithm), 'a signature that the key forbids');
    return algorithm.family === 'RSA-PSS'
      ? RSA.signPss(algorithm.hash, key, message, random)
      : RSA.signPkcs1(algorithm.hash, key, message);
  },

  verify: (algorithm, key, message, signature) => {
    if (kindOf(key) !== familyOf(algorithm) || !allowsAlgorithm(key, algorithm)) return false;
    const digest = algorithm.family === 'Ed25519' ? null : HASHES[algorithm.hash];
    // A key that is no point of its curve cannot be imported: no signature is valid under it.
    try {
      return node.verify(digest, message, verifyOptions(algorithm, publicKeyOf(key)), signature);
    } catch {
      return false;
    }
  },
};

const RSA = new RsaSignature(NODE_CRYPTO, rsaPrivate);

/** x^d mod n by OpenSSL: RSA without a padding of its own. */
function rsaPrivate(key: RsaPrivateKey, value: bigint): bigint {
  const length = byteLength(key.publicKey.n);
  const padding = node.constants.RSA_NO_PADDING;
  const options = { key: privateKeyOf(key), padding };
  return numberFromBytes(octets(node.privateDecrypt(options, numberToBytes(value, length))));
}

function verifyOptions(algorithm: SignatureAlgorithm, key: node.KeyObject) {
  if (algorithm.family !== 'RSA-PSS') return key;
  const padding = node.constants.RSA_PKCS1_PSS_PADDING;
  return { key, padding, saltLength: node.constants.RSA_PSS_SALTLEN_DIGEST };
}

/** What kind of signature a key makes, and an algorithm is. */
function kindOf(key: PublicKey): string {
  if (key.kind === 'RSA' || key.kind === 'Ed25519') return key.kind;
  return 'ECDSA';
}

function familyOf(algorithm: SignatureAlgorithm): string {
  return algorithm.family.startsWith('RSA') ? 'RSA' : algorithm.family;
}

function nodeAead(name: AeadName, key: Uint8Array): Aead {
  if (name === 'none') return NULL_CIPHER;
  // The types know GCM's options under GCM's names only; ChaCha20-Poly1305 takes the same.
  const cipher = CIPHERS[name] as 'aes-128-gcm';
  const options = { authTagLength: TAG_LENGTH };
  return {
    seal: (nonce, additional, plaintext, room = 0) => {
      const sealing = node.createCipheriv(cipher, key, nonce, options);
      sealing.setAAD(additional, { plaintextLength: plaintext.length });
      const end = room + plaintext.length;
      // Every octet is written below or by the caller: what the memory held before does not show.
      const sealed = octets(Buffer.allocUnsafeSlow(end + TAG_LENGTH));
      sealed.set(sealing.update(plaintext), room);
      sealing.final();
      sealed.set(sealing.getAuthTag(), end);
      return sealed;
    },
    open: (nonce, additional, sealed) => {
      const length = sealed.length - TAG_LENGTH;
      if (length < 0) return undefined;
      const opening = node.createDecipheriv(cipher, key, nonce, options);
      opening.setAAD(additional, { plaintextLength: length });
      opening.setAuthTag(sealed.subarray(length));
      const opened = opening.update(sealed.subarray(0, length));
      try {
        opening.final();
      } catch {
        return undefined;
      }
      return octets(opened);
    },
  };
}

function agreementKey(group: GroupName, random: RandomStream): AgreementKey {
  if (group === 'X25519') {
    const secret = random.bytes(32);
    const privateKey = x25519Private(secret);
    const { x } = node.createPublicKey(privateKey).export({ format: 'jwk' });
    const key: AgreementKey = { group, secret, publicKey: octets(Buffer.from(x!, 'base64url')) };
    agreementKeys.set(key, privateKey);
    return key;
  }
  for (;;) {
    const secret = random.bytes(SECRET_LENGTHS[group]);
    const exchange = node.createECDH(CURVES[group]);
    // OpenSSL refuses what is no secret of the curve, about once in 2^32; then the next is drawn.
    try {
      exchange.setPrivateKey(secret);
    } catch {
      continue;
    }
    return { group, secret, publicKey: octets(exchange.getPublicKey()) };
  }
}

function agree(ours: AgreementKey, peer: Uint8Array): Uint8Array | undefined {
  const { group, secret } = ours;
  // OpenSSL throws on points off the curve and on X25519's all-zero result (RFC 8446 §7.4.2).
  try {
    if (group === 'X25519') {
      const privateKey = agreementKeys.get(ours) ?? x25519Private(secret);
      const publicKey = fromJwk(node.createPublicKey, { kty: 'OKP', crv: 'X25519', x: text(peer) });
      return octets(node.diffieHellman({ privateKey, publicKey }));
    }
    if (peer[0] !== 4) return undefined;
    const exchange = node.createECDH(CURVES[group]);
    exchange.setPrivateKey(secret);
    return octets(exchange.computeSecret(peer));
  } catch {
    return undefined;
  }
}

/** The public half is not known yet, and not looked at: any 32 octets do for it. */
function x25519Private(secret: Uint8Array): node.KeyObject {
  const d = text(secret);
  return fromJwk(node.createPrivateKey, { kty: 'OKP', crv: 'X25519', x: d, d });
}

/** As JSON Web Keys: OpenSSL's search for a decoder of DER would cost more than the mathematics. */
function fromJwk(
  create: (input: node.JsonWebKeyInput) => node.KeyObject,
  key: node.JsonWebKey,
): node.KeyObject {
  return create({ key, format: 'jwk' });
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}

/** What was made once in OpenSSL's form is kept as long as the key is. */
const agreementKeys = new WeakMap<AgreementKey, node.KeyObject>();
const privateKeys = new WeakMap<PrivateKey, node.KeyObject>();
const publicKeys = new WeakMap<PublicKey, node.KeyObject>();

function privateKeyOf(key: PrivateKey): node.KeyObject {
  const known = privateKeys.get(key);
  if (known !== undefined) return known;
  const der = Buffer.from(privateKeyInfo(withoutUse(key)));
  const made = node.createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  privateKeys.set(key, made);
  return made;
}

/** OpenSSL does no bare arithmetic with a key that is for RSASSA-PSS alone: it sees the numbers only. */
function withoutUse(key: PrivateKey): PrivateKey {
  if (key.kind !== 'RSA') return key;
  const { kind, n, e } = key.publicKey;
  return { ...key, publicKey: { kind, n, e } };
}

function publicKeyOf(key: PublicKey): node.KeyObject {
  const known = publicKeys.get(key);
  if (known !== undefined) return known;
  const made = fromJwk(node.createPublicKey, jwkOf(key));
  publicKeys.set(key, made);
  return made;
}

function jwkOf(key: PublicKey): node.JsonWebKey {
  if (key.kind === 'RSA') {
    const number = (value: bigint): string => text(numberToBytes(value, byteLength(value)));
    return { kty: 'RSA', n: number(key.n), e: number(key.e) };
  }
  if (key.kind === 'Ed25519') return { kty: 'OKP', crv: 'Ed25519', x: text(key.point) };
  const half = (key.point.length - 1) / 2;
  const [x, y] = [key.point.subarray(1, half + 1), key.point.subarray(half + 1)];
  return { kty: 'EC', crv: key.kind, x: text(x), y: text(y) };
}

/** A plain view: callers compare and slice, and a Buffer would answer otherwise. */
function octets(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}
