/**
 * ECDSA verification (FIPS 186-5 §6.4.2) for keys that come back: a server's key signs every
 * handshake. After some signatures a table of the key's multiples is made; it costs as much as three
 * verifications, and those that follow take a third of the time.
 */
import { p256, p384 } from '@noble/curves/nist.js';
import type { CurvePublicKey, PublicKey } from './provider.ts';
import { numberFromBytes } from './rsa-math.ts';

export const CURVES = { 'P-256': p256, 'P-384': p384 } as const;
/** The hash is ours to take; s may be high, as in every certificate (RFC 8446 §4.2.3). */
export const ECDSA_FORM = { prehash: false, lowS: false, format: 'der' } as const;

/** A key on a curve that ECDSA uses. */
export type EcdsaPublicKey = CurvePublicKey & { readonly kind: keyof typeof CURVES };

export function isEcdsaKey(key: PublicKey): key is EcdsaPublicKey {
  return key.kind === 'P-256' || key.kind === 'P-384';
}

/** Signatures under one key before its table is made: what they cost together is what it costs. */
const USES_BEFORE_TABLE = 4;
/** Digits of the table in bits: larger ones take longer to make than they save. */
const TABLE_WINDOW = 4;

type Point = ReturnType<(typeof p256)['Point']['fromBytes']>;

interface Known {
  uses: number;
  readonly point: Point;
}

const known = new WeakMap<CurvePublicKey, Known>();

/**
 * Whether the signature, in DER, is the key's over the hash.
 * @throws what the library throws for keys and signatures of a wrong form
 */
export function verifyEcdsa(
  key: EcdsaPublicKey,
  hashed: Uint8Array,
  signature: Uint8Array,
): boolean {
  const curve = CURVES[key.kind];
  const met = known.get(key) ?? { uses: 0, point: curve.Point.fromBytes(key.point) };
  known.set(key, met);
  met.uses += 1;
  if (met.uses === USES_BEFORE_TABLE + 1) met.point.precompute(TABLE_WINDOW, false);
  const { BASE, Fn } = curve.Point;
  // r and s are from 1 to n − 1, or this throws.
  const { r, s } = curve.Signature.fromBytes(signature, 'der');
  const e = numberFromBytes(hashed.subarray(0, Fn.BYTES));
  const inverse = Fn.inv(s);
  const u = Fn.create(e * inverse);
  const v = Fn.create(r * inverse);
  const sum = BASE.multiplyUnsafe(u).add(met.point.multiplyUnsafe(v));
  return !sum.is0() && Fn.create(sum.toAffine().x) === r;
}
