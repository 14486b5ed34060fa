import { describe, expect, it } from 'vitest';
import { TlsClient, TlsServer, type TlsOptions, type TlsServerOptions } from '@tcplab/core/tls';
import { clientOptions, serverOptions } from './support/world.ts';

describe('what an endpoint can be told', () => {
  it.each<[string, Partial<TlsOptions>]>([
    ['recordSize is 63: it is 64 to 16384', { recordSize: 63 }],
    ['recordSize is 16385: it is 64 to 16384', { recordSize: 16_385 }],
    ['padTo is 0: it is 1 to 16384', { padTo: 0 }],
    ['unknown cipher suite: RC4', { suites: ['RC4'] }],
    ['unknown signature scheme: md5', { signatureSchemes: ['md5'] }],
    ['a trusted certificate is not X.509 in DER', { trust: [new Uint8Array(3)] }],
  ])('%s', (said, options) => {
    expect(() => new TlsClient(clientOptions(options))).toThrow(said);
    expect(() => new TlsServer(serverOptions(options))).toThrow(said);
  });

  it.each<[string, Partial<TlsServerOptions>]>([
    ['ticketCount is 256: it is 0 to 255', { ticketCount: 256 }],
    ['maxEarlyData is -1: it is 0 to 4294967295', { maxEarlyData: -1 }],
    ['a TLS server without an identity', { identities: [] }],
  ])('a server: %s', (said, options) => {
    expect(() => new TlsServer(serverOptions(options))).toThrow(said);
  });
});
