/** WAIT_FINISHED of the server: the client's Finished ends the handshake; tickets follow. */
import { checkFinished } from '../endpoint/check-finished.ts';
import { Connected13 } from '../endpoint/connected-13.ts';
import type { Channel } from '../endpoint/channel.ts';
import type { Phase } from '../endpoint/phase.ts';
import { checkRecordBoundary } from '../endpoint/record-boundary.ts';
import { finishedMac, resumptionPsk } from '../keys/key-schedule.ts';
import { MAX_TICKET_BYTES, MAX_TICKET_LIFETIME_SECONDS } from '../limits.ts';
import { unexpected, type HandshakeMessage } from '../messages/message.ts';
import { writeNewSessionTicket } from '../messages/new-session-ticket.ts';
import { HANDSHAKE } from '../parameters/handshake-type.ts';
import { TLS13 } from '../parameters/version.ts';
import type { Refusal } from '../refusal.ts';
import { agreed } from './agreed.ts';
import type { FlightSent } from './send-server-flight.ts';

interface Finishing extends FlightSent {
  readonly peerChain: readonly Uint8Array[];
}

export class WaitClientFinished implements Phase {
  readonly state = 'WAIT_FINISHED';
  readonly takes = 'handshake';
  readonly #channel: Channel;
  readonly #known: Finishing;

  constructor(channel: Channel, known: Finishing) {
    this.#channel = channel;
    this.#known = known;
  }

  receive(message: HandshakeMessage): Phase | Refusal {
    if (message.type !== HANDSHAKE.Finished) return unexpected(message, 'Finished');
    const channel = this.#channel;
    const { transcript, suite, handshake, application, main, settings } = this.#known;
    const expected = finishedMac(
      settings.crypto,
      suite.hash,
      handshake.client,
      transcript.digest(),
    );
    const refused = checkFinished(message.body, expected) ?? checkRecordBoundary(channel);
    if (refused !== undefined) return refused;
    transcript.add(message);
    channel.follow('recv Finished');
    const established = agreed(this.#known, this.#known.peerChain);
    channel.tell({ kind: 'established', ...established });
    const resumptionSecret = main.derive('res master', transcript.digest());
    this.#sendTickets(resumptionSecret);
    const { server: sendSecret, client: receiveSecret } = application;
    const secrets = { suite, sendSecret, receiveSecret, resumptionSecret };
    return new Connected13(channel, secrets, established);
  }

  /** RFC 8446 §4.6.1: each ticket has a nonce and so a PSK of its own. A client's long chain makes none. */
  #sendTickets(resumptionSecret: Uint8Array): void {
    const { settings, suite, hello, protocol, peerChain } = this.#known;
    const { tickets, crypto, random, maxEarlyData } = settings;
    // A client that cannot resume with us has no use for tickets (RFC 8446 §4.2.9).
    if (tickets === undefined || hello.pskModes?.includes(1) !== true) return;
    for (let i = 0; i < settings.ticketCount; i += 1) {
      const nonce = Uint8Array.of(i);
      const ageAdd = random.u32();
      const lifetimeSeconds = MAX_TICKET_LIFETIME_SECONDS;
      const ticket = tickets.seal(
        {
          version: TLS13,
          suite: suite.code,
          secret: resumptionPsk(crypto, suite.hash, resumptionSecret, nonce),
          issuedAt: this.#channel.now,
          ageAdd,
          lifetimeSeconds,
          maxEarlyData,
          serverName: hello.serverName,
          protocol,
          extendedMasterSecret: true,
          peerChain,
        },
        random,
      );
      if (ticket.length > MAX_TICKET_BYTES) return;
      const message = { lifetimeSeconds, ageAdd, nonce, ticket, maxEarlyData };
      this.#channel.send(writeNewSessionTicket(message), `ticket ${i + 1}`);
    }
  }
}
