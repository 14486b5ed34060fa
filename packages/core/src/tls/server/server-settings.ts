/** A server's options with every default filled in. */
import { CallError } from '../../base/errors.ts';
import type { TlsServerOptions } from '../endpoint/options.ts';
import { ownIdentity, type OwnIdentity } from '../endpoint/own-identity.ts';
import { inRange, settingsOf, type Settings } from '../endpoint/settings.ts';
import type { ReplayRecord } from './replay-record.ts';
import type { TicketKeys } from './ticket-keys.ts';

export interface ServerSettings extends Settings {
  readonly identities: readonly OwnIdentity[];
  readonly strictServerName: boolean;
  readonly clientAuthentication: 'none' | 'request' | 'require';
  readonly tickets: TicketKeys | undefined;
  readonly ticketCount: number;
  readonly maxEarlyData: number;
  readonly replayRecord: ReplayRecord | undefined;
  readonly alwaysRetry: boolean;
}

/** @throws CallError without an identity, where a certificate does not fit its key, and for numbers out of range */
export function serverSettingsOf(options: TlsServerOptions): ServerSettings {
  const identities = options.identities.map(ownIdentity);
  if (identities.length === 0) throw new CallError('a TLS server without an identity');
  return {
    ...settingsOf(options),
    identities,
    strictServerName: options.strictServerName ?? false,
    clientAuthentication: options.clientAuthentication ?? 'none',
    tickets: options.tickets,
    // Each ticket's nonce is one octet.
    ticketCount: inRange('ticketCount', options.ticketCount ?? 2, 0, 255),
    // RFC 8446 §4.2.10: max_early_data_size has 32 bits.
    maxEarlyData: inRange('maxEarlyData', options.maxEarlyData ?? 0, 0, 0xffff_ffff),
    replayRecord: options.replayRecord,
    alwaysRetry: options.alwaysRetry ?? false,
  };
}
