/** Which certificate a server shows: by the name that was asked for, then by what can be verified. */
import { canSign, type SignatureScheme } from '../parameters/signature-scheme.ts';
import type { TlsVersion } from '../parameters/version.ts';
import { refuse, type Refusal } from '../refusal.ts';
import { RULES } from '../rules.ts';
import { certificateNames } from '../x509/host-name.ts';
import type { ServerIdentity, ServerSettings } from './server-settings.ts';

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

/** @param schemes numbers of the client's signature schemes */
export function chooseIdentity(
  settings: ServerSettings,
  version: TlsVersion,
  serverName: string | undefined,
  schemes: readonly number[],
): SigningIdentity | undefined {
  const named = settings.identities.filter(
    ({ leaf }) => serverName !== undefined && certificateNames(leaf, serverName),
  );
  const rest = settings.identities.filter((identity) => !named.includes(identity));
  for (const identity of [...named, ...rest]) {
    const scheme = settings.schemes.find(
      (one) => schemes.includes(one.code) && canSign(one, identity.key, version),
    );
    if (scheme !== undefined) return { identity, scheme };
  }
  return undefined;
}
