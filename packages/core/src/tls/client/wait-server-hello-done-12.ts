/** WAIT_CR_SHD and WAIT_SHD of TLS 1.2: perhaps a request for our certificate, then our flight. */
import type { Channel } from '../endpoint/channel.ts';
import type { Phase } from '../endpoint/phase.ts';
import {
  readCertificateRequest,
  type CertificateRequest,
} from '../messages/certificate-request.ts';
import { malformed, unexpected, type HandshakeMessage } from '../messages/message.ts';
import { HANDSHAKE } from '../parameters/handshake-type.ts';
import { Refusal } from '../refusal.ts';
import { ClientFlight12Writer } from './client-flight-12.ts';
import type { Exchanged12 } from './wait-certificate-12.ts';
import { waitForEnd12, WaitTicket12 } from './wait-ticket-12.ts';

export class WaitServerHelloDone12 implements Phase {
  readonly takes = 'handshake';
  readonly #channel: Channel;
  readonly #known: Exchanged12;
  readonly #request: CertificateRequest | undefined;

  constructor(channel: Channel, known: Exchanged12, request?: CertificateRequest) {
    this.#channel = channel;
    this.#known = known;
    this.#request = request;
  }

  get state(): 'WAIT_CR_SHD' | 'WAIT_SHD' {
    return this.#request === undefined ? 'WAIT_CR_SHD' : 'WAIT_SHD';
  }

  receive(message: HandshakeMessage): Phase | Refusal {
    if (message.type === HANDSHAKE.ServerHelloDone) return this.#done(message);
    if (message.type !== HANDSHAKE.CertificateRequest || this.#request !== undefined) {
      return unexpected(message, 'ServerHelloDone');
    }
    const request = readCertificateRequest('TLS 1.2', message);
    if (request instanceof Refusal) return request;
    this.#known.offer.transcript.add(message);
    this.#channel.follow('recv CertificateRequest');
    return new WaitServerHelloDone12(this.#channel, this.#known, request);
  }

  #done(message: HandshakeMessage): Phase | Refusal {
    if (message.body.length > 0) return malformed('the ServerHelloDone');
    const channel = this.#channel;
    this.#known.offer.transcript.add(message);
    const flight = new ClientFlight12Writer(channel, this.#known, this.#request);
    const { ticketFollows, peer, ourKey } = this.#known;
    const arrow = ticketFollows ? 'recv ServerHelloDone, a ticket follows' : 'recv ServerHelloDone';
    channel.follow(arrow, { flight });
    const state = {
      ...this.#known,
      keys: flight.keys,
      peerChain: peer.chain,
      resumed: false,
      group: ourKey.group,
    };
    return ticketFollows
      ? new WaitTicket12(channel, state)
      : waitForEnd12(channel, state, undefined);
  }
}
