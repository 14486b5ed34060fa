/** WAIT_CV: the server proves that it has the key of its certificate (RFC 8446 §4.4.3). */
import { checkSignature, type PeerCertificate } from '../endpoint/peer-certificate.ts';
import type { Channel } from '../endpoint/channel.ts';
import type { Phase } from '../endpoint/phase.ts';
import type { CertificateRequest } from '../messages/certificate-request.ts';
import { readCertificateVerify, signedContent } from '../messages/certificate.ts';
import { unexpected, type HandshakeMessage } from '../messages/message.ts';
import { HANDSHAKE } from '../parameters/handshake-type.ts';
import { schemeText } from '../parameters/signature-scheme.ts';
import { Refusal } from '../refusal.ts';
import type { Agreed } from './wait-encrypted-extensions.ts';
import { WaitFinished } from './wait-finished.ts';

interface WithCertificate extends Agreed {
  readonly peer: PeerCertificate;
  readonly request: CertificateRequest | undefined;
}

export class WaitCertificateVerify implements Phase {
  readonly state = 'WAIT_CV';
  readonly takes = 'handshake';
  readonly #channel: Channel;
  readonly #known: WithCertificate;

  constructor(channel: Channel, known: WithCertificate) {
    this.#channel = channel;
    this.#known = known;
  }

  receive(message: HandshakeMessage): Phase | Refusal {
    if (message.type !== HANDSHAKE.CertificateVerify) {
      return unexpected(message, 'CertificateVerify');
    }
    const verify = readCertificateVerify(message);
    if (verify instanceof Refusal) return verify;
    const { peer, offer, ...agreed } = this.#known;
    const content = signedContent('server', offer.transcript.digest());
    const refused = checkSignature(this.#channel, 'TLS 1.3', peer.key, { ...verify, content });
    if (refused !== undefined) return refused;
    offer.transcript.add(message);
    this.#channel.follow('recv CertificateVerify');
    const { chain: peerChain } = peer;
    const scheme = schemeText(verify.scheme);
    return new WaitFinished(this.#channel, { ...agreed, offer, peerChain, scheme });
  }
}
