/** SubjectPublicKeyInfo (RFC 5280 §4.1.2.7, RFC 5480, RFC 8410). */
import { MAX_RSA_BITS, MIN_RSA_BITS } from '../limits.ts';
import { HASH_LENGTHS, type PublicKey, type RsaPublicKey } from '../crypto/provider.ts';
import { bitLength } from '../crypto/rsa-math.ts';
import { DerReader } from './der-reader.ts';
import { derBits, derInteger, derNull, derOid, derSequence } from './der-writer.ts';
import { OID } from './oid.ts';
import { readPssParameters, writePssParameters } from './pss-parameters.ts';

const CURVES = [
  { kind: 'P-256', oid: OID.p256, length: 65 },
  { kind: 'P-384', oid: OID.p384, length: 97 },
] as const;

export function publicKeyInfo(key: PublicKey): Uint8Array {
  if (key.kind === 'RSA') {
    const numbers = derSequence(derInteger(key.n), derInteger(key.e));
    return derSequence(rsaIdentifier(key), derBits(numbers));
  }
  if (key.kind === 'Ed25519')
    return derSequence(derSequence(derOid(OID.ed25519)), derBits(key.point));
  const curve = derOid(key.kind === 'P-256' ? OID.p256 : OID.p384);
  return derSequence(derSequence(derOid(OID.ecPublicKey), curve), derBits(key.point));
}

/** The key; undefined when it is malformed or of a kind or size we do not use. */
export function publicKeyOf(der: Uint8Array): PublicKey | undefined {
  const info = new DerReader(der).inside();
  const algorithm = info.inside();
  const oid = algorithm.oid();
  const bits = info.bits();
  info.end();
  if (info.failed) return undefined;
  if (oid === OID.rsaPss) {
    const pss = readPssUse(algorithm);
    return pss && rsaKeyOf(bits, { pss });
  }
  // RFC 4055 §1.2: the parameters are NULL. RFC 8410 §3: absent. RFC 5480 §2.1.1: a named curve.
  if (oid === OID.rsaEncryption) algorithm.null();
  const curveOid = oid === OID.ecPublicKey ? algorithm.oid() : undefined;
  algorithm.end();
  if (info.failed) return undefined;
  if (oid === OID.rsaEncryption) return rsaKeyOf(bits);
  if (oid === OID.ed25519) return bits.length === 32 ? { kind: 'Ed25519', point: bits } : undefined;
  const curve = CURVES.find((known) => known.oid === curveOid);
  // RFC 5480 §2.2: uncompressed points must be supported; others are not taken.
  if (curve === undefined || bits.length !== curve.length || bits[0] !== 4) return undefined;
  return { kind: curve.kind, point: bits };
}

/** The AlgorithmIdentifier of an RSA key, public or private. */
export function rsaIdentifier({ pss }: RsaPublicKey): Uint8Array {
  if (pss === undefined) return derSequence(derOid(OID.rsaEncryption), derNull());
  return derSequence(derOid(OID.rsaPss), ...(pss === 'any' ? [] : [writePssParameters(pss)]));
}

/**
 * What follows the identifier of RSASSA-PSS in a key (RFC 4055 §3.1): nothing, or parameters. Undefined
 * where no signature could be as they demand, with a salt as long as its hash.
 */
export function readPssUse(algorithm: DerReader): RsaPublicKey['pss'] {
  if (!algorithm.more) return algorithm.failed ? undefined : 'any';
  const parameters = readPssParameters(algorithm);
  algorithm.end();
  if (parameters === undefined || algorithm.failed) return undefined;
  return parameters.saltLength <= HASH_LENGTHS[parameters.hash] ? parameters : undefined;
}

function rsaKeyOf(der: Uint8Array, use: Pick<RsaPublicKey, 'pss'> = {}): PublicKey | undefined {
  const outer = new DerReader(der);
  const numbers = outer.inside();
  outer.end();
  const n = numbers.integer();
  const e = numbers.integer();
  numbers.end();
  const size = bitLength(n);
  if (numbers.failed || size < MIN_RSA_BITS || size > MAX_RSA_BITS) return undefined;
  // A huge exponent only costs time; real ones are 3 or 65537.
  return e >= 3n && e % 2n === 1n && bitLength(e) <= 64 ? { kind: 'RSA', n, e, ...use } : undefined;
}
