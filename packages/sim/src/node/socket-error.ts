import { ConnectionError, type ConnectionEnd } from '@tcplab/core';

/** The operating system's words (errno) in the RFC's. */
const REASONS = new Map<string, ConnectionEnd>([
  ['ECONNREFUSED', 'connection refused'],
  ['ECONNRESET', 'connection reset'],
  ['EPIPE', 'connection reset'],
  ['ECONNABORTED', 'connection aborted'],
  ['ERR_STREAM_PREMATURE_CLOSE', 'connection aborted'],
  ['ETIMEDOUT', 'connection timed out'],
  ['EHOSTUNREACH', 'host unreachable'],
  ['ENETUNREACH', 'host unreachable'],
  ['EHOSTDOWN', 'host unreachable'],
  ['ENETDOWN', 'host unreachable'],
  ['EADDRNOTAVAIL', 'host unreachable'],
  ['ENOTFOUND', 'name not found'],
  ['ENODATA', 'name not found'],
  ['EAI_AGAIN', 'name not found'],
]);

/** The `code` of an error of the platform, e.g. `ECONNREFUSED`; that of its first cause for several. */
export function errorCode(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return errorCode(error.errors[0]);
  return String((error as { code?: unknown } | null)?.code ?? 'unknown error');
}

/** How a connection ended, from what a socket said. An unknown code counts as a reset. */
export function connectionErrorFrom(error: unknown, about: string): ConnectionError {
  const code = errorCode(error);
  return new ConnectionError(REASONS.get(code) ?? 'connection reset', `${about} (${code})`);
}
