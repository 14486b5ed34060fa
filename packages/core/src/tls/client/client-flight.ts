/** The client's second flight in TLS 1.3; the machine calls its messages in order (RFC 8446 §A.1). */
import { EMPTY_BYTES } from '../../base/bytes.ts';
import type { Channel } from '../endpoint/channel.ts';
import { finishedMac } from '../keys/key-schedule.ts';
import type { ClientFlight } from '../machines/key-changes.ts';
import { takesKey, type CertificateRequest } from '../messages/certificate-request.ts';
import {
  signedContent,
  writeCertificate,
  writeCertificateVerify,
} from '../messages/certificate.ts';
import { encodeMessage, type HandshakeMessage } from '../messages/message.ts';
import { canSign, type SignatureScheme } from '../parameters/signature-scheme.ts';
import type { TlsVersion } from '../parameters/version.ts';
import type { Identity } from '../x509/authority.ts';
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
    const { identity, schemes, crypto, random } = offer.settings;
    const scheme = identity && clientScheme('TLS 1.3', identity, { schemes, request });
    const chain = identity !== undefined && scheme !== undefined ? identity.chain : [];
    const message = writeCertificate('TLS 1.3', { context: request.context, chain });
    this.#send(message, chain.length === 0 ? 'empty' : `a chain of ${chain.length}`);
    if (identity === undefined || scheme === undefined) return;
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

/** The scheme a client signs with: ours in our order, among those that the server verifies. */
export function clientScheme(
  version: TlsVersion,
  identity: Identity,
  of: { readonly schemes: readonly SignatureScheme[]; readonly request: CertificateRequest },
): SignatureScheme | undefined {
  if (!takesKey(of.request, identity.key.kind)) return undefined;
  return of.schemes.find(
    (scheme) =>
      of.request.schemes.includes(scheme.code) && canSign(scheme, identity.key.publicKey, version),
  );
}
