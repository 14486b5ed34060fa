/**
 * session: an HTTP client that keeps connections and cookies, and sessions of a server's visitors.
 * Both are made of base's processes over any stream of bytes: nothing here knows TCP.
 *
 * Start reading at `client/client-session.ts`, then `client/connector.ts` (the pool) and
 * `client/pooled-connection.machine.ts`; for the server's side at `server/server-sessions.ts`.
 * RFC 9110 and 9112 rule requests and connections, RFC 6265 (`../cookies`) the cookies.
 * WebSocket over a session is an entry of its own, `websocket/`.
 * Deliberately absent: HTTP/2, caches, pipelining.
 */
export * from './client/index.ts';
export * from './server/index.ts';
