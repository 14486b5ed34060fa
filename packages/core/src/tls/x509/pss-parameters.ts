/** RSASSA-PSS-params (RFC 4055 §3.1), in signatures and in keys. */
import type { HashName, PssParameters } from '../crypto/provider.ts';
import type { DerReader } from './der-reader.ts';
import { derContext, derInteger, derNull, derOid, derSequence } from './der-writer.ts';
import { OID } from './oid.ts';

const HASH_OIDS = { 'SHA-256': OID.sha256, 'SHA-384': OID.sha384, 'SHA-512': OID.sha512 } as const;
/** saltLength is 20 where it is left out; so is SHA-1 the hash, which we do not have. */
const DEFAULT_SALT_LENGTH = 20n;
const TRAILER_FIELD = 1n;
/** No hash has a salt of its length that is longer: others are not looked at. */
const MAX_SALT_LENGTH = 64n;

/** The parameters that follow; undefined where they are malformed or name what no TLS scheme has. */
export function readPssParameters(reader: DerReader): PssParameters | undefined {
  const fields = reader.inside();
  const hash = readHash(fields.optional(0xa0));
  const mask = fields.optional(0xa1);
  const maskAlgorithm = mask?.inside();
  mask?.end();
  const isMgf1 = maskAlgorithm?.oid() === OID.mgf1;
  const maskHash = readHash(maskAlgorithm);
  const saltLength = readNumber(fields.optional(0xa2)) ?? DEFAULT_SALT_LENGTH;
  // RFC 4055 §3.1: who verifies takes the default in words as well.
  const trailer = readNumber(fields.optional(0xa3)) ?? TRAILER_FIELD;
  fields.end();
  if (reader.failed || hash === undefined || hash !== maskHash || !isMgf1) return undefined;
  if (saltLength > MAX_SALT_LENGTH || trailer !== TRAILER_FIELD) return undefined;
  return { hash, saltLength: Number(saltLength) };
}

export function writePssParameters({ hash, saltLength }: PssParameters): Uint8Array {
  const identifier = derSequence(derOid(HASH_OIDS[hash]), derNull());
  const isDefault = BigInt(saltLength) === DEFAULT_SALT_LENGTH;
  return derSequence(
    derContext(0, identifier),
    derContext(1, derSequence(derOid(OID.mgf1), identifier)),
    ...(isDefault ? [] : [derContext(2, derInteger(saltLength))]),
  );
}

/** The AlgorithmIdentifier of a hash, which is all that is left. */
function readHash(outer: DerReader | undefined): HashName | undefined {
  const identifier = outer?.inside();
  const oid = identifier?.oid();
  // RFC 4055 §2.1: a hash's parameters may be NULL or absent, here and in the mask's.
  if (identifier?.more === true) identifier.null();
  identifier?.end();
  outer?.end();
  return (Object.keys(HASH_OIDS) as HashName[]).find((name) => HASH_OIDS[name] === oid);
}

function readNumber(outer: DerReader | undefined): bigint | undefined {
  const value = outer?.integer();
  outer?.end();
  return value;
}
