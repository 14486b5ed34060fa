/**
 * All cryptography that TLS and X.509 need, synchronous and small enough to be written again over
 * another library. Two providers give identical bytes for identical arguments: randomness is an
 * argument, and ECDSA signs by RFC 6979.
 */
import type { RandomStream } from '../../base/random.ts';

export type HashName = 'SHA-256' | 'SHA-384' | 'SHA-512';
export type AeadName = 'AES-128-GCM' | 'AES-256-GCM' | 'ChaCha20-Poly1305' | 'none';
export type GroupName = 'X25519' | 'P-256' | 'P-384';
export type KeyKind = 'P-256' | 'P-384' | 'Ed25519' | 'RSA';

/** How a signature is made. */
export type SignatureAlgorithm =
  | { readonly family: 'ECDSA' | 'RSA-PSS' | 'RSA-PKCS1'; readonly hash: HashName }
  | { readonly family: 'Ed25519' };

/** Kinds of keys on a curve. */
export type CurveKeyKind = Exclude<KeyKind, 'RSA'>;

export interface CurvePublicKey {
  readonly kind: CurveKeyKind;
  /** Uncompressed (SEC 1) for the NIST curves, 32 octets for Ed25519. */
  readonly point: Uint8Array;
}

export interface RsaPublicKey {
  readonly kind: 'RSA';
  readonly n: bigint;
  readonly e: bigint;
  /** The key is for RSASSA-PSS alone (RFC 4055 §1.2): with these parameters, or with any. */
  readonly pss?: PssParameters | 'any';
}

/** What a key for RSASSA-PSS demands of its signatures; the mask's hash is the same (RFC 4055 §3.3). */
export interface PssParameters {
  readonly hash: HashName;
  /** Octets of the salt at least. */
  readonly saltLength: number;
}

export type PublicKey = CurvePublicKey | RsaPublicKey;
export type PrivateKey = CurvePrivateKey | RsaPrivateKey;

export interface CurvePrivateKey {
  readonly kind: CurveKeyKind;
  readonly secret: Uint8Array;
  readonly publicKey: CurvePublicKey;
}

export interface RsaPrivateKey {
  readonly kind: 'RSA';
  readonly publicKey: RsaPublicKey;
  readonly d: bigint;
  readonly p: bigint;
  readonly q: bigint;
  /** d mod (p − 1), d mod (q − 1) and q^-1 mod p: the Chinese remainder theorem's shortcut. */
  readonly dp: bigint;
  readonly dq: bigint;
  readonly qInv: bigint;
}

/** One side's key for one Diffie-Hellman exchange. */
export interface AgreementKey {
  readonly group: GroupName;
  readonly secret: Uint8Array;
  /** As it goes into a key share. */
  readonly publicKey: Uint8Array;
}

/** A hash that is fed in parts. */
export interface RunningHash {
  update(bytes: Uint8Array): void;
  /** The hash of everything so far; feeding may go on. */
  digest(): Uint8Array;
}

/** Authenticated encryption under one key. Nonces have 12 octets, tags 16. */
export interface Aead {
  /**
   * The ciphertext and its tag. `room` octets in front of them are left for the caller to fill: a
   * record's header, which then costs no copy. `plaintext` is not kept.
   */
  seal(nonce: Uint8Array, additional: Uint8Array, plaintext: Uint8Array, room?: number): Uint8Array;
  /** @returns undefined when the tag does not fit. */
  open(nonce: Uint8Array, additional: Uint8Array, sealed: Uint8Array): Uint8Array | undefined;
}

export interface CryptoProvider {
  readonly name: string;
  hash(name: HashName): RunningHash;
  hmac(name: HashName, key: Uint8Array, data: Uint8Array): Uint8Array;
  aead(name: AeadName, key: Uint8Array): Aead;
  agreementKey(group: GroupName, random: RandomStream): AgreementKey;
  /** The shared secret; undefined when the peer's key is no point of the group or of small order. */
  agree(key: AgreementKey, peer: Uint8Array): Uint8Array | undefined;
  generateKey(kind: CurveKeyKind, random: RandomStream): PrivateKey;
  /** The public key to a secret that was read from a file. @returns undefined when it is no secret */
  importKey(kind: CurveKeyKind, secret: Uint8Array): PrivateKey | undefined;
  /** @param random the salt of RSA-PSS is drawn from it; the other families need none. */
  sign(
    algorithm: SignatureAlgorithm,
    key: PrivateKey,
    message: Uint8Array,
    random: RandomStream,
  ): Uint8Array;
  verify(
    algorithm: SignatureAlgorithm,
    key: PublicKey,
    message: Uint8Array,
    signature: Uint8Array,
  ): boolean;
}

/** Octets of a key of this cipher. */
export const AEAD_KEY_LENGTHS: { readonly [Name in AeadName]: number } = {
  'AES-128-GCM': 16,
  'AES-256-GCM': 32,
  'ChaCha20-Poly1305': 32,
  none: 16,
};

export const AEAD_TAG_LENGTH = 16;
export const AEAD_NONCE_LENGTH = 12;

/** Octets of a hash. */
export const HASH_LENGTHS: { readonly [Name in HashName]: number } = {
  'SHA-256': 32,
  'SHA-384': 48,
  'SHA-512': 64,
};

/** The hash of one piece. */
export function digest(
  crypto: Pick<CryptoProvider, 'hash'>,
  name: HashName,
  bytes: Uint8Array,
): Uint8Array {
  const running = crypto.hash(name);
  running.update(bytes);
  return running.digest();
}
