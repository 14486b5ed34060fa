/** WAIT_FINISHED: the server's Finished proves the handshake; the client's ends it (RFC 8446 §4.4.4). */
import { checkFinished } from '../endpoint/check-finished.ts';
import { Connected13 } from '../endpoint/connected-13.ts';
import type { Channel } from '../endpoint/channel.ts';
import type { TlsEstablished } from '../endpoint/event.ts';
import type { Phase } from '../endpoint/phase.ts';
import { checkRecordBoundary } from '../endpoint/record-boundary.ts';
import { provideApplicationKeys } from '../endpoint/traffic-13.ts';
import { exportKeyingMaterial, finishedMac } from '../keys/key-schedule.ts';
import type { CertificateRequest } from '../messages/certificate-request.ts';
import { unexpected, type HandshakeMessage } from '../messages/message.ts';
import { HANDSHAKE } from '../parameters/handshake-type.ts';
import { refuse, type Refusal } from '../refusal.ts';
import { RULES } from '../rules.ts';
import { ClientFlight13 } from './client-flight.ts';
import type { Agreed } from './wait-encrypted-extensions.ts';

export interface Finishing extends Agreed {
  readonly peerChain: readonly Uint8Array[];
  /** The name of the scheme that the server signed with. */
  readonly scheme: string | undefined;
  readonly request?: CertificateRequest | undefined;
}

export class WaitFinished implements Phase {
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
    const { offer, suite, traffic, schedule } = this.#known;
    const { crypto } = channel.settings;
    const { transcript } = offer;
    const expected = finishedMac(crypto, suite.hash, traffic.server, transcript.digest());
    const refused = checkFinished(message.body, expected) ?? checkRecordBoundary(channel);
    if (refused !== undefined) return refused;
    // RFC 8446 §5.1: the keys change here; what follows in the same record came under the old ones.
    if (channel.pendingHandshakeBytes() > 0) {
      const why = "handshake data follows the server's Finished in its record";
      return refuse('unexpected_message', RULES.keyBoundary, why);
    }
    transcript.add(message);
    const main = schedule.next();
    const secrets = provideApplicationKeys(channel, suite, main, transcript.digest());
    channel.exporter = (wanted) =>
      exportKeyingMaterial(crypto, suite.hash, secrets.exporter, wanted);
    const flight = new ClientFlight13(channel, this.#known);
    channel.follow('recv Finished', { flight });
    const established = this.#established();
    channel.tell({ kind: 'established', ...established });
    const resumptionSecret = main.derive('res master', transcript.digest());
    const { client: sendSecret, server: receiveSecret } = secrets;
    const connected = { suite, sendSecret, receiveSecret, resumptionSecret };
    return new Connected13(channel, connected, established);
  }

  #established(): TlsEstablished {
    const { suite, group, scheme, protocol, resumed, earlyData, peerChain, offer } = this.#known;
    return {
      version: 'TLS 1.3',
      suite: suite.name,
      isUnprotected: suite.aead === 'none',
      group,
      signatureScheme: scheme,
      protocol,
      serverName: offer.settings.serverName,
      resumed: resumed !== undefined,
      earlyData,
      peerChain,
      extendedMasterSecret: undefined,
    };
  }
}
