/**
 * Certification path building and validation (RFC 5280 §6): from the leaf over the certificates the
 * peer sent, in any order and with others among them, to a trust anchor.
 *
 * Simplified: no policies; a critical policyConstraints makes the certificate unusable.
 */
import { equalBytes } from '../../base/bytes.ts';
import type { CryptoProvider, PublicKey } from '../crypto/provider.ts';
import { MAX_PATH_LENGTH, MAX_PATH_SIGNATURES, MAX_PRESENTED_CERTIFICATES } from '../limits.ts';
import { refuse, Refusal } from '../refusal.ts';
import { RULES } from '../rules.ts';
import { KEY_USAGE } from './certificate-extensions.ts';
import type { Certificate } from './certificate.ts';
import { certificateNames } from './host-name.ts';
import { readCertificate } from './known-certificates.ts';
import { alternativeText } from './general-name.ts';
import { forbiddenName } from './name-constraints.ts';
import { isSameName } from './name.ts';
import { OID } from './oid.ts';
import type { RevocationList } from './revocation-list.ts';
import { timeForPeople } from './der-time.ts';

export interface ChainDemands {
  readonly anchors: readonly Certificate[];
  /** What the leaf's key is to be used for. */
  readonly purpose: 'server' | 'client';
  /** The host the leaf must be for; undefined when any will do. */
  readonly host?: string;
  /** The present time in seconds since 1970. */
  readonly at: number;
  readonly revocationLists?: readonly RevocationList[];
  readonly crypto: CryptoProvider;
}

/** The chain that the peer sent, read; a refusal when one of its certificates is none. */
export function readChain(chain: readonly Uint8Array[]): Certificate[] | Refusal {
  if (chain.length > MAX_PRESENTED_CERTIFICATES) {
    const why = `${chain.length} certificates came, at most ${MAX_PRESENTED_CERTIFICATES} are taken`;
    return refuse('bad_certificate', RULES.chainLength, why);
  }
  const certificates: Certificate[] = [];
  for (const der of chain) {
    const certificate = readCertificate(der);
    if (certificate === undefined) {
      const why = `certificate ${certificates.length + 1} of the chain is not X.509 in DER`;
      return refuse('bad_certificate', RULES.malformedCertificate, why);
    }
    certificates.push(certificate);
  }
  return certificates;
}

/**
 * The path from the leaf, `chain[0]`, to an anchor, both included; or why there is none. Among
 * several failing paths the reason of the one that got furthest is told.
 */
export function verifyChain(
  chain: readonly Certificate[],
  demands: ChainDemands,
): readonly Certificate[] | Refusal {
  const leaf = chain[0];
  if (leaf === undefined) {
    return refuse('bad_certificate', RULES.trustAnchor, 'the chain holds no certificate');
  }
  const unsuitable = checkLeaf(leaf, demands);
  if (unsuitable !== undefined) return unsuitable;
  return new PathSearch(chain, demands).from([leaf]);
}

function checkLeaf(leaf: Certificate, demands: ChainDemands): Refusal | undefined {
  const { keyUsage, alternativeNames } = leaf.extensions;
  // RFC 8446 §4.4.2.2, §4.4.2.3; RFC 5246 §7.4.2: nothing else was negotiated.
  if (leaf.version < 3) {
    const why = `${leaf.subjectText} is a certificate of version ${leaf.version}, TLS has version 3`;
    return refuse('unsupported_certificate', RULES.malformedCertificate, why);
  }
  if (leaf.publicKey === undefined) {
    const why = `the key of ${leaf.subjectText} is of a kind that is not supported`;
    return refuse('unsupported_certificate', RULES.malformedCertificate, why);
  }
  if (demands.host !== undefined && !certificateNames(leaf, demands.host)) {
    const names =
      alternativeNames.flatMap((name) => alternativeText(name) ?? []).join(', ') || 'no name';
    const why = `the certificate is for ${names}, not for ${demands.host}`;
    return refuse('bad_certificate', RULES.hostName, why);
  }
  if (keyUsage !== undefined && !keyUsage.includes(KEY_USAGE.digitalSignature)) {
    const why = `the key usage of ${leaf.subjectText} does not allow digital signatures`;
    return refuse('unsupported_certificate', RULES.keyUsage, why);
  }
  return undefined;
}

/** The key that is known to have made a certificate's signature: it is verified once. */
const signers = new WeakMap<Certificate, PublicKey>();

class PathSearch {
  readonly #candidates: readonly Certificate[];
  readonly #demands: ChainDemands;
  #signatures = 0;

