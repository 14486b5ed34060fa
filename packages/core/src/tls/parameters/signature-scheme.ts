/** Signature schemes (RFC 8446 §4.2.3). In TLS 1.2 the same numbers are pairs of hash and signature. */
import {
  HASH_LENGTHS,
  type KeyKind,
  type PublicKey,
  type SignatureAlgorithm,
} from '../crypto/provider.ts';
import { allowsAlgorithm, isPssOnly } from '../crypto/pss-key.ts';
import { bitLength } from '../crypto/rsa-math.ts';
import type { TlsVersion } from './version.ts';

export interface SignatureScheme {
  readonly code: number;
  readonly name: string;
  readonly algorithm: SignatureAlgorithm;
  /** Keys that can make such a signature. */
  readonly keys: readonly KeyKind[];
  /** Such keys must be for RSASSA-PSS alone; with the other schemes they must not. */
  readonly forPssKeys: boolean;
}

/** 19 octets of DER before the hash, and 11 of padding at least. */
const DIGEST_INFO_AND_PADDING = 30;

const ANY_CURVE: ReadonlySet<KeyKind> = new Set<KeyKind>(['P-256', 'P-384']);

/** All schemes, in our order of preference. */
export const SIGNATURE_SCHEMES: readonly SignatureScheme[] = [
  scheme(0x0403, 'ecdsa_secp256r1_sha256', { family: 'ECDSA', hash: 'SHA-256' }, ['P-256']),
  scheme(0x0503, 'ecdsa_secp384r1_sha384', { family: 'ECDSA', hash: 'SHA-384' }, ['P-384']),
  scheme(0x0807, 'ed25519', { family: 'Ed25519' }, ['Ed25519']),
  scheme(0x0804, 'rsa_pss_rsae_sha256', { family: 'RSA-PSS', hash: 'SHA-256' }, ['RSA']),
  scheme(0x0805, 'rsa_pss_rsae_sha384', { family: 'RSA-PSS', hash: 'SHA-384' }, ['RSA']),
  scheme(0x0806, 'rsa_pss_rsae_sha512', { family: 'RSA-PSS', hash: 'SHA-512' }, ['RSA']),
  scheme(0x0809, 'rsa_pss_pss_sha256', { family: 'RSA-PSS', hash: 'SHA-256' }, ['RSA']),
  scheme(0x080a, 'rsa_pss_pss_sha384', { family: 'RSA-PSS', hash: 'SHA-384' }, ['RSA']),
  scheme(0x080b, 'rsa_pss_pss_sha512', { family: 'RSA-PSS', hash: 'SHA-512' }, ['RSA']),
  scheme(0x0401, 'rsa_pkcs1_sha256', { family: 'RSA-PKCS1', hash: 'SHA-256' }, ['RSA']),
  scheme(0x0501, 'rsa_pkcs1_sha384', { family: 'RSA-PKCS1', hash: 'SHA-384' }, ['RSA']),
  scheme(0x0601, 'rsa_pkcs1_sha512', { family: 'RSA-PKCS1', hash: 'SHA-512' }, ['RSA']),
];

function scheme(
  code: number,
  name: string,
  algorithm: SignatureAlgorithm,
  keys: readonly KeyKind[],
): SignatureScheme {
  return { code, name, algorithm, keys, forPssKeys: name.startsWith('rsa_pss_pss_') };
}

/**
 * Whether such a key may sign a handshake of this version with the scheme. TLS 1.3 binds the curve and
 * forbids PKCS #1 v1.5 in CertificateVerify (RFC 8446 §4.2.3); TLS 1.2 takes any curve. In both a key
 * for RSASSA-PSS alone has schemes of its own.
 */
export function schemeFits(scheme: SignatureScheme, key: PublicKey, version: TlsVersion): boolean {
  const { kind } = key;
  if (scheme.forPssKeys !== isPssOnly(key) || !allowsAlgorithm(key, scheme.algorithm)) return false;
  if (version === 'TLS 1.3') {
    return scheme.keys.includes(kind) && scheme.algorithm.family !== 'RSA-PKCS1';
  }
  return scheme.algorithm.family === 'ECDSA' ? ANY_CURVE.has(kind) : scheme.keys.includes(kind);
}

/**
 * Whether the key can make such a signature: an RSA modulus must have room for the padding
 * (RFC 8017 §9.1.1, §9.2).
 */
export function canSign(scheme: SignatureScheme, key: PublicKey, version: TlsVersion): boolean {
  if (!schemeFits(scheme, key, version)) return false;
  const { algorithm } = scheme;
  if (key.kind !== 'RSA' || !('hash' in algorithm)) return true;
  const hash = HASH_LENGTHS[algorithm.hash];
  const least = algorithm.family === 'RSA-PSS' ? 2 * hash + 2 : hash + DIGEST_INFO_AND_PADDING;
  return Math.floor((bitLength(key.n) - 1) / 8) >= least;
}

export function schemeOf(code: number): SignatureScheme | undefined {
  return SIGNATURE_SCHEMES.find((known) => known.code === code);
}

/** A scheme's name, or its number where it is none of ours. */
export function schemeText(code: number): string {
  return schemeOf(code)?.name ?? `0x${code.toString(16).padStart(4, '0')}`;
}
