/** What clients and servers can be told; every default is one a modern stack would choose. */
import type { Micros } from '../../base/time.ts';
import type { RandomStream } from '../../base/random.ts';
import type { CryptoProvider, GroupName } from '../crypto/provider.ts';
import type { TlsVersion } from '../parameters/version.ts';
import type { ReplayRecord } from '../server/replay-record.ts';
import type { TicketKeys } from '../server/ticket-keys.ts';
import type { Identity } from '../x509/authority.ts';
import type { RevocationList } from '../x509/revocation-list.ts';
import type { TlsSession } from './session.ts';

export interface TlsOptions {
  /** All randomness is drawn from here, in the order of the handshake. */
  readonly random: RandomStream;
  /** @default @noble */
  readonly crypto?: CryptoProvider;
  /** Seconds from 1970 to the moment 0 of the run, for the validity of certificates. @default 2026-01-01 */
  readonly epochSeconds?: number;
  /** In any order. @default both */
  readonly versions?: readonly TlsVersion[];
  /** Names of suites, the preferred first. @default all that protect */
  readonly suites?: readonly string[];
  /** The preferred first. @default X25519, P-256, P-384 */
  readonly groups?: readonly GroupName[];
  /** Names of signature schemes to verify and to sign with, the preferred first. @default all */
  readonly signatureSchemes?: readonly string[];
  /** Application protocols (ALPN), the preferred first. @default none */
  readonly protocols?: readonly string[];
  /** Certificates in DER that are trusted to issue the peer's. */
  readonly trust?: readonly Uint8Array[];
  readonly revocationLists?: readonly RevocationList[];
  /** Octets of plaintext in one record, 64 … 16,384. @default 16384 */
  readonly recordSize?: number;
  /** Application data is padded to a multiple of this in TLS 1.3. @default no padding */
  readonly padTo?: number;
  /** Offers `TCPLAB_UNPROTECTED_SHA256` and nothing else: for runs with very many connections. @default false */
  readonly withoutProtection?: boolean;
}

export interface TlsClientOptions extends TlsOptions {
  /** The host that is called: sent as SNI unless it is an address, and demanded of the certificate. */
  readonly serverName?: string;
  /** Takes any certificate of the server, unverified. @default false */
  readonly insecure?: boolean;
  /** Prove who the client is, where the server asks: the first that fits its request is shown. @default none */
  readonly identities?: readonly Identity[];
  /** A session to resume. */
  readonly session?: TlsSession;
  /** Data to send with the first flight when the session allows it. It may be replayed. */
  readonly earlyData?: Uint8Array;
  /** Groups for which shares are sent at once. @default the first of `groups` */
  readonly keyShares?: readonly GroupName[];
  /** Looks like TLS 1.2 to middleboxes (RFC 8446 §D.4). @default true */
  readonly middleboxCompatibility?: boolean;
}

export interface TlsServerOptions extends TlsOptions {
  /** Certificates to choose from by the client's SNI and signature schemes; the first is the default. */
  readonly identities: readonly Identity[];
  /** Refuses unknown host names with unrecognized_name. @default false: the first identity serves */
  readonly strictServerName?: boolean;
  /** `trust` says whom the client's certificate must come from. @default 'none' */
  readonly clientAuthentication?: 'none' | 'request' | 'require';
  /** Issues and opens tickets; shared by the connections of one server. @default no resumption */
  readonly tickets?: TicketKeys;
  /** Tickets sent after a TLS 1.3 handshake, 0 … 255. @default 2 */
  readonly ticketCount?: number;
  /** Octets of early data to take, below 2^32; 0 for none. @default 0 */
  readonly maxEarlyData?: number;
  /** Remembers ClientHellos, so that early data is taken once. Without it a replay goes through. */
  readonly replayRecord?: ReplayRecord;
  /** Answers every first ClientHello with a HelloRetryRequest and a cookie. @default false */
  readonly alwaysRetry?: boolean;
}

/** The clock that both kinds of endpoint are asked with. */
export type Clock = () => Micros;
