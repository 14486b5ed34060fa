/**
 * tls/crypto: the one interface through which TLS and X.509 reach cryptography, and the provider
 * over @noble. RFC 5869 (HKDF), 8017 (RSA), 7748, 8032, 8439, 6979.
 *
 * Start reading at `provider.ts`. Deliberately absent: constant-time arithmetic for RSA (this is a
 * laboratory), CBC suites, finite-field groups, SHA-1.
 */
export * from './hkdf.ts';
export * from './noble-provider.ts';
export * from './null-cipher.ts';
export * from './provider.ts';
export * from './pss-key.ts';
export * from './rsa-key.ts';
export * from './rsa-math.ts';
export * from './rsa-signature.ts';
