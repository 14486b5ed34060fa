/** One authority for the tests of this folder, and a certificate for the host `shop`. */
import type { ByteStream, Process, ProgramHost } from '@tcplab/core';
import type { SessionTlsOptions } from '@tcplab/core/session';
import { CertificateAuthority, TicketKeys, timeFromText, tlsAccept } from '@tcplab/core/tls';
import { testRandom } from '../tls/support/random.ts';

const START = timeFromText('20250101000000Z')!;
const VALIDITY = { notBefore: START, notAfter: START + 20 * 31_536_000 };

const ROOT = CertificateAuthority.root({
  name: 'Test Root',
  validity: VALIDITY,
  random: testRandom(5),
});
const SHOP = ROOT.leaf({ names: ['shop'] });

/** What a client needs to talk to `shop`. */
export const TRUST: SessionTlsOptions = { trust: [ROOT.certificate] };

/** Trusts someone else. */
export const TRUST_OTHER: SessionTlsOptions = {
  trust: [
    CertificateAuthority.root({ name: 'Other', validity: VALIDITY, random: testRandom(6) })
      .certificate,
  ],
};

/** For `serveHttp`: the shop's side of TLS. */
export function shopTls(host: ProgramHost): (stream: ByteStream) => Process<ByteStream> {
  const tickets = new TicketKeys(testRandom(7));
  return (stream) =>
    tlsAccept(stream, {
      identities: [SHOP],
      random: host.random('tls server'),
      protocols: ['http/1.1'],
      tickets,
      now: () => host.now(),
    });
}
