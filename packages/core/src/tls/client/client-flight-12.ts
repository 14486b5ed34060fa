/** The client's flight in TLS 1.2; the machine calls its messages in order (RFC 5246 §7.3). */
import { EMPTY_BYTES } from '../../base/bytes.ts';
import { invariant } from '../../base/errors.ts';
import type { Channel } from '../endpoint/channel.ts';
import { provideSessionKeys, sendFinished12, type Session12 } from '../endpoint/session-keys-12.ts';
import { extendedMasterSecret, masterSecret } from '../keys/key-schedule-12.ts';
import type { ClientFlight12 } from '../machines/key-changes.ts';
import type { CertificateRequest } from '../messages/certificate-request.ts';
import { writeCertificate, writeCertificateVerify } from '../messages/certificate.ts';
import { writeClientKeyExchange } from '../messages/key-exchange-12.ts';
import type { HandshakeMessage } from '../messages/message.ts';
import { chooseClientIdentity, shownText, type ClientSigning } from './choose-identity.ts';
import type { Exchanged12 } from './wait-certificate-12.ts';

export class ClientFlight12Writer implements ClientFlight12 {
  readonly #channel: Channel;
  readonly #known: Exchanged12;
  readonly #request: CertificateRequest | undefined;
  /** Undefined when there is nothing to show. */
  #signing: ClientSigning | undefined;
  #keys: Session12 | undefined;

  constructor(channel: Channel, known: Exchanged12, request: CertificateRequest | undefined) {
    this.#channel = channel;
    this.#known = known;
    this.#request = request;
  }

  /** Known once the ClientKeyExchange is written. */
  get keys(): Session12 {
    invariant(this.#keys !== undefined, 'the session has no keys before the ClientKeyExchange');
    return this.#keys;
  }

  certificate(): void {
    if (this.#request === undefined) return;
    const { settings } = this.#known.offer;
    this.#signing = chooseClientIdentity('TLS 1.2', settings, this.#request);
    const chain = this.#signing?.identity.chain ?? [];
    const message = writeCertificate('TLS 1.2', { context: EMPTY_BYTES, chain });
    this.#send(message, shownText(settings, chain));
  }

  clientKeyExchange(): void {
    const { offer, ourKey, preMaster, suite, serverRandom } = this.#known;
    const { crypto } = offer.settings;
    this.#send(writeClientKeyExchange(ourKey.publicKey), ourKey.group);
    const randoms = { client: offer.random, server: serverRandom };
    const master = this.#known.extendedMasterSecret
      ? extendedMasterSecret(crypto, suite, preMaster, offer.transcript.digest())
      : masterSecret(crypto, suite, preMaster, randoms);
    this.#keys = { suite, master, randoms };
    provideSessionKeys(this.#channel, this.#keys);
  }

  certificateVerify(): void {
    if (this.#signing === undefined) return;
    const { identity, scheme } = this.#signing;
    const { offer } = this.#known;
    const { crypto, random } = offer.settings;
    const content = offer.transcript.bytes();
    const signature = crypto.sign(scheme.algorithm, identity.key, content, random);
    this.#send(writeCertificateVerify({ scheme: scheme.code, signature }), scheme.name);
  }

  changeCipherSpec(): void {
    this.#channel.sendChangeCipherSpec();
  }

  finished(): void {
    sendFinished12(this.#channel, this.keys, this.#known.offer.transcript);
  }

  #send(message: HandshakeMessage, summary: string): void {
    this.#known.offer.transcript.add(message);
    this.#channel.send(message, summary);
  }
}
