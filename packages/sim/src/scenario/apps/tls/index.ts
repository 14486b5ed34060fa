/**
 * tls: what scenarios say about TLS, and the simulated public key infrastructure behind it.
 *
 * Start reading at `server-tls.ts` and `client-tls.ts`; `certificates.ts` issues what they show each
 * other, good or wrong. Deliberately absent: the protocol itself, which is `@tcplab/core/tls`.
 */
export * from './client-tls.ts';
export * from './server-tls.ts';
