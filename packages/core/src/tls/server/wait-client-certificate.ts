/** WAIT_CERT and WAIT_CV of the server: who the client is (RFC 8446 §4.4.2, §4.4.3). */
import type { Channel } from '../endpoint/channel.ts';
import {
  checkAnonymous,
  checkClientChain,
  checkSignature,
  type PeerCertificate,
} from '../endpoint/peer-certificate.ts';
import type { Phase } from '../endpoint/phase.ts';
import { readCertificate, readCertificateVerify, signedContent } from '../messages/certificate.ts';
import { unexpected, type HandshakeMessage } from '../messages/message.ts';
import { HANDSHAKE } from '../parameters/handshake-type.ts';
import { refuse, Refusal } from '../refusal.ts';
import { RULES } from '../rules.ts';
import type { FlightSent } from './send-server-flight.ts';
import { WaitClientFinished } from './wait-client-finished.ts';

export class WaitClientCertificate implements Phase {
  readonly state = 'WAIT_CERT';
  readonly takes = 'handshake';
  readonly #channel: Channel;
  readonly #known: FlightSent;

  constructor(channel: Channel, known: FlightSent) {
    this.#channel = channel;
    this.#known = known;
  }

  receive(message: HandshakeMessage): Phase | Refusal {
    if (message.type !== HANDSHAKE.Certificate) return unexpected(message, 'Certificate');
    const certificate = readCertificate('TLS 1.3', message);
    if (certificate instanceof Refusal) return certificate;
    if (certificate.context.length > 0) {
      const why = 'the Certificate answers a request of another context';
      return refuse('illegal_parameter', RULES.decode, why);
    }
    const channel = this.#channel;
    if (certificate.chain.length === 0) {
      const refused = checkAnonymous('TLS 1.3', this.#known.settings.clientAuthentication);
      if (refused !== undefined) return refused;
      this.#known.transcript.add(message);
      channel.follow('recv empty Certificate');
      return new WaitClientFinished(channel, { ...this.#known, peerChain: [] });
    }
    const peer = checkClientChain(channel, certificate.chain);
    if (peer instanceof Refusal) return peer;
    this.#known.transcript.add(message);
    channel.follow('recv Certificate');
    return new WaitClientCertificateVerify(channel, this.#known, peer);
  }
}

class WaitClientCertificateVerify implements Phase {
  readonly state = 'WAIT_CV';
  readonly takes = 'handshake';
  readonly #channel: Channel;
  readonly #known: FlightSent;
  readonly #peer: PeerCertificate;

  constructor(channel: Channel, known: FlightSent, peer: PeerCertificate) {
    this.#channel = channel;
    this.#known = known;
    this.#peer = peer;
  }

  receive(message: HandshakeMessage): Phase | Refusal {
    if (message.type !== HANDSHAKE.CertificateVerify) {
      return unexpected(message, 'CertificateVerify');
    }
    const verify = readCertificateVerify(message);
    if (verify instanceof Refusal) return verify;
    const channel = this.#channel;
    const { transcript } = this.#known;
    const content = signedContent('client', transcript.digest());
    const refused = checkSignature(channel, 'TLS 1.3', this.#peer.key, { ...verify, content });
    if (refused !== undefined) return refused;
    transcript.add(message);
    channel.follow('recv CertificateVerify');
    return new WaitClientFinished(channel, { ...this.#known, peerChain: this.#peer.chain });
  }
}
