/** The end of a TLS 1.2 handshake at the client: a ticket perhaps, ChangeCipherSpec, Finished. */
import type { GroupName } from '../crypto/provider.ts';
import type { Channel } from '../endpoint/channel.ts';
import { checkFinished } from '../endpoint/check-finished.ts';
import { Connected12 } from '../endpoint/connected-12.ts';
import type { TlsEstablished } from '../endpoint/event.ts';
import type { Phase } from '../endpoint/phase.ts';
import { sendFinished12, verifyDataOf, type Session12 } from '../endpoint/session-keys-12.ts';
import type { TlsSession } from '../endpoint/session.ts';
import { MAX_TICKET_BYTES, MAX_TICKET_LIFETIME_SECONDS } from '../limits.ts';
import { unexpected, type HandshakeMessage } from '../messages/message.ts';
import { readNewSessionTicket12, type NewSessionTicket12 } from '../messages/new-session-ticket.ts';
import { HANDSHAKE } from '../parameters/handshake-type.ts';
import { Refusal } from '../refusal.ts';
import { ignoreHelloRequest } from './hello-request.ts';
import type { Hello12 } from './start-12.ts';

/** Keys are known; only the server's last messages are missing. */
export interface Keyed12 extends Hello12 {
  readonly keys: Session12;
  readonly peerChain: readonly Uint8Array[];
  readonly resumed: boolean;
  readonly group: GroupName | undefined;
  readonly scheme: string | undefined;
}

interface WithTicket12 extends Keyed12 {
  readonly ticket: NewSessionTicket12 | undefined;
}

export class WaitTicket12 implements Phase {
  readonly takes = 'handshake';
  readonly #channel: Channel;
  readonly #known: Keyed12;

  constructor(channel: Channel, known: Keyed12) {
    this.#channel = channel;
    this.#known = known;
  }

  get state(): 'WAIT_NST' | 'WAIT_NST_RESUMED' {
    return this.#known.resumed ? 'WAIT_NST_RESUMED' : 'WAIT_NST';
  }

  receive(message: HandshakeMessage): Phase | Refusal {
    if (ignoreHelloRequest(message)) return this;
    if (message.type !== HANDSHAKE.NewSessionTicket) return unexpected(message, 'NewSessionTicket');
    const ticket = readNewSessionTicket12(message);
    if (ticket instanceof Refusal) return ticket;
    this.#known.offer.transcript.add(message);
    this.#channel.follow('recv NewSessionTicket');
    return new WaitChangeCipherSpec12(this.#channel, { ...this.#known, ticket });
  }
}

export class WaitChangeCipherSpec12 implements Phase {
  readonly takes = 'handshake';
  readonly #channel: Channel;
  readonly #known: WithTicket12;

  constructor(channel: Channel, known: WithTicket12) {
    this.#channel = channel;
    this.#known = known;
  }

  get state(): 'WAIT_CCS' | 'WAIT_CCS_RESUMED' {
    return this.#known.resumed ? 'WAIT_CCS_RESUMED' : 'WAIT_CCS';
  }

  receive(message: HandshakeMessage): Phase | Refusal {
    if (ignoreHelloRequest(message)) return this;
    return unexpected(message, 'ChangeCipherSpec');
  }

  changeCipherSpec(): Phase {
    this.#channel.follow('recv ChangeCipherSpec');
    return new WaitFinished12(this.#channel, this.#known);
  }
}

class WaitFinished12 implements Phase {
  readonly takes = 'handshake';
  readonly #channel: Channel;
  readonly #known: WithTicket12;

  constructor(channel: Channel, known: WithTicket12) {
    this.#channel = channel;
    this.#known = known;
  }

  get state(): 'WAIT_FINISHED' | 'WAIT_FINISHED_RESUMED' {
    return this.#known.resumed ? 'WAIT_FINISHED_RESUMED' : 'WAIT_FINISHED';
  }

  receive(message: HandshakeMessage): Phase | Refusal {
    if (message.type !== HANDSHAKE.Finished) return unexpected(message, 'Finished');
    const channel = this.#channel;
    const { keys, offer, resumed } = this.#known;
    const { transcript } = offer;
    const expected = verifyDataOf(channel, keys, 'server', transcript);
    const refused = checkFinished(message.body, expected);
    if (refused !== undefined) return refused;
    transcript.add(message);
    if (resumed) {
      const flight = {
        changeCipherSpec: () => channel.sendChangeCipherSpec(),
        finished: () => sendFinished12(channel, keys, transcript),
      };
      channel.follow('recv Finished, resuming', { flight });
    } else {
      channel.follow('recv Finished');
    }
    const connected = new Connected12(channel, this.#established());
    const session = this.#session();
    if (session !== undefined) channel.tell({ kind: 'ticket', session });
    return connected;
  }

  #established(): TlsEstablished {
    const { keys, group, scheme, protocol, offer, resumed, peerChain, extendedMasterSecret } =
      this.#known;
    return {
      version: 'TLS 1.2',
      suite: keys.suite.name,
      isUnprotected: false,
      group,
      signatureScheme: scheme,
      protocol,
      serverName: offer.settings.serverName,
      resumed,
      earlyData: 'none',
      peerChain,
      extendedMasterSecret,
    };
  }

  /** RFC 5077 §3.3: an empty ticket means that there is none. */
  #session(): TlsSession | undefined {
    const { ticket, keys, offer, protocol, peerChain, extendedMasterSecret } = this.#known;
    if (ticket === undefined || ticket.ticket.length === 0) return undefined;
    if (ticket.ticket.length > MAX_TICKET_BYTES) return undefined;
    const lifetime = ticket.lifetimeSeconds || MAX_TICKET_LIFETIME_SECONDS;
    return {
      version: 'TLS 1.2',
      suite: keys.suite.code,
      secret: keys.master,
      ticket: ticket.ticket.slice(),
      ageAdd: 0,
      receivedAt: this.#channel.now,
      lifetimeSeconds: Math.min(lifetime, MAX_TICKET_LIFETIME_SECONDS),
      maxEarlyData: 0,
      serverName: offer.settings.serverName,
      protocol,
      extendedMasterSecret,
      peerChain,
    };
  }
}
