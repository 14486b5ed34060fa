/** WAIT_CERT_CR and WAIT_CERT: the server's certificate, before it perhaps a request for ours. */
import { checkPeerChain, type PeerCertificate } from '../endpoint/peer-certificate.ts';
import type { Channel } from '../endpoint/channel.ts';
import type { Phase } from '../endpoint/phase.ts';
import {
  readCertificateRequest,
  type CertificateRequest,
} from '../messages/certificate-request.ts';
import { readCertificate } from '../messages/certificate.ts';
import { unexpected, type HandshakeMessage } from '../messages/message.ts';
import { HANDSHAKE } from '../parameters/handshake-type.ts';
import { refuse, Refusal } from '../refusal.ts';
import { RULES } from '../rules.ts';
import { WaitCertificateVerify } from './wait-certificate-verify.ts';
import type { Agreed } from './wait-encrypted-extensions.ts';

export class WaitCertificate implements Phase {
  readonly takes = 'handshake';
  readonly #channel: Channel;
  readonly #agreed: Agreed;
  readonly #request: CertificateRequest | undefined;

  constructor(channel: Channel, agreed: Agreed, request?: CertificateRequest) {
    this.#channel = channel;
    this.#agreed = agreed;
    this.#request = request;
  }

  get state(): 'WAIT_CERT' | 'WAIT_CERT_CR' {
    return this.#request === undefined ? 'WAIT_CERT_CR' : 'WAIT_CERT';
  }

  receive(message: HandshakeMessage): Phase | Refusal {
    if (message.type === HANDSHAKE.Certificate) return this.#certificate(message);
    if (message.type === HANDSHAKE.CertificateRequest && this.#request === undefined) {
      return this.#certificateRequest(message);
    }
    return unexpected(message, 'Certificate');
  }

  #certificateRequest(message: HandshakeMessage): Phase | Refusal {
    const request = readCertificateRequest('TLS 1.3', message);
    if (request instanceof Refusal) return request;
    // RFC 8446 §4.3.2: only after the handshake is the context not empty.
    if (request.context.length > 0) {
      const why = 'the CertificateRequest of the handshake has a context';
      return refuse('illegal_parameter', RULES.decode, why);
    }
    this.#agreed.offer.transcript.add(message);
    this.#channel.follow('recv CertificateRequest');
    return new WaitCertificate(this.#channel, this.#agreed, request);
  }

  #certificate(message: HandshakeMessage): Phase | Refusal {
    const { offer } = this.#agreed;
    const certificate = readCertificate('TLS 1.3', message);
    if (certificate instanceof Refusal) return certificate;
    if (certificate.context.length > 0) {
      const why = "the server's Certificate has a context";
      return refuse('illegal_parameter', RULES.decode, why);
    }
    const peer = checkServerChain(this.#channel, certificate.chain, offer.settings);
    if (peer instanceof Refusal) return peer;
    offer.transcript.add(message);
    this.#channel.follow('recv Certificate');
    const request = this.#request;
    return new WaitCertificateVerify(this.#channel, { ...this.#agreed, peer, request });
  }
}

/** The server's chain, for the host that was called. */
export function checkServerChain(
  channel: Channel,
  chain: readonly Uint8Array[],
  { serverName, insecure }: { readonly serverName: string | undefined; readonly insecure: boolean },
): PeerCertificate | Refusal {
  if (chain.length === 0) {
    const why = "the server's Certificate is empty";
    return refuse('decode_error', RULES.emptyServerCertificate, why);
  }
  return checkPeerChain(channel, chain, { purpose: 'server', host: serverName, insecure });
}
