/** A session that a client keeps in order to resume it. */
import type { Micros } from '../../base/time.ts';
import type { TlsVersion } from '../parameters/version.ts';

export interface TlsSession {
  readonly version: TlsVersion;
  /** The suite's number: it fixes the hash. */
  readonly suite: number;
  /** The PSK (TLS 1.3) or the master secret (TLS 1.2). */
  readonly secret: Uint8Array;
  /** Empty in TLS 1.2 when the server keeps sessions by their id. */
  readonly ticket: Uint8Array;
  /** TLS 1.3: added to the age before it is sent (RFC 8446 §4.2.11.1). */
  readonly ageAdd: number;
  readonly receivedAt: Micros;
  readonly lifetimeSeconds: number;
  /** TLS 1.3: octets of early data that the server will take; 0 for none. */
  readonly maxEarlyData: number;
  readonly serverName: string | undefined;
  readonly protocol: string | undefined;
  readonly extendedMasterSecret: boolean;
  readonly peerChain: readonly Uint8Array[];
}
