/** The client's second flight in TLS 1.3; the machine calls its messages in order (RFC 8446 §A.1). */
import { EMPTY_BYTES } from '../../base/bytes.ts';
import type { Channel } from '../endpoint/channel.ts';
import { finishedMac } from '../keys/key-schedule.ts';
import type { ClientFlight } from '../machines/key-changes.ts';
import {
  signedContent,
  writeCertificate,
  writeCertificateVerify,
} from '../messages/certificate.ts';
import { encodeMessage, type HandshakeMessage } from '../messages/message.ts';
import { chooseClientIdentity, shownText } from './choose-identity.ts';
import type { Finishing } from './wait-finished.ts';

export class ClientFlight13 implements ClientFlight {
  readonly #channel: Channel;
  readonly #known: Finishing;

  constructor(channel: Channel, known: Finishing) {
    this.#channel = channel;
    this.#known = known;
  }

  changeCipherSpec(): void {
    if (this.#known.offer.settings.compatibility) {
      this.#channel.sendCompatibilityChangeCipherSpec();
    }
  }

  endOfEarlyData(): void {
    if (this.#known.earlyData !== 'accepted') return;
    this.#send(encodeMessage('EndOfEarlyData', EMPTY_BYTES), 'under the key of the early data');
  }

  certificate(): void {
    const { request, offer } = this.#known;
    if (request === undefined) return;
    const { settings } = offer;
    const signing = chooseClientIdentity('TLS 1.3', settings, request);
    const chain = signing?.identity.chain ?? [];
    const message = writeCertificate('TLS 1.3', { context: request.context, chain });
    this.#send(message, shownText(settings, chain));
    if (signing === undefined) return;
    const { identity, scheme } = signing;
    const { crypto, random } = settings;
    const content = signedContent('client', offer.transcript.digest());
    const signature = crypto.sign(scheme.algorithm, identity.key, content, random);
    this.#send(writeCertificateVerify({ scheme: scheme.code, signature }), scheme.name);
  }

  finished(): void {
    const { offer, suite, traffic } = this.#known;
    const hash = offer.transcript.digest();
    const mac = finishedMac(offer.settings.crypto, suite.hash, traffic.client, hash);
    this.#send(encodeMessage('Finished', mac), '');
  }

  #send(message: HandshakeMessage, summary: string): void {
    this.#known.offer.transcript.add(message);
    this.#channel.send(message, summary);
  }
}
