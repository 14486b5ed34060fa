/**
 * ftp: the File Transfer Protocol (RFC 959; RFC 1123 §4.1; RFC 2428 for EPRT and EPSV; RFC 3659 for
 * SIZE, MDTM, MLST, MLSD and REST; RFC 2389 for FEAT), both sides as processes over a `ProgramHost`.
 *
 * Start reading at `client.machine.ts` and `server.machine.ts` (the diagrams of RFC 959 §6), then
 * `serve-session.ts` and `client.ts`. Commands stand in `*-commands.ts`, grouped as the RFC does.
 * Deliberately absent: modes block and compressed, record and page structure, EBCDIC, the default
 * data ports of RFC 959 §3.2 (without PORT or PASV there is 425), and protection by TLS (RFC 4217).
 */
export * from './ascii.ts';
export * from './calendar.ts';
export * from './client.machine.ts';
export * from './client.ts';
export type { DataMode } from './client-data.ts';
export * from './command.ts';
export * from './file-tree.ts';
export * from './ftp-error.ts';
export * from './host-port.ts';
export * from './listing.ts';
export * from './path.ts';
export * from './reply.ts';
export * from './rules.ts';
export * from './serve-ftp.ts';
export * from './server.machine.ts';
export * from './server-options.ts';
