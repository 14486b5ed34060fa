/** CONNECTED in TLS 1.3: tickets and new keys may come at any time (RFC 8446 §4.6). */
import { nextTrafficSecret, resumptionPsk } from '../keys/key-schedule.ts';
import {
  MAX_KEY_UPDATES,
  MAX_TICKET_BYTES,
  MAX_TICKET_LIFETIME_SECONDS,
  MAX_TICKETS,
} from '../limits.ts';
import {
  encodeMessage,
  parseBody,
  unexpected,
  type HandshakeMessage,
} from '../messages/message.ts';
import { readNewSessionTicket } from '../messages/new-session-ticket.ts';
import type { CipherSuite } from '../parameters/cipher-suite.ts';
import { HANDSHAKE } from '../parameters/handshake-type.ts';
import { Opener13, Sealer13 } from '../record/protection-13.ts';
import { refuse, Refusal } from '../refusal.ts';
import { RULES } from '../rules.ts';
import type { Channel } from './channel.ts';
import type { TlsEstablished } from './event.ts';
import type { Phase } from './phase.ts';
import { checkRecordBoundary } from './record-boundary.ts';

/** The secrets of a connection in use. */
export interface ConnectedSecrets {
  readonly suite: CipherSuite;
  readonly receiveSecret: Uint8Array;
  readonly sendSecret: Uint8Array;
  readonly resumptionSecret: Uint8Array;
}

export class Connected13 implements Phase {
  readonly state = 'CONNECTED';
  readonly takes = 'application data';
  readonly #channel: Channel;
  readonly #suite: CipherSuite;
  readonly #resumptionSecret: Uint8Array;
  readonly #established: TlsEstablished;
  #receiveSecret: Uint8Array;
  #sendSecret: Uint8Array;
  #tickets = 0;
  #updates = 0;
  /** A request of the peer that is not yet answered by an update of ours. */
  #owesUpdate = false;

  constructor(channel: Channel, secrets: ConnectedSecrets, established: TlsEstablished) {
    this.#channel = channel;
    this.#suite = secrets.suite;
    this.#receiveSecret = secrets.receiveSecret;
    this.#sendSecret = secrets.sendSecret;
    this.#resumptionSecret = secrets.resumptionSecret;
    this.#established = established;
    channel.canSendData = true;
  }

  receive(message: HandshakeMessage): Phase | Refusal {
    const isClient = this.#channel.role === 'client';
    if (message.type === HANDSHAKE.KeyUpdate) return this.#keyUpdate(message) ?? this;
    if (isClient && message.type === HANDSHAKE.NewSessionTicket) {
      return this.#ticket(message) ?? this;
    }
    if (isClient && message.type === HANDSHAKE.CertificateRequest) {
      const why = 'the server asks for a certificate after the handshake, which was not offered';
      return refuse('unexpected_message', RULES.noPostHandshakeAuth, why);
    }
    return unexpected(message, isClient ? 'NewSessionTicket or KeyUpdate' : 'KeyUpdate');
  }

  /** Application data came: what went before was no flood. */
  dataReceived(): void {
    this.#updates = 0;
  }

  /** RFC 8446 §4.6.3: a KeyUpdate under the old key, everything after it under the new one. */
  updateKeys(requested: boolean): void {
    const channel = this.#channel;
    this.#owesUpdate = false;
    const message = encodeMessage('KeyUpdate', Uint8Array.of(requested ? 1 : 0));
    channel.send(message, requested ? 'update requested' : 'update not requested');
    const { crypto } = channel.settings;
    this.#sendSecret = nextTrafficSecret(crypto, this.#suite.hash, this.#sendSecret);
    channel.changeSealer(new Sealer13(crypto, this.#suite, this.#sendSecret));
    channel.tell({ kind: 'key update', direction: 'sent', requested });
  }

  /** Answers the peer's request; called when its records are all read, so that many are answered once. */
  answerUpdate(): void {
    if (this.#owesUpdate) this.updateKeys(false);
  }

  #keyUpdate(message: HandshakeMessage): Refusal | undefined {
    const channel = this.#channel;
    const asked = parseBody('the KeyUpdate', message.body, (reader) => reader.u8());
    if (asked instanceof Refusal) return asked;
    if (asked > 1) {
      const why = `request_update is ${asked}`;
      return refuse('illegal_parameter', RULES.keyUpdate, why);
    }
    const refused = checkRecordBoundary(channel);
    if (refused !== undefined) return refused;
    this.#updates += 1;
    if (this.#updates > MAX_KEY_UPDATES) {
      const why = `${this.#updates} KeyUpdates came without data between them`;
      return refuse('unexpected_message', RULES.floodLimit, why);
    }
    channel.follow('recv KeyUpdate');
    const { crypto } = channel.settings;
    this.#receiveSecret = nextTrafficSecret(crypto, this.#suite.hash, this.#receiveSecret);
    channel.changeOpener(new Opener13(crypto, this.#suite, this.#receiveSecret));
    channel.tell({ kind: 'key update', direction: 'received', requested: asked === 1 });
    this.#owesUpdate ||= asked === 1;
    return undefined;
  }

  #ticket(message: HandshakeMessage): Refusal | undefined {
    const channel = this.#channel;
    const ticket = readNewSessionTicket(message);
    if (ticket instanceof Refusal) return ticket;
    channel.follow('recv NewSessionTicket');
    this.#tickets += 1;
    // RFC 8446 §4.6.1: a lifetime of zero means that the ticket is thrown away at once.
    if (ticket.lifetimeSeconds === 0 || this.#tickets > MAX_TICKETS) return undefined;
    if (ticket.ticket.length > MAX_TICKET_BYTES) return undefined;
    const { crypto } = channel.settings;
    const { serverName, protocol, peerChain } = this.#established;
    channel.tell({
      kind: 'ticket',
      session: {
        version: 'TLS 1.3',
        suite: this.#suite.code,
        secret: resumptionPsk(crypto, this.#suite.hash, this.#resumptionSecret, ticket.nonce),
        ticket: ticket.ticket.slice(),
        ageAdd: ticket.ageAdd,
        receivedAt: channel.now,
        lifetimeSeconds: Math.min(ticket.lifetimeSeconds, MAX_TICKET_LIFETIME_SECONDS),
        maxEarlyData: ticket.maxEarlyData,
        serverName,
        protocol,
        extendedMasterSecret: true,
        peerChain,
      },
    });
    return undefined;
  }
}
