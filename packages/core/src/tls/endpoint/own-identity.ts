/** A side's own identities with their certificates read, to choose among them by what the peer says. */
import { CallError } from '../../base/errors.ts';
import type { PublicKey, SignatureAlgorithm } from '../crypto/provider.ts';
import { isPssOnly, keyText } from '../crypto/pss-key.ts';
import { schemeOf, type SignatureScheme } from '../parameters/signature-scheme.ts';
import type { Identity } from '../x509/authority.ts';
import type { Certificate } from '../x509/certificate.ts';
import { readCertificate } from '../x509/known-certificates.ts';
import { isSameName, namePartsOf } from '../x509/name.ts';

export interface OwnIdentity extends Identity {
  readonly leaf: Certificate;
  /** How each certificate of the chain is signed. */
  readonly signatures: readonly ChainSignature[];
  /** Who issued each certificate of the chain: names to compare. */
  readonly issuers: readonly (readonly string[])[];
}

export interface ChainSignature {
  /** Undefined for what we do not know. */
  readonly algorithm: SignatureAlgorithm | undefined;
  /** The key that made it, where its certificate is in the chain. */
  readonly issuer: PublicKey | undefined;
}

/** @throws CallError where the first certificate cannot be read or does not fit the key */
export function ownIdentity(identity: Identity): OwnIdentity {
  const chain = identity.chain.map((der) => readCertificate(der));
  const [leaf] = chain;
  if (leaf?.publicKey === undefined) throw new CallError('a certificate is not usable X.509');
  const [named, used] = [keyUse(leaf.publicKey), keyUse(identity.key.publicKey)];
  if (named !== used)
    throw new CallError('a certificate does not fit its key', `${named}, ${used}`);
  const signatures = chain.flatMap((certificate): ChainSignature[] => {
    // RFC 8446 §4.4.2.2: nobody verifies the signature of a certificate that signed itself.
    const isSelfIssued = certificate?.issuerText === certificate?.subjectText;
    if (isSelfIssued) return [];
    const issuer = chain.find((other) => other?.subjectText === certificate?.issuerText);
    return [{ algorithm: certificate?.algorithm, issuer: issuer?.publicKey }];
  });
  const issuers = chain.flatMap((certificate) => (certificate ? [certificate.issuerParts] : []));
  return { ...identity, leaf, signatures, issuers };
}

/** What a key is for. The parameters of RSASSA-PSS are part of it (RFC 4055 §3.3). */
function keyUse(key: PublicKey): string {
  const pss = key.kind === 'RSA' ? key.pss : undefined;
  if (pss === undefined || pss === 'any') return keyText(key);
  return `${keyText(key)} with ${pss.hash} and ${pss.saltLength} octets of salt`;
}

/** Whether the signature has one of the names in this list. */
export function isListed(signature: ChainSignature, codes: readonly number[]): boolean {
  return codes.some((code) => {
    const scheme = schemeOf(code);
    return scheme !== undefined && isOf(scheme, signature);
  });
}

function isOf(scheme: SignatureScheme, { algorithm, issuer }: ChainSignature): boolean {
  const named = scheme.algorithm;
  if (algorithm?.family !== named.family) return false;
  if ('hash' in algorithm && 'hash' in named && algorithm.hash !== named.hash) return false;
  // RFC 8446 §4.2.3: RSASSA-PSS goes by two names, by the issuer's key. Outside of the chain it is unknown.
  return issuer === undefined || scheme.forPssKeys === isPssOnly(issuer);
}

/**
 * Whether one of these authorities, by their names in DER, issued a certificate of the chain
 * (RFC 8446 §4.2.4, §4.4.2.3). Nobody is named where anybody will do (RFC 5246 §7.4.4).
 */
export function isIssuedByAny({ issuers }: OwnIdentity, names: readonly Uint8Array[]): boolean {
  if (names.length === 0) return true;
  const named = names.flatMap((der) => [namePartsOf(der) ?? []]);
  return issuers.some((issuer) =>
    named.some((name) => name.length > 0 && isSameName(name, issuer)),
  );
}
