/** From NEGOTIATED to the wait for the client: the server's whole flight (RFC 8446 §2, §A.2). */
import type { Channel } from '../endpoint/channel.ts';
import type { Phase } from '../endpoint/phase.ts';
import {
  provideApplicationKeys,
  provideEarlyKeys,
  provideHandshakeKeys,
  type TrafficSecrets,
} from '../endpoint/traffic-13.ts';
import { exportKeyingMaterial, KeySchedule } from '../keys/key-schedule.ts';
import { refuse, type Refusal } from '../refusal.ts';
import { RULES } from '../rules.ts';
import { agreed } from './agreed.ts';
import { judgeEarlyData } from './judge-early-data.ts';
import { skipLimit, type Negotiated } from './negotiated.ts';
import { ServerFlight13, type FlightSecrets } from './server-flight.ts';
import { WaitEndOfEarlyData, afterFlight } from './wait-end-of-early-data.ts';

/** What is left to know once the flight is sent. */
export interface FlightSent extends Negotiated {
  readonly earlyData: 'none' | 'accepted' | 'rejected';
  /** The handshake's and the application's secrets. */
  readonly handshake: TrafficSecrets;
  readonly application: TrafficSecrets;
  /** At the main secret. */
  readonly main: KeySchedule;
}

export function sendServerFlight(channel: Channel, negotiated: Negotiated): Phase | Refusal {
  const { settings, suite, group, clientShare, psk } = negotiated;
  const { crypto, random } = settings;
  const serverRandom = random.bytes(32);
  const ourKey = crypto.agreementKey(group, random);
  const shared = crypto.agree(ourKey, clientShare);
  if (shared === undefined) {
    const why = `the client's key share is no valid key of ${group}`;
    return refuse('illegal_parameter', RULES.keyExchange, why);
  }
  const earlyData = judgeEarlyData(channel, negotiated);
  const early = psk?.early ?? KeySchedule.early(crypto, suite.hash);
  if (earlyData === 'accepted') {
    provideEarlyKeys(channel, suite, early, negotiated.transcript.digest());
    channel.earlyDataLeft = psk?.ticket.maxEarlyData ?? 0;
    channel.canSendData = settings.clientAuthentication === 'none';
  }
  // What came before a HelloRetryRequest was passed over before the second ClientHello.
  if (negotiated.hello.earlyData && earlyData === 'rejected') {
    channel.skippableBytes = skipLimit(settings);
  }
  const schedule = early.next(shared);
  const secrets: FlightSecrets = { handshake: undefined, application: undefined };
  const flight = new ServerFlight13(channel, {
    negotiated,
    earlyData,
    serverRandom,
    ourKey: ourKey.publicKey,
    secrets,
    handshakeKeys: (hash) => provideHandshakeKeys(channel, suite, schedule, hash),
    applicationKeys: (hash) => {
      const main = schedule.next();
      const application = provideApplicationKeys(channel, suite, main, hash);
      channel.exporter = (wanted) =>
        exportKeyingMaterial(crypto, suite.hash, application.exporter, wanted);
      return { main, application };
    },
  });
  const arrow =
    earlyData === 'accepted' ? 'send server flight, 0-RTT' : 'send server flight, no 0-RTT';
  channel.follow(arrow, { flight });
  const sent: FlightSent = {
    ...negotiated,
    earlyData,
    handshake: secrets.handshake!,
    ...secrets.application!,
  };
  if (earlyData !== 'accepted') return afterFlight(channel, sent);
  channel.agreedEarly = agreed(sent, psk?.ticket.peerChain ?? []);
  return new WaitEndOfEarlyData(channel, sent);
}
