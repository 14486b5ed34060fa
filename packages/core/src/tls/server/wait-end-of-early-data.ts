/** WAIT_EOED: early data until EndOfEarlyData (RFC 8446 §4.5); then WAIT_FLIGHT2, which no one waits in. */
import type { Channel } from '../endpoint/channel.ts';
import type { Phase } from '../endpoint/phase.ts';
import { checkRecordBoundary } from '../endpoint/record-boundary.ts';
import { malformed, unexpected, type HandshakeMessage } from '../messages/message.ts';
import { HANDSHAKE } from '../parameters/handshake-type.ts';
import type { Refusal } from '../refusal.ts';
import type { FlightSent } from './send-server-flight.ts';
import { WaitClientCertificate } from './wait-client-certificate.ts';
import { WaitClientFinished } from './wait-client-finished.ts';

export class WaitEndOfEarlyData implements Phase {
  readonly state = 'WAIT_EOED';
  readonly takes = 'early data';
  readonly #channel: Channel;
  readonly #known: FlightSent;

  constructor(channel: Channel, known: FlightSent) {
    this.#channel = channel;
    this.#known = known;
  }

  receive(message: HandshakeMessage): Phase | Refusal {
    if (message.type !== HANDSHAKE.EndOfEarlyData) return unexpected(message, 'EndOfEarlyData');
    if (message.body.length > 0) return malformed('the EndOfEarlyData');
    const refused = checkRecordBoundary(this.#channel);
    if (refused !== undefined) return refused;
    this.#known.transcript.add(message);
    this.#channel.follow('recv EndOfEarlyData');
    return afterFlight(this.#channel, this.#known);
  }
}

/** WAIT_FLIGHT2: a certificate is due from the client, or its Finished at once. */
export function afterFlight(channel: Channel, known: FlightSent): Phase {
  const { settings, psk } = known;
  if (settings.clientAuthentication !== 'none' && psk === undefined) {
    channel.follow('client authentication');
    return new WaitClientCertificate(channel, known);
  }
  channel.follow('no client authentication');
  return new WaitClientFinished(channel, { ...known, peerChain: psk?.ticket.peerChain ?? [] });
}
