/** Which certificate a server shows: by the name that was asked for, then by what can be verified. */
import { isPssOnly } from '../crypto/pss-key.ts';
import type { ClientHello } from '../messages/client-hello.ts';
import { canSign, schemeOf, type SignatureScheme } from '../parameters/signature-scheme.ts';
import type { TlsVersion } from '../parameters/version.ts';
import { refuse, type Refusal } from '../refusal.ts';
import { RULES } from '../rules.ts';
import { certificateNames } from '../x509/host-name.ts';
import type { ChainSignature, ServerIdentity, ServerSettings } from './server-settings.ts';

export interface SigningIdentity {
  readonly identity: ServerIdentity;
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

/** For the right host before any other; of those a chain that the client says it can verify. */
export function chooseIdentity(
  settings: ServerSettings,
  version: TlsVersion,
  { serverName, schemes = [], certificateSchemes = schemes }: ClientHello,
): SigningIdentity | undefined {
  const rank = ({ leaf, signedWith }: ServerIdentity): number => {
    const isNamed = serverName !== undefined && certificateNames(leaf, serverName);
    return (isNamed ? 0 : 2) + (isVerified(signedWith, certificateSchemes) ? 0 : 1);
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

/**
 * RFC 8446 §4.4.2.2, RFC 5246 §7.4.2: all signatures of the chain are of schemes that the client
 * lists, in signature_algorithms_cert if it sends that.
 */
function isVerified(signedWith: readonly ChainSignature[], schemes: readonly number[]): boolean {
  const listed = schemes.flatMap((code) => schemeOf(code) ?? []);
  return signedWith.every((one) => listed.some((scheme) => isOf(scheme, one)));
}

function isOf(scheme: SignatureScheme, { algorithm, issuer }: ChainSignature): boolean {
  const named = scheme.algorithm;
  if (algorithm?.family !== named.family) return false;
  if ('hash' in algorithm && 'hash' in named && algorithm.hash !== named.hash) return false;
  // RFC 8446 §4.2.3: RSASSA-PSS goes by two names, by the issuer's key. Outside of the chain it is unknown.
  return issuer === undefined || scheme.forPssKeys === isPssOnly(issuer);
}
