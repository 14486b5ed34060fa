/** A client's options with every default filled in. */
import { CallError } from '../../base/errors.ts';
import type { GroupName } from '../crypto/provider.ts';
import type { TlsClientOptions } from '../endpoint/options.ts';
import type { TlsSession } from '../endpoint/session.ts';
import { ownIdentity, type OwnIdentity } from '../endpoint/own-identity.ts';
import { settingsOf, type Settings } from '../endpoint/settings.ts';

export interface ClientSettings extends Settings {
  readonly serverName: string | undefined;
  readonly insecure: boolean;
  readonly identities: readonly OwnIdentity[];
  readonly session: TlsSession | undefined;
  readonly earlyData: Uint8Array | undefined;
  readonly keyShares: readonly GroupName[];
  readonly compatibility: boolean;
}

/** @throws CallError where the options contradict each other, and a certificate its key */
export function clientSettingsOf(options: TlsClientOptions): ClientSettings {
  const settings = settingsOf(options);
  const keyShares = options.keyShares ?? settings.groups.slice(0, 1);
  if (!keyShares.every((group) => settings.groups.includes(group))) {
    throw new CallError('a key share for a group that is not offered', keyShares.join(', '));
  }
  if (options.insecure !== true && options.serverName === undefined) {
    throw new CallError('no serverName to compare the certificate with', 'or say insecure');
  }
  return {
    ...settings,
    serverName: options.serverName,
    insecure: options.insecure ?? false,
    identities: (options.identities ?? []).map(ownIdentity),
    session: options.session,
    earlyData: options.earlyData,
    keyShares,
    compatibility: options.middleboxCompatibility ?? true,
  };
}
