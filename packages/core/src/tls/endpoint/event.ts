/** What a TLS endpoint tells the layer above, and whoever explains a run. */
import type { Cause } from '../../base/cause.ts';
import type { GroupName } from '../crypto/provider.ts';
import type { TlsSession } from './session.ts';
import type { WrittenRecords } from '../record/record-writer.ts';
import type { TlsVersion } from '../parameters/version.ts';

/** What was agreed. */
export interface TlsEstablished {
  readonly version: TlsVersion;
  /** The suite's name in the IANA registry. */
  readonly suite: string;
  /** True only for `TCPLAB_UNPROTECTED_SHA256`. */
  readonly isUnprotected: boolean;
  /** The group of the key agreement; undefined when a TLS 1.2 session was resumed. */
  readonly group: GroupName | undefined;
  /** With what the server signed; undefined when a session was resumed. */
  readonly signatureScheme: string | undefined;
  /** The application protocol (ALPN), if one was agreed. */
  readonly protocol: string | undefined;
  /** The host name that the client asked for, if it did. */
  readonly serverName: string | undefined;
  readonly resumed: boolean;
  readonly earlyData: 'none' | 'accepted' | 'rejected';
  /** The peer's certificates in DER, leaf first; those of the first session when it was resumed. */
  readonly peerChain: readonly Uint8Array[];
  /** TLS 1.2 only: whether the keys are bound to the whole handshake (RFC 7627). */
  readonly extendedMasterSecret: boolean | undefined;
}

export type TlsEvent =
  /** A handshake message or ChangeCipherSpec went out or came in. */
  | {
      readonly kind: 'message';
      readonly direction: 'sent' | 'received';
      readonly name: string;
      readonly length: number;
      /** What it says, for people. */
      readonly summary: string;
    }
  /** Records went out together: how much of them is what. */
  | ({ readonly kind: 'records' } & WrittenRecords)
  /** The machine followed an arrow. */
  | {
      readonly kind: 'state';
      readonly machine: string;
      readonly before: string;
      readonly arrow: string;
      readonly after: string;
    }
  /** From now on records of this direction are protected with another key. */
  | {
      readonly kind: 'key installed';
      readonly direction: 'sending' | 'receiving';
      /** `early data`, `handshake`, `application`, `session`. */
      readonly protects: string;
    }
  /** A line for a key log file. */
  | { readonly kind: 'key log'; readonly line: string }
  | ({ readonly kind: 'established' } & TlsEstablished)
  /** `early`: 0-RTT data, which may be a replay (RFC 8446 §8). */
  | { readonly kind: 'application data'; readonly data: Uint8Array; readonly early: boolean }
  | {
      readonly kind: 'early data';
      readonly verdict: 'accepted' | 'rejected';
      readonly cause: Cause;
    }
  /** A session that the client may resume; it arrives after the handshake in TLS 1.3. */
  | { readonly kind: 'ticket'; readonly session: TlsSession }
  | {
      readonly kind: 'key update';
      readonly direction: 'sent' | 'received';
      readonly requested: boolean;
    }
  | {
      readonly kind: 'alert';
      readonly direction: 'sent' | 'received';
      readonly level: 'warning' | 'fatal';
      readonly description: string;
      readonly cause: Cause;
    }
  /** The sender of this will send no more. */
  | { readonly kind: 'close_notify'; readonly direction: 'sent' | 'received' }
  /** The stream below ended without close_notify: data may be missing (RFC 8446 §6.1). */
  | { readonly kind: 'truncated'; readonly cause: Cause };
