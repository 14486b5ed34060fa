/** WAIT_CERT and WAIT_SKE of TLS 1.2: the server's chain, and its signed key (RFC 8422 §5.3, §5.4). */
import type { AgreementKey } from '../crypto/provider.ts';
import type { Channel } from '../endpoint/channel.ts';
import { checkSignature, type PeerCertificate } from '../endpoint/peer-certificate.ts';
import type { Phase } from '../endpoint/phase.ts';
import { readCertificate } from '../messages/certificate.ts';
import {
  readServerKeyExchange,
  signedKeyExchange,
  type ServerKeyExchange,
} from '../messages/key-exchange-12.ts';
import { unexpected, type HandshakeMessage } from '../messages/message.ts';
import { HANDSHAKE } from '../parameters/handshake-type.ts';
import { groupOf } from '../parameters/named-group.ts';
import { schemeText } from '../parameters/signature-scheme.ts';
import { refuse, Refusal } from '../refusal.ts';
import { RULES } from '../rules.ts';
import type { Hello12 } from './start-12.ts';
import { checkServerChain } from './wait-certificate.ts';
import { WaitServerHelloDone12 } from './wait-server-hello-done-12.ts';

export class WaitCertificate12 implements Phase {
  readonly state = 'WAIT_CERT';
  readonly takes = 'handshake';
  readonly #channel: Channel;
  readonly #known: Hello12;

  constructor(channel: Channel, known: Hello12) {
    this.#channel = channel;
    this.#known = known;
  }

  receive(message: HandshakeMessage): Phase | Refusal {
    if (message.type !== HANDSHAKE.Certificate) return unexpected(message, 'Certificate');
    const { offer, suite } = this.#known;
    const certificate = readCertificate('TLS 1.2', message);
    if (certificate instanceof Refusal) return certificate;
    const peer = checkServerChain(this.#channel, certificate.chain, offer.settings);
    if (peer instanceof Refusal) return peer;
    const isRsa = peer.key.kind === 'RSA';
    if (isRsa !== (suite.authentication === 'RSA')) {
      const why = `${suite.name} with a ${peer.key.kind} key`;
      return refuse('illegal_parameter', RULES.serverKeyExchange, why);
    }
    offer.transcript.add(message);
    this.#channel.follow('recv Certificate');
    return new WaitServerKeyExchange12(this.#channel, this.#known, peer);
  }
}

/** Both keys of the exchange are known. */
export interface Exchanged12 extends Hello12 {
  readonly peer: PeerCertificate;
  readonly ourKey: AgreementKey;
  readonly preMaster: Uint8Array;
  readonly scheme: string;
}

class WaitServerKeyExchange12 implements Phase {
  readonly state = 'WAIT_SKE';
  readonly takes = 'handshake';
  readonly #channel: Channel;
  readonly #known: Hello12;
  readonly #peer: PeerCertificate;

  constructor(channel: Channel, known: Hello12, peer: PeerCertificate) {
    this.#channel = channel;
    this.#known = known;
    this.#peer = peer;
  }

  receive(message: HandshakeMessage): Phase | Refusal {
    if (message.type !== HANDSHAKE.ServerKeyExchange) {
      return unexpected(message, 'ServerKeyExchange');
    }
    const exchange = readServerKeyExchange(message);
    if (exchange instanceof Refusal) return exchange;
    const { offer, serverRandom } = this.#known;
    const content = signedKeyExchange(offer.random, serverRandom, exchange);
    const signed = { scheme: exchange.scheme, signature: exchange.signature, content };
    const refused = checkSignature(this.#channel, 'TLS 1.2', this.#peer.key, signed);
    if (refused !== undefined) return refused;
    const agreed = this.#agree(exchange);
    if (agreed instanceof Refusal) return agreed;
    offer.transcript.add(message);
    this.#channel.follow('recv ServerKeyExchange');
    const scheme = schemeText(exchange.scheme);
    const known = { ...this.#known, ...agreed, peer: this.#peer, scheme };
    return new WaitServerHelloDone12(this.#channel, known);
  }

  #agree({ group: code, key }: ServerKeyExchange) {
    const { settings } = this.#known.offer;
    const group = groupOf(code);
    if (group === undefined || !settings.groups.includes(group)) {
      const why = `the server's key is of group ${code}, which was not offered`;
      return refuse('illegal_parameter', RULES.serverKeyExchange, why);
    }
    const ourKey = settings.crypto.agreementKey(group, settings.random);
    const preMaster = settings.crypto.agree(ourKey, key);
    const why = `the server's key is no valid key of ${group}`;
    return preMaster === undefined
      ? refuse('illegal_parameter', RULES.keyExchange, why)
      : { ourKey, preMaster };
  }
}
