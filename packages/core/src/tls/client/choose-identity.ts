/** Which certificate a client shows: the first of its own that fits the server's request. */
import { isIssuedByAny, isListed, type OwnIdentity } from '../endpoint/own-identity.ts';
import { takesKey, type CertificateRequest } from '../messages/certificate-request.ts';
import {
  canSign,
  SIGNATURE_SCHEMES,
  type SignatureScheme,
} from '../parameters/signature-scheme.ts';
import type { TlsVersion } from '../parameters/version.ts';
import type { ClientSettings } from './client-settings.ts';

export interface ClientSigning {
  readonly identity: OwnIdentity;
  readonly scheme: SignatureScheme;
}

/** Undefined when nothing can be shown: the Certificate is empty then (RFC 8446 §4.4.2, RFC 5246 §7.4.6). */
export function chooseClientIdentity(
  version: TlsVersion,
  { identities, schemes }: ClientSettings,
  request: CertificateRequest,
): ClientSigning | undefined {
  const fitting = identities.filter(
    (identity) =>
      takesKey(request, identity.key.kind) &&
      isIssuedByAny(identity, request.authorities) &&
      isVerified(identity, request),
  );
  for (const identity of fitting) {
    // Ours in our order, among those that the server verifies.
    const scheme = schemes.find(
      (one) => request.schemes.includes(one.code) && canSign(one, identity.key.publicKey, version),
    );
    if (scheme !== undefined) return { identity, scheme };
  }
  return undefined;
}

const ALL_CODES = SIGNATURE_SCHEMES.map(({ code }) => code);

/**
 * RFC 8446 §4.4.2.3, RFC 5246 §7.4.4: the certificates are signed as the server lists. Signatures that
 * have no name here may be among those it lists: that is left to the server.
 */
function isVerified({ signatures }: OwnIdentity, request: CertificateRequest): boolean {
  const { certificateSchemes = request.schemes } = request;
  return signatures.every((one) => !isListed(one, ALL_CODES) || isListed(one, certificateSchemes));
}

/** What a Certificate shows, for people. */
export function shownText({ identities }: ClientSettings, chain: readonly Uint8Array[]): string {
  if (chain.length > 0) return `a chain of ${chain.length}`;
  return identities.length === 0 ? 'empty' : 'empty: no certificate here fits the request';
}
