/** AlgorithmIdentifiers of signatures (RFC 5280 §4.1.1.2, RFC 5758, RFC 4055, RFC 8410). */
import { equalBytes } from '../../base/bytes.ts';
import type { HashName, KeyKind, SignatureAlgorithm } from '../crypto/provider.ts';
import { DerReader } from './der-reader.ts';
import { derContext, derInteger, derNull, derOid, derSequence } from './der-writer.ts';
import { OID } from './oid.ts';

const HASH_OIDS = { 'SHA-256': OID.sha256, 'SHA-384': OID.sha384, 'SHA-512': OID.sha512 } as const;
const SALT_LENGTHS = { 'SHA-256': 32, 'SHA-384': 48, 'SHA-512': 64 } as const;

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
  if (oid === OID.rsaPss) return pssOf(der);
  const algorithm = BY_OID.get(oid);
  // RFC 4055 §5: RSA's parameters are NULL or absent. The others have none (RFC 5758 §3.2, RFC 8410 §3).
  if (algorithm?.family === 'RSA-PKCS1' && fields.more) fields.null();
  fields.end();
  return fields.failed ? undefined : algorithm;
}

/** Simplified: the three parameter sets that TLS names are compared as octets (RFC 4055 §3.1). */
function pssOf(der: Uint8Array): SignatureAlgorithm | undefined {
  for (const hash of ['SHA-256', 'SHA-384', 'SHA-512'] as const) {
    // RFC 4055 §2.1: a hash's parameters may be NULL or absent, here and in the mask's.
    for (const forHash of [[derNull()], []]) {
      for (const forMask of [[derNull()], []]) {
        const identifier = pssIdentifier(hash, forHash, forMask);
        if (equalBytes(identifier, der)) return { family: 'RSA-PSS', hash };
      }
    }
  }
  return undefined;
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

/** The algorithm with which a key of this kind signs certificates. */
export function certificateAlgorithm(kind: KeyKind): SignatureAlgorithm {
  if (kind === 'P-256') return { family: 'ECDSA', hash: 'SHA-256' };
  if (kind === 'P-384') return { family: 'ECDSA', hash: 'SHA-384' };
  return kind === 'RSA' ? { family: 'RSA-PKCS1', hash: 'SHA-256' } : { family: 'Ed25519' };
}

function pssIdentifier(
  hash: HashName,
  forHash: readonly Uint8Array[] = [derNull()],
  forMask: readonly Uint8Array[] = [derNull()],
): Uint8Array {
  const oid = derOid(HASH_OIDS[hash]);
  return derSequence(
    derOid(OID.rsaPss),
    derSequence(
      derContext(0, derSequence(oid, ...forHash)),
      derContext(1, derSequence(derOid(OID.mgf1), derSequence(oid, ...forMask))),
      derContext(2, derInteger(SALT_LENGTHS[hash])),
    ),
  );
}
