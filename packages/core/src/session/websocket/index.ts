/**
 * session/websocket: WebSocket over HTTP, RFC 6455 §4: the only place where both are known.
 *
 * Start reading at `connect-web-socket.ts` (over a `ClientSession`, so with its cookies, proxies and
 * TLS) and `web-socket-route.ts` (a route of an HTTP server, which may have others).
 * Deliberately absent: WebSocket over HTTP/2 (RFC 8441).
 */
export * from './connect-web-socket.ts';
export * from './echo-and-chat.ts';
export * from './web-socket-route.ts';
