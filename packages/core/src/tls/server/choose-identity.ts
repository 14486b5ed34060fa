/** Which certificate a server shows: by the name that was asked for, then by what can be verified. */
import { isIssuedByAny, isListed, type OwnIdentity } from '../endpoint/own-identity.ts';
import type { ClientHello } from '../messages/client-hello.ts';
import { canSign, type SignatureScheme } from '../parameters/signature-scheme.ts';
import type { TlsVersion } from '../parameters/version.ts';
import { refuse, type Refusal } from '../refusal.ts';
import { RULES } from '../rules.ts';
import { certificateNames } from '../x509/host-name.ts';
import type { ServerSettings } from './server-settings.ts';

export interface SigningIdentity {
  readonly identity: OwnIdentity;
  readonly scheme: SignatureScheme;
}

/** Whether the server may answer for this name at all. */
export function checkServerName(
  settings: ServerSettings,
  serverName: string | undefined,
): Refusal | undefined {
  if (!settings.strictServerName || serverName === undefined) return undefined;
  if (settings.identities.some(({ leaf }) => certificateNames(leaf, serverName))) return undefined;
  const why = `no certificate is for ${serverName}`;
  return refuse('unrecognized_name', RULES.serverName, why);
}

/**
 * For the right host before any other. Of those a chain of which the client says that it can verify it
 * (RFC 8446 §4.4.2.2, RFC 5246 §7.4.2: all its signatures are of schemes in signature_algorithms_cert, or
 * in signature_algorithms without that). Of those one by an authority that the client names (§4.2.4).
 */
export function chooseIdentity(
  settings: ServerSettings,
  version: TlsVersion,
  { serverName, schemes = [], certificateSchemes = schemes, authorities = [] }: ClientHello,
): SigningIdentity | undefined {
  const rank = (identity: OwnIdentity): number => {
    const isNamed = serverName !== undefined && certificateNames(identity.leaf, serverName);
    const isVerified = identity.signatures.every((one) => isListed(one, certificateSchemes));
    const isWished = version !== 'TLS 1.3' || isIssuedByAny(identity, authorities);
    return (isNamed ? 0 : 4) + (isVerified ? 0 : 2) + (isWished ? 0 : 1);
  };
  const ranks = new Map(settings.identities.map((identity) => [identity, rank(identity)]));
  const inOrder = [...settings.identities].sort((a, b) => ranks.get(a)! - ranks.get(b)!);
  for (const identity of inOrder) {
    const scheme = settings.schemes.find(
      (one) => schemes.includes(one.code) && canSign(one, identity.key.publicKey, version),
    );
    if (scheme !== undefined) return { identity, scheme };
  }
  return undefined;
}
