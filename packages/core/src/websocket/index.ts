/**
 * websocket: the WebSocket protocol, RFC 6455, with per-message compression, RFC 7692.
 *
 * Start reading at `websocket.machine.ts`, then `connection.ts` (sans-IO), `frame-reader.ts` and
 * `message-assembler.ts`; `web-socket.ts` is what programs use. `handshake/` checks plain header
 * lists, `deflate/` is RFC 1951 both ways.
 * Deliberately absent: HTTP (the session folder composes it), the client's URL, cookies; extensions
 * other than permessage-deflate; sending a message before its length is known.
 */
export * from './close-code.ts';
export * from './connection.ts';
export * from './deflate/deflater.ts';
export * from './deflate/inflater.ts';
export * from './events.ts';
export * from './frame-reader.ts';
export * from './frame.ts';
export * from './handshake/index.ts';
export * from './limits.ts';
export * from './mask.ts';
export type { MessageData } from './message-assembler.ts';
export * from './opcode.ts';
export * from './options.ts';
export * from './rules.ts';
export * from './utf8-checker.ts';
export * from './violation.ts';
export * from './web-socket.ts';
export * from './websocket.machine.ts';
