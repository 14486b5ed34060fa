/**
 * tls/machines: client and server of TLS 1.3 (RFC 8446, appendix A) and TLS 1.2 (RFC 5246 §7.3) as
 * statecharts. Arrows are handshake messages; records and data are none.
 */
export * from './client12.machine.ts';
export * from './client13.machine.ts';
export * from './key-changes.ts';
export * from './server12.machine.ts';
export * from './server13.machine.ts';
