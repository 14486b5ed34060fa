/** The client's side of `session`: see `../index.ts`. */
export * from './basic-auth.ts';
export * from './client-errors.ts';
export * from './client-response.ts';
export * from './client-session.ts';
export {
  ClientTimeoutError,
  DEFAULT_CLIENT_TIMEOUT,
  type ClientTimeout,
} from './client-timeout.ts';
export type { TimeoutPhase } from './client-timeout.ts';
export type { ConnectorOptions } from './connector-options.ts';
export { Connector, MAX_REMEMBERED_CONNECTIONS } from './connector.ts';
export type { ConnectorStatistics } from './connector-statistics.ts';
export { MAX_DNS_ENTRIES } from './dns-cache.ts';
export { CONTINUE_TIMEOUT, type PreparedRequest } from './http-exchange.ts';
export { MultipartForm, type FileOptions } from './multipart-form.ts';
export * from './pooled-connection.machine.ts';
export type { ConnectionStatistics } from './pooled-connection.ts';
export { USER_AGENT } from './prepare-request.ts';
export type { Environment } from './proxy-environment.ts';
export type { Chunk, ChunkProducer, FormFields, RequestData } from './request-body.ts';
export { MAX_DRAINED_OCTETS } from './drain.ts';
export { MAX_REDIRECTS } from './request-run.ts';
export { CLIENT_RULES } from './rules.ts';
export { warnOfUnclosedSessions } from './session-ledger.ts';
export type { ClientSessionOptions, RequestOptions, UrlLike } from './session-options.ts';
export type {
  TraceConfig,
  TracedResponse,
  TracedSession,
  TraceContext,
  TraceHandler,
  TraceSignal,
  TraceSignals,
} from './trace-config.ts';
export type { Secure } from './secure.ts';
export * from './tls-secure.ts';
