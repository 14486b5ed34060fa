/**
 * handshake: RFC 6455 §4 as checks over plain header lists, and RFC 7692 §7.1's negotiation.
 *
 * Start reading at `client-handshake.ts`, then `server-handshake.ts`. Deliberately absent: HTTP
 * itself. Whoever composes an HTTP layer with this sends the headers and gives back the answer's.
 */
export * from './accept-key.ts';
export * from './agreement.ts';
export * from './client-handshake.ts';
export * from './deflate-parameters.ts';
export * from './extensions.ts';
export * from './header-list.ts';
export * from './server-handshake.ts';
