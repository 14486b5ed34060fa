/**
 * host: a machine of the simulated network. Its stack (core) meets its links here, and its programs run
 * here: as processes over sockets (base's `ProgramHost`), or as callbacks for bulk runs.
 *
 * Start reading at `sim-host.ts`, then `sim-socket.ts`. Deliberately absent: routing between links; a
 * host only sends what it makes itself.
 */
export * from './host-tcp.ts';
export * from './sim-host.ts';
export * from './sim-socket.ts';
