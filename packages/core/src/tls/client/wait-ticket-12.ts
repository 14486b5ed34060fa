/** The end of a TLS 1.2 handshake at the client: a ticket perhaps, ChangeCipherSpec, Finished. */
import type { Micros } from '../../base/time.ts';
import type { GroupName } from '../crypto/provider.ts';
import type { Channel } from '../endpoint/channel.ts';
import { WaitChangeCipherSpec12 } from '../endpoint/ending-12.ts';
import type { TlsEstablished } from '../endpoint/event.ts';
import type { Phase } from '../endpoint/phase.ts';
import { sendFinished12, type Session12 } from '../endpoint/session-keys-12.ts';
import type { TlsSession } from '../endpoint/session.ts';
import { MAX_TICKET_BYTES, MAX_TICKET_LIFETIME_SECONDS } from '../limits.ts';
import { unexpected, type HandshakeMessage } from '../messages/message.ts';
import { readNewSessionTicket12, type NewSessionTicket12 } from '../messages/new-session-ticket.ts';
import { HANDSHAKE } from '../parameters/handshake-type.ts';
import { Refusal } from '../refusal.ts';
import type { Hello12 } from './start-12.ts';

/** Keys are known; only the server's last messages are missing. */
export interface Keyed12 extends Hello12 {
  readonly keys: Session12;
  readonly peerChain: readonly Uint8Array[];
  readonly resumed: boolean;
  readonly group: GroupName | undefined;
  readonly scheme: string | undefined;
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
    if (message.type !== HANDSHAKE.NewSessionTicket) return unexpected(message, 'NewSessionTicket');
    const ticket = readNewSessionTicket12(message);
    if (ticket instanceof Refusal) return ticket;
    this.#known.offer.transcript.add(message);
    this.#channel.follow('recv NewSessionTicket');
    return waitForEnd12(this.#channel, this.#known, ticket);
  }
}

/** ChangeCipherSpec and Finished, behind the ticket if there is one. */
export function waitForEnd12(
  channel: Channel,
  known: Keyed12,
  ticket: NewSessionTicket12 | undefined,
): Phase {
  const { keys, resumed, offer } = known;
  const { transcript } = offer;
  const flight = {
    changeCipherSpec: () => channel.sendChangeCipherSpec(),
    finished: () => sendFinished12(channel, keys, transcript),
  };
  return new WaitChangeCipherSpec12(channel, {
    resumed,
    keys,
    transcript,
    established: agreed12(known),
    finish: () => {
      if (resumed) channel.follow('recv Finished, resuming', { flight });
      else channel.follow('recv Finished');
    },
    afterwards: () => {
      const session = ticket && sessionOf(known, ticket, channel.now);
      if (session !== undefined) channel.tell({ kind: 'ticket', session });
    },
  });
}

function agreed12(known: Keyed12): TlsEstablished {
  const { keys, group, scheme, protocol, offer, resumed, peerChain, extendedMasterSecret } = known;
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
function sessionOf(
  { keys, offer, protocol, peerChain, extendedMasterSecret }: Keyed12,
  { ticket, lifetimeSeconds }: NewSessionTicket12,
  receivedAt: Micros,
): TlsSession | undefined {
  if (ticket.length === 0 || ticket.length > MAX_TICKET_BYTES) return undefined;
  const lifetime = lifetimeSeconds || MAX_TICKET_LIFETIME_SECONDS;
  return {
    version: 'TLS 1.2',
    suite: keys.suite.code,
    secret: keys.master,
    ticket: ticket.slice(),
    ageAdd: 0,
    receivedAt,
    lifetimeSeconds: Math.min(lifetime, MAX_TICKET_LIFETIME_SECONDS),
    maxEarlyData: 0,
    serverName: offer.settings.serverName,
    protocol,
    extendedMasterSecret,
    peerChain,
  };
}
