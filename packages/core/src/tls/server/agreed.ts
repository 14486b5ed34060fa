/** What the server's flight has settled, as it is told once the client's Finished confirms it. */
import type { TlsEstablished } from '../endpoint/event.ts';
import type { FlightSent } from './send-server-flight.ts';

export function agreed(known: FlightSent, peerChain: readonly Uint8Array[]): TlsEstablished {
  const { suite, group, signing, protocol, hello, psk, earlyData } = known;
  return {
    version: 'TLS 1.3',
    suite: suite.name,
    isUnprotected: suite.aead === 'none',
    group,
    signatureScheme: signing?.scheme.name,
    protocol,
    serverName: hello.serverName,
    resumed: psk !== undefined,
    earlyData,
    peerChain,
    extendedMasterSecret: undefined,
  };
}
