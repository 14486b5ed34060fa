/**
 * @tcplab/core/tls: TLS 1.3 (RFC 8446) and TLS 1.2 (RFC 5246 with 5077, 5288, 5746, 7301, 7507, 7627,
 * 7905, 8422) as XState machines and sans-IO endpoints, byte for byte.
 *
 * Start reading at `machines/client13.machine.ts`, which is RFC 8446's figure; then
 * `endpoint/endpoint.ts` (what becomes of a record) and `client/wait-server-hello.ts` (one state).
 *
 * Deliberately absent: TLS 1.1 and older, suites without AEAD or forward secrecy, renegotiation,
 * compression, post-handshake authentication, external PSKs, session caches by id, and any defence
 * against timing: this is a laboratory.
 */
export * from './crypto/index.ts';
export type { TlsEstablished, TlsEvent } from './endpoint/event.ts';
export type { TlsClientOptions, TlsOptions, TlsServerOptions } from './endpoint/options.ts';
export type { TlsSession } from './endpoint/session.ts';
export { DEFAULT_EPOCH_SECONDS } from './endpoint/settings.ts';
export { TlsClient } from './endpoint/tls-client.ts';
export { TlsServer } from './endpoint/tls-server.ts';
export { TlsEndpoint } from './endpoint/endpoint.ts';
export * from './machines/index.ts';
export { ALERT_CODES, type AlertName } from './parameters/alert.ts';
export { CIPHER_SUITES, NULL_SUITE, type CipherSuite } from './parameters/cipher-suite.ts';
export { SIGNATURE_SCHEMES } from './parameters/signature-scheme.ts';
export type { TlsVersion } from './parameters/version.ts';
export { Refusal } from './refusal.ts';
export { RULES as TLS_RULES } from './rules.ts';
export { ReplayRecord } from './server/replay-record.ts';
export { TicketKeys } from './server/ticket-keys.ts';
export type { TlsStream, TlsStreamOptions } from './secure-stream.ts';
export { tlsAccept, tlsConnect } from './tls-stream.ts';
export { establishedText, noteOf } from './endpoint/event-note.ts';
export * from './x509/index.ts';
