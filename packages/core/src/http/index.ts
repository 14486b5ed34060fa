/**
 * http: HTTP/1.1 and 1.0 over any stream of bytes, RFC 9110 (meaning) and RFC 9112 (syntax).
 *
 * Start reading at `client.machine.ts` and `server.machine.ts` (where an end stands), then
 * `conversation.ts` (all that changes it), then `server-role.ts`. `rules.ts` lists the rules.
 * `server/` holds the server application, processes on a host.
 *
 * Deliberately absent: caching (RFC 9111), ranges, content negotiation, proxying, HTTP/0.9, /2, /3,
 * transfer codings other than chunked. Cookies, pools and sessions live in folders of their own.
 */
export * from './client-role.ts';
export * from './client.machine.ts';
export * from './connection-options.ts';
export * from './content-coding.ts';
export * from './conversation.ts';
export * from './events.ts';
export * from './exchange.ts';
export * from './framing.ts';
export * from './headers.ts';
export * from './http-date.ts';
export * from './limits.ts';
export * from './role-stream.ts';
export type { HttpRoleOptions } from './role.ts';
export * from './rules.ts';
export * from './server-role.ts';
export * from './server.machine.ts';
export * from './server/index.ts';
export * from './status-reason.ts';
export * from './target.ts';
export { isFieldValue, isToken, listElements } from './tokens.ts';
