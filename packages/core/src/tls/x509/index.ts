/**
 * tls/x509: certificates as TLS needs them (RFC 5280, X.690 DER), PEM files, a certification
 * authority for the simulated world, and the verification of chains.
 *
 * Start reading at `verify-chain.ts`, then `certificate.ts` and `authority.ts`. Deliberately absent:
 * policies, OCSP, delta lists and indirect ones, and the whole of StringPrep.
 */
export * from './authority.ts';
export * from './certificate.ts';
export * from './certificate-extensions.ts';
export * from './host-name.ts';
export * from './identity-file.ts';
export { readCertificate } from './known-certificates.ts';
export { derInteger, derSequence } from './der-writer.ts';
export { timeForPeople, timeFromText, timeText } from './der-time.ts';
export { ipv4Octets, isAddress } from './address.ts';
export { alternativeText, type AlternativeName } from './general-name.ts';
export type { NameConstraints } from './name-constraints.ts';
export * from './pem.ts';
export * from './private-key.ts';
export { publicKeyInfo, publicKeyOf } from './public-key.ts';
export { parseRevocationList, type RevocationList } from './revocation-list.ts';
export * from './verify-chain.ts';
