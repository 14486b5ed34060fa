/** WAIT_EE (RFC 8446 §4.3.1): what the server answers to the extensions, now under keys. */
import type { GroupName } from '../crypto/provider.ts';
import type { Channel } from '../endpoint/channel.ts';
import type { Phase } from '../endpoint/phase.ts';
import type { TlsSession } from '../endpoint/session.ts';
import type { TrafficSecrets } from '../endpoint/traffic-13.ts';
import type { KeySchedule } from '../keys/key-schedule.ts';
import { readProtocols } from '../messages/client-hello-extensions.ts';
import {
  checkPlaces,
  checkSolicited,
  readExtensions,
  readOne,
  type Extensions,
} from '../messages/extensions.ts';
import { malformed, parseBody, unexpected, type HandshakeMessage } from '../messages/message.ts';
import type { CipherSuite } from '../parameters/cipher-suite.ts';
import { EXTENSION } from '../parameters/extension-type.ts';
import { HANDSHAKE } from '../parameters/handshake-type.ts';
import { refuse, Refusal } from '../refusal.ts';
import { RULES } from '../rules.ts';
import type { Offer } from './offer.ts';
import { WaitCertificate } from './wait-certificate.ts';
import { WaitFinished } from './wait-finished.ts';

/** What is known once the ServerHello is read. */
export interface AfterServerHello {
  readonly offer: Offer;
  readonly suite: CipherSuite;
  readonly group: GroupName;
  /** At the handshake secret. */
  readonly schedule: KeySchedule;
  readonly traffic: TrafficSecrets;
  /** The session whose PSK the server took. */
  readonly resumed: TlsSession | undefined;
}

/** What the EncryptedExtensions add. */
export interface Agreed extends AfterServerHello {
  readonly protocol: string | undefined;
  readonly earlyData: 'none' | 'accepted' | 'rejected';
}

export class WaitEncryptedExtensions implements Phase {
  readonly state = 'WAIT_EE';
  readonly takes = 'handshake';
  readonly #channel: Channel;
  readonly #known: AfterServerHello;

  constructor(channel: Channel, known: AfterServerHello) {
    this.#channel = channel;
    this.#known = known;
  }

  receive(message: HandshakeMessage): Phase | Refusal {
    if (message.type !== HANDSHAKE.EncryptedExtensions) {
      return unexpected(message, 'EncryptedExtensions');
    }
    const { offer, resumed } = this.#known;
    const extensions = parseBody('the EncryptedExtensions', message.body, readExtensions);
    if (extensions instanceof Refusal) return extensions;
    const refused =
      checkPlaces(extensions, 'EE') ??
      checkSolicited(extensions, offer.offered) ??
      checkAnswers(extensions);
    if (refused !== undefined) return refused;
    const protocol = chosenProtocol(extensions, offer.settings.protocols);
    if (protocol instanceof Refusal) return protocol;
    const earlyData = this.#earlyDataVerdict(extensions, protocol);
    if (earlyData instanceof Refusal) return earlyData;
    offer.transcript.add(message);
    const agreed = { ...this.#known, protocol, earlyData };
    if (resumed === undefined) {
      this.#channel.follow('recv EncryptedExtensions, using certificate');
      return new WaitCertificate(this.#channel, agreed);
    }
    this.#channel.follow('recv EncryptedExtensions, using PSK');
    const { peerChain } = resumed;
    return new WaitFinished(this.#channel, { ...agreed, peerChain, scheme: undefined });
  }

  /** RFC 8446 §4.2.10: accepted only together with the PSK and its parameters. */
  #earlyDataVerdict(
    extensions: Extensions,
    protocol: string | undefined,
  ): Agreed['earlyData'] | Refusal {
    const { offer, resumed, suite } = this.#known;
    const isAccepted = extensions.has(EXTENSION.early_data);
    if (!isAccepted && offer.earlyData !== 'sent') {
      return offer.earlyData === 'lost' ? 'rejected' : 'none';
    }
    if (isAccepted && (resumed?.suite !== suite.code || resumed.protocol !== protocol)) {
      const why =
        'the server accepts early data but not the PSK, suite and protocol it was sent under';
      return refuse('illegal_parameter', RULES.earlyDataFirst, why);
    }
    const verdict = isAccepted ? 'accepted' : 'rejected';
    const why = `the server ${verdict} the early data`;
    const cause = { rule: RULES.earlyDataReplay, why };
    this.#channel.tell({ kind: 'early data', verdict, cause });
    return verdict;
  }
}

/** The answers whose contents are fixed (RFC 6066 §3, RFC 8446 §4.2.7, §4.2.10). */
function checkAnswers(extensions: Extensions): Refusal | undefined {
  const answers = [
    readOne(extensions, 'server_name', () => true),
    readOne(extensions, 'early_data', () => true),
    // The server's groups are for a later connection: nothing here follows from them.
    readOne(extensions, 'supported_groups', (reader) => reader.list16()),
  ];
  return answers.find((answer) => answer instanceof Refusal);
}

/** RFC 7301 §3.1: exactly one name, of those that were offered. */
export function chosenProtocol(
  extensions: Extensions,
  offered: readonly string[],
): string | Refusal | undefined {
  const names = readOne(extensions, 'application_layer_protocol_negotiation', readProtocols);
  if (names === undefined || names instanceof Refusal) return names;
  const [name] = names;
  if (names.length !== 1) return malformed('the answer to ALPN');
  if (name !== undefined && offered.includes(name)) return name;
  const why = `the server chose the protocol ${name}, which was not offered`;
  return refuse('illegal_parameter', RULES.applicationProtocol, why);
}
