/** Records (RFC 8446 §5.1): a type, a version that says nothing any more, a fragment. */
export const CONTENT = {
  change_cipher_spec: 20,
  alert: 21,
  handshake: 22,
  application_data: 23,
} as const;

export const RECORD_HEADER = 5;

export interface TlsRecord {
  readonly type: number;
  readonly version: number;
  readonly fragment: Uint8Array;
  /** The five octets before the fragment: what AEAD authenticates in TLS 1.3. */
  readonly header: Uint8Array;
}

/** What a record holds once its protection is taken off. */
export interface OpenedRecord {
  readonly type: number;
  readonly fragment: Uint8Array;
  /** Whether it came under keys. */
  readonly isProtected: boolean;
}

/** A record with its header. */
export function encodeRecord(type: number, version: number, fragment: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(RECORD_HEADER + fragment.length);
  bytes.set(recordHeader(type, version, fragment.length));
  bytes.set(fragment, RECORD_HEADER);
  return bytes;
}

export function recordHeader(type: number, version: number, length: number): Uint8Array {
  return Uint8Array.of(type, version >>> 8, version, length >>> 8, length);
}
