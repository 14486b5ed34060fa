/** AlgorithmIdentifiers of signatures (RFC 5280 §4.1.1.2, RFC 5758, RFC 4055, RFC 8410). */
import {
  HASH_LENGTHS,
  type HashName,
  type PublicKey,
  type SignatureAlgorithm,
} from '../crypto/provider.ts';
import { DerReader } from './der-reader.ts';
import { derNull, derOid, derSequence } from './der-writer.ts';
import { OID } from './oid.ts';
import { readPssParameters, writePssParameters } from './pss-parameters.ts';

const BY_OID = new Map<string, SignatureAlgorithm>([
  [OID.ecdsaWithSha256, { family: 'ECDSA', hash: 'SHA-256' }],
  [OID.ecdsaWithSha384, { family: 'ECDSA', hash: 'SHA-384' }],
  [OID.ecdsaWithSha512, { family: 'ECDSA', hash: 'SHA-512' }],
  [OID.ed25519, { family: 'Ed25519' }],
  [OID.sha256WithRsa, { family: 'RSA-PKCS1', hash: 'SHA-256' }],
  [OID.sha384WithRsa, { family: 'RSA-PKCS1', hash: 'SHA-384' }],
  [OID.sha512WithRsa, { family: 'RSA-PKCS1', hash: 'SHA-512' }],
]);

const BROKEN: ReadonlySet<string> = new Set([
  OID.md2WithRsa,
  OID.md5WithRsa,
  OID.sha1WithRsa,
  OID.ecdsaWithSha1,
  OID.dsaWithSha1,
]);

/** Whether the AlgorithmIdentifier rests on a hash in which collisions are found (RFC 8446 §4.4.2.4). */
export function isBroken(der: Uint8Array): boolean {
  return BROKEN.has(new DerReader(der).inside().oid());
}

/** The algorithm that an AlgorithmIdentifier names; undefined for those we do not verify. */
export function signatureAlgorithmOf(der: Uint8Array): SignatureAlgorithm | undefined {
  const fields = new DerReader(der).inside();
  const oid = fields.oid();
  if (oid === OID.rsaPss) return pssOf(fields);
  const algorithm = BY_OID.get(oid);
  // RFC 4055 §5: RSA's parameters are NULL or absent. The others have none (RFC 5758 §3.2, RFC 8410 §3).
  if (algorithm?.family === 'RSA-PKCS1' && fields.more) fields.null();
  fields.end();
  return fields.failed ? undefined : algorithm;
}

/** Simplified: only what TLS's schemes name, where the salt is as long as the hash (RFC 8446 §4.2.3). */
function pssOf(fields: DerReader): SignatureAlgorithm | undefined {
  const parameters = readPssParameters(fields);
  fields.end();
  if (parameters === undefined || fields.failed) return undefined;
  const { hash, saltLength } = parameters;
  return saltLength === HASH_LENGTHS[hash] ? { family: 'RSA-PSS', hash } : undefined;
}

export function algorithmIdentifier(algorithm: SignatureAlgorithm): Uint8Array {
  if (algorithm.family === 'RSA-PSS') return pssIdentifier(algorithm.hash);
  for (const [oid, known] of BY_OID) {
    const sameHash = 'hash' in known && 'hash' in algorithm && known.hash === algorithm.hash;
    if (known.family !== algorithm.family) continue;
    if (known.family === 'Ed25519') return derSequence(derOid(oid));
    // RFC 4055 §5: RSA's parameters are NULL; ECDSA has none (RFC 5758 §3.2).
    if (sameHash) {
      return known.family === 'ECDSA'
        ? derSequence(derOid(oid))
        : derSequence(derOid(oid), derNull());
    }
  }
  return derSequence(derOid(OID.ed25519));
}

/** The algorithm with which such a key signs certificates. */
export function certificateAlgorithm(key: PublicKey): SignatureAlgorithm {
  const { kind } = key;
  if (kind === 'RSA' && key.pss !== undefined) {
    return { family: 'RSA-PSS', hash: key.pss === 'any' ? 'SHA-256' : key.pss.hash };
  }
  if (kind === 'P-256') return { family: 'ECDSA', hash: 'SHA-256' };
  if (kind === 'P-384') return { family: 'ECDSA', hash: 'SHA-384' };
  return kind === 'RSA' ? { family: 'RSA-PKCS1', hash: 'SHA-256' } : { family: 'Ed25519' };
}

function pssIdentifier(hash: HashName): Uint8Array {
  const parameters = writePssParameters({ hash, saltLength: HASH_LENGTHS[hash] });
  return derSequence(derOid(OID.rsaPss), parameters);
}
