/** A server's options with every default filled in. */
import { CallError } from '../../base/errors.ts';
import type { PublicKey, SignatureAlgorithm } from '../crypto/provider.ts';
import { keyText } from '../crypto/pss-key.ts';
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
  /** How each certificate of the chain is signed. */
  readonly signedWith: readonly ChainSignature[];
}

export interface ChainSignature {
  /** Undefined for what we do not know. */
  readonly algorithm: SignatureAlgorithm | undefined;
  /** The key that made it, where its certificate is in the chain. */
  readonly issuer: PublicKey | undefined;
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
  const [named, used] = [keyUse(leaf.publicKey), keyUse(identity.key.publicKey)];
  if (named !== used)
    throw new CallError('a certificate does not fit its key', `${named}, ${used}`);
  const chain = identity.chain.map((der) => readCertificate(der));
  const signedWith = chain.flatMap((certificate): ChainSignature[] => {
    // RFC 8446 §4.4.2.2: nobody verifies the signature of a certificate that signed itself.
    const isSelfIssued = certificate?.issuerText === certificate?.subjectText;
    if (isSelfIssued) return [];
    const issuer = chain.find((other) => other?.subjectText === certificate?.issuerText);
    return [{ algorithm: certificate?.algorithm, issuer: issuer?.publicKey }];
  });
  return { ...identity, leaf, signedWith };
}

/** What a key is for. The parameters of RSASSA-PSS are part of it (RFC 4055 §3.3). */
function keyUse(key: PublicKey): string {
  const pss = key.kind === 'RSA' ? key.pss : undefined;
  if (pss === undefined || pss === 'any') return keyText(key);
  return `${keyText(key)} with ${pss.hash} and ${pss.saltLength} octets of salt`;
}
