/** A TLS conversation as a function of a seed: every octet that crossed the wire. */
import { toHex, utf8Bytes, ZERO_TIME } from '@tcplab/core';
import { CertificateAuthority, TlsClient, TlsServer, type TlsEndpoint } from '@tcplab/core/tls';
import { testRandom } from '../../packages/core/test/tls/support/random.ts';

const validity = { notBefore: 1_700_000_000, notAfter: 1_900_000_000 };

export function tlsConversation(seed: number): string {
  const random = testRandom(seed);
  const root = CertificateAuthority.root({ name: 'Root', validity, random });
  const identity = root.leaf({ names: ['server.example'] });
  const server = new TlsServer({ random, identities: [identity] });
  const trust = [root.certificate];
  const client = new TlsClient({ random, serverName: 'server.example', trust });
  client.send(utf8Bytes('a question'));
  server.send(utf8Bytes('an answer'));
  let wire = '';
  for (let turn = 0; turn < 4; turn += 1) {
    wire += carry(client, server);
    wire += carry(server, client);
  }
  return wire;
}

function carry(from: TlsEndpoint, to: TlsEndpoint): string {
  let wire = '';
  for (let out = from.pollOutput(ZERO_TIME); out; out = from.pollOutput(ZERO_TIME)) {
    to.handleInput(out, ZERO_TIME);
    wire += toHex(out);
  }
  return wire;
}