  constructor(chain: readonly Certificate[], demands: ChainDemands) {
    this.#candidates = chain.slice(1);
    this.#demands = demands;
  }

  /** Extends the path upwards until an anchor is reached. */
  from(path: readonly Certificate[]): readonly Certificate[] | Refusal {
    const last = path[path.length - 1]!;
    const { anchors } = this.#demands;
    const anchor = anchors.find((known) => equalBytes(known.der, last.der));
    const invalid = this.#checkEach(last, path.length - 1);
    if (invalid !== undefined) return invalid;
    if (anchor !== undefined) return path;
    const { likely, others } = this.#issuersOf(last, path);
    let furthest: Refusal | undefined;
    for (const issuer of [...likely, ...others]) {
      const refused = this.#checkIssuer(issuer, path);
      const result = refused ?? this.from([...path, issuer]);
      if (!(result instanceof Refusal)) return result;
      if (likely.includes(issuer)) furthest ??= result;
    }
    return furthest ?? this.#noIssuer(last);
  }

  /**
   * Who has the issuer's name. Anchors first: the shortest path is tried before others. Key
   * identifiers help to find the path and forbid none (RFC 5280 §4.2.1.1), and a name that issued
   * itself may have done it with another key (§3.2): such are tried last, without a word.
   */
  #issuersOf(
    certificate: Certificate,
    path: readonly Certificate[],
  ): { readonly likely: readonly Certificate[]; readonly others: readonly Certificate[] } {
    if (path.length >= MAX_PATH_LENGTH) return { likely: [], others: [] };
    const isNamed = (candidate: Certificate): boolean =>
      isSameName(candidate.subjectParts, certificate.issuerParts) &&
      !path.some((used) => isSameEntity(used, candidate));
    const { anchors } = this.#demands;
    const named = [...anchors, ...this.#candidates].filter(isNamed);
    const likely = named.filter(
      (candidate) =>
        (!isSelfIssued(certificate) || anchors.includes(candidate)) &&
        keyIdentifiersFit(certificate, candidate),
    );
    return { likely, others: named.filter((candidate) => !likely.includes(candidate)) };
  }

  /** RFC 5280 §6.1.3 (a): what every certificate of the path must satisfy. */
  #checkEach(certificate: Certificate, depth: number): Refusal | undefined {
    const { subjectText, notBefore, notAfter, extensions } = certificate;
    const { at } = this.#demands;
    if (at < notBefore || at > notAfter) {
      const [word, limit] =
        at < notBefore ? ['not yet valid until', notBefore] : ['expired on', notAfter];
      const why = `${subjectText}: ${word} ${timeForPeople(limit)}; it is ${timeForPeople(at)}`;
      return refuse('certificate_expired', RULES.certificateTime, why);
    }
    const unknown = extensions.unknownCritical[0];
    if (unknown !== undefined) {
      const why = `${subjectText} has the critical extension ${unknown}, which is not understood`;
      return refuse('unsupported_certificate', RULES.criticalExtension, why);
    }
    const purposes = extensions.extendedKeyUsage;
    const purpose = this.#demands.purpose === 'server' ? OID.serverAuth : OID.clientAuth;
    if (purposes !== undefined && !purposes.includes(purpose)) {
      const isAny = depth > 0 && purposes.includes(OID.anyExtendedKeyUsage);
      const why = `${subjectText} may not be used to authenticate a ${this.#demands.purpose}`;
      if (!isAny) return refuse('unsupported_certificate', RULES.extendedKeyUsage, why);
    }
    return undefined;
  }

  /** RFC 5280 §6.1.4: what an issuer must satisfy, and the signature it made. */
  #checkIssuer(issuer: Certificate, path: readonly Certificate[]): Refusal | undefined {
    const subject = path[path.length - 1]!;
    const { isAuthority, pathLength, keyUsage } = issuer.extensions;
    // RFC 5280 §6.1.4 (k): versions before 3 cannot say so; whoever trusts an anchor knows that it is one.
    const isOldAnchor = issuer.version < 3 && this.#demands.anchors.includes(issuer);
    if (!isAuthority && !isOldAnchor) {
      const why = `${issuer.subjectText} issued ${subject.subjectText} but is no authority`;
      return refuse('bad_certificate', RULES.basicConstraints, why);
    }
    if (keyUsage !== undefined && !keyUsage.includes(KEY_USAGE.keyCertSign)) {
      const why = `the key usage of ${issuer.subjectText} does not allow it to sign certificates`;
      return refuse('bad_certificate', RULES.keyUsage, why);
    }
    // Self-issued certificates do not count (RFC 5280 §4.2.1.9).
    const below = path.slice(1).filter((c) => !isSelfIssued(c)).length;
    if (pathLength !== undefined && below > pathLength) {
      const why = `${issuer.subjectText} allows ${pathLength} authorities below it, the path has ${below}`;
      return refuse('bad_certificate', RULES.basicConstraints, why);
    }
    return (
      checkNames(issuer, path) ??
      this.#checkSignature(subject, issuer) ??
      this.#checkRevocation(subject, issuer)
    );
  }

  #checkSignature(subject: Certificate, issuer: Certificate): Refusal | undefined {
    this.#signatures += 1;
    if (this.#signatures > MAX_PATH_SIGNATURES) {
      return refuse('bad_certificate', RULES.chainLength, 'too many paths to try');
    }
    if (subject.isBroken) {
      const why = `${subject.subjectText} is signed with a hash that is broken`;
      return refuse('bad_certificate', RULES.brokenHash, why);
    }
    if (subject.algorithm === undefined || issuer.publicKey === undefined) {
      const why = `${subject.subjectText} is signed with an algorithm that is not supported`;
      return refuse('unsupported_certificate', RULES.certificateSignature, why);
    }
    const { publicKey } = issuer;
    if (signers.get(subject) === publicKey) return undefined;
    const { algorithm, toBeSigned, signature } = subject;
    if (this.#demands.crypto.verify(algorithm, publicKey, toBeSigned, signature)) {
      signers.set(subject, publicKey);
      return undefined;
    }
    const why = `the signature on ${subject.subjectText} was not made by ${issuer.subjectText}`;
    return refuse('bad_certificate', RULES.certificateSignature, why);
  }

  #checkRevocation(subject: Certificate, issuer: Certificate): Refusal | undefined {
    const { at, crypto, revocationLists = [] } = this.#demands;
    // RFC 5280 §6.3.3 (f): a list counts only where its issuer may sign lists.
    const { keyUsage } = issuer.extensions;
    if (keyUsage !== undefined && !keyUsage.includes(KEY_USAGE.crlSign)) return undefined;
    for (const list of revocationLists) {
      const since = list.revoked.get(subject.serial);
      if (since === undefined || since > at) continue;
      if (!isSameName(list.issuerParts, issuer.subjectParts)) continue;
      if (issuer.publicKey === undefined || !list.isSignedBy(issuer.publicKey, crypto)) continue;
      const why = `${subject.subjectText} was revoked on ${timeForPeople(since)}`;
      return refuse('certificate_revoked', RULES.revoked, why);
    }
    return undefined;
  }

  #noIssuer(certificate: Certificate): Refusal {
    const { subjectText, issuerText } = certificate;
    const why = isSelfIssued(certificate)
      ? `${subjectText} signed itself and is not trusted`
      : `${subjectText} was issued by ${issuerText}, which is neither trusted nor in the chain`;
    return refuse('unknown_ca', RULES.trustAnchor, why);
  }
}

