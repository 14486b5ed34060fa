/**
 * live: what `tcplab serve`, `get`, `ws` and `ftp` do, on real sockets.
 *
 * The protocols are the core's; here they meet `NodeProgramHost`, files with certificates, the
 * terminal and signals. Start reading at `serve.ts` and `ask.ts`.
 */
export * from './ask.ts';
export * from './ask-ftp.ts';
export * from './ask-http.ts';
export * from './ask-web-socket.ts';
export * from './serve.ts';
