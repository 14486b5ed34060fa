/** A server's options with every default filled in. */
import { CallError } from '../../base/errors.ts';
import type { SignatureAlgorithm } from '../crypto/provider.ts';
import type { TlsServerOptions } from '../endpoint/options.ts';
import { inRange, settingsOf, type Settings } from '../endpoint/settings.ts';
import type { Identity } from '../x509/authority.ts';
import type { Certificate } from '../x509/certificate.ts';
import { readCertificate } from '../x509/known-certificates.ts';
import type { ReplayRecord } from './replay-record.ts';
import type { TicketKeys } from './ticket-keys.ts';

/** An identity with its certificates read, to choose by name and by what the client verifies. */
export interface ServerIdentity extends Identity {
  readonly leaf: Certificate;
  /** What each certificate of the chain is signed with; undefined for what we do not know. */
  readonly signedWith: readonly (SignatureAlgorithm | undefined)[];
}

export interface ServerSettings extends Settings {
  readonly identities: readonly ServerIdentity[];
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
  const identities = options.identities.map(withLeaf);
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

function withLeaf(identity: Identity): ServerIdentity {
  const first = identity.chain[0];
  const leaf = first && readCertificate(first);
  if (leaf?.publicKey === undefined) throw new CallError('a certificate is not usable X.509');
  if (leaf.publicKey.kind !== identity.key.kind) {
    throw new CallError(
      'a certificate does not fit its key',
      `${leaf.publicKey.kind}, ${identity.key.kind}`,
    );
  }
  const signedWith = identity.chain.flatMap((der) => {
    const certificate = readCertificate(der);
    // RFC 8446 §4.4.2.2: nobody verifies the signature of a certificate that signed itself.
    const isSelfIssued = certificate?.issuerText === certificate?.subjectText;
    return isSelfIssued ? [] : [certificate?.algorithm];
  });
  return { ...identity, leaf, signedWith };
}