function isSelfIssued({ subjectParts, issuerParts }: Certificate): boolean {
  return isSameName(subjectParts, issuerParts);
}

/** The same name with the same key: a path that comes back to it goes in a circle (RFC 4158 §2.4.2). */
function isSameEntity(a: Certificate, b: Certificate): boolean {
  return isSameName(a.subjectParts, b.subjectParts) && equalBytes(a.keyInfo, b.keyInfo);
}

function keyIdentifiersFit(subject: Certificate, issuer: Certificate): boolean {
  const { authorityKeyId } = subject.extensions;
  const { subjectKeyId } = issuer.extensions;
  return (
    authorityKeyId === undefined || subjectKeyId === undefined || authorityKeyId === subjectKeyId
  );
}

/** RFC 5280 §6.1.3 (b), (c): the issuer's constraints hold for all below it that did not issue themselves. */
function checkNames(issuer: Certificate, path: readonly Certificate[]): Refusal | undefined {
  const { nameConstraints } = issuer.extensions;
  if (nameConstraints === undefined) return undefined;
  for (const [depth, certificate] of path.entries()) {
    if (depth > 0 && isSelfIssued(certificate)) continue;
    const name = forbiddenName(nameConstraints, certificate);
    if (name === undefined) continue;
    const why = `${issuer.subjectText} may not issue certificates for ${name}`;
    return refuse('bad_certificate', RULES.nameConstraints, why);
  }
  return undefined;
}
