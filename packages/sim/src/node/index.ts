/**
 * node: the same programs on real sockets.
 *
 * `NodeProgramHost` implements base's `ProgramHost` over node:net, node:dgram and node:dns, so that
 * a client, server or student's program written for the simulation can talk to a real browser or
 * server. Start reading at `program-host.ts`, then `socket-stream.ts`.
 * Deliberately absent: protocols. What speaks over the sockets is the core's own code.
 */
export * from './callback.ts';
export * from './crypto-random.ts';
export * from './node-crypto.ts';
export * from './program-host.ts';
export * from './real-clock.ts';
export * from './socket-error.ts';
export * from './socket-listener.ts';
export * from './socket-stream.ts';
export * from './udp-socket.ts';
