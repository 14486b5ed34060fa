/** What a TLS 1.2 server waits for, in order: certificate, key, proof, ChangeCipherSpec, Finished. */
import type { Channel } from '../endpoint/channel.ts';
import { checkFinished } from '../endpoint/check-finished.ts';
import { Connected12 } from '../endpoint/connected-12.ts';
import type { TlsEstablished } from '../endpoint/event.ts';
import {
  checkPeerChain,
  checkSignature,
  type PeerCertificate,
} from '../endpoint/peer-certificate.ts';
import type { Phase } from '../endpoint/phase.ts';
import { verifyDataOf } from '../endpoint/session-keys-12.ts';
import { readCertificate, readCertificateVerify } from '../messages/certificate.ts';
import { readClientKeyExchange } from '../messages/key-exchange-12.ts';
import { unexpected, type HandshakeMessage } from '../messages/message.ts';
import { HANDSHAKE } from '../parameters/handshake-type.ts';
import { refuse, Refusal } from '../refusal.ts';
import { RULES } from '../rules.ts';
import type { ServerFlight12Writer } from './server-flight-12.ts';

const CLIENT = { purpose: 'client', host: undefined, insecure: false } as const;

export class WaitClientCertificate12 implements Phase {
  readonly state = 'WAIT_CERT';
  readonly takes = 'handshake';
  readonly #channel: Channel;
  readonly #flight: ServerFlight12Writer;

  constructor(channel: Channel, flight: ServerFlight12Writer) {
    this.#channel = channel;
    this.#flight = flight;
  }

  receive(message: HandshakeMessage): Phase | Refusal {
    if (message.type !== HANDSHAKE.Certificate) return unexpected(message, 'Certificate');
    const { settings, transcript } = this.#flight.known;
    const certificate = readCertificate('TLS 1.2', message);
    if (certificate instanceof Refusal) return certificate;
    if (certificate.chain.length === 0) {
      // RFC 5246 §7.4.6: where the client shows none, the alert is handshake_failure.
      if (settings.clientAuthentication === 'require') {
        const why = 'the client shows no certificate, and this server demands one';
        return refuse('handshake_failure', RULES.certificateRequired, why);
      }
      transcript.add(message);
      this.#channel.follow('recv empty Certificate');
      return new WaitClientKeyExchange12(this.#channel, this.#flight, undefined);
    }
    const peer = checkPeerChain(this.#channel, certificate.chain, CLIENT);
    if (peer instanceof Refusal) return peer;
    transcript.add(message);
    this.#channel.follow('recv Certificate');
    return new WaitClientKeyExchange12(this.#channel, this.#flight, peer);
  }
}

export class WaitClientKeyExchange12 implements Phase {
  readonly takes = 'handshake';
  readonly #channel: Channel;
  readonly #flight: ServerFlight12Writer;
  readonly #peer: PeerCertificate | undefined;

  constructor(channel: Channel, flight: ServerFlight12Writer, peer: PeerCertificate | undefined) {
    this.#channel = channel;
    this.#flight = flight;
    this.#peer = peer;
  }

  get state(): 'WAIT_CKE' | 'WAIT_CKE_CV' {
    return this.#peer === undefined ? 'WAIT_CKE' : 'WAIT_CKE_CV';
  }

  receive(message: HandshakeMessage): Phase | Refusal {
    if (message.type !== HANDSHAKE.ClientKeyExchange) {
      return unexpected(message, 'ClientKeyExchange');
    }
    const flight = this.#flight;
    const key = readClientKeyExchange(message);
    if (key instanceof Refusal) return key;
    const preMaster = flight.known.settings.crypto.agree(flight.ourKey, key);
    if (preMaster === undefined) {
      const why = `the client's key is no valid key of ${flight.ourKey.group}`;
      return refuse('illegal_parameter', RULES.keyExchange, why);
    }
    flight.known.transcript.add(message);
    flight.agree(preMaster);
    this.#channel.follow('recv ClientKeyExchange');
    return this.#peer === undefined
      ? new WaitChangeCipherSpec12(this.#channel, flight, [])
      : new WaitClientCertificateVerify12(this.#channel, flight, this.#peer);
  }
}

class WaitClientCertificateVerify12 implements Phase {
  readonly state = 'WAIT_CV';
  readonly takes = 'handshake';
  readonly #channel: Channel;
  readonly #flight: ServerFlight12Writer;
  readonly #peer: PeerCertificate;

  constructor(channel: Channel, flight: ServerFlight12Writer, peer: PeerCertificate) {
    this.#channel = channel;
    this.#flight = flight;
    this.#peer = peer;
  }

  receive(message: HandshakeMessage): Phase | Refusal {
    if (message.type !== HANDSHAKE.CertificateVerify) {
      return unexpected(message, 'CertificateVerify');
    }
    const verify = readCertificateVerify(message);
    if (verify instanceof Refusal) return verify;
    const { transcript } = this.#flight.known;
    const content = transcript.bytes();
    const signed = { ...verify, content };
    const refused = checkSignature(this.#channel, 'TLS 1.2', this.#peer.key, signed);
    if (refused !== undefined) return refused;
    transcript.add(message);
    this.#channel.follow('recv CertificateVerify');
    return new WaitChangeCipherSpec12(this.#channel, this.#flight, this.#peer.chain);
  }
}

export class WaitChangeCipherSpec12 implements Phase {
  readonly takes = 'handshake';
  readonly #channel: Channel;
  readonly #flight: ServerFlight12Writer;
  readonly #peerChain: readonly Uint8Array[];

  constructor(channel: Channel, flight: ServerFlight12Writer, peerChain: readonly Uint8Array[]) {
    this.#channel = channel;
    this.#flight = flight;
    this.#peerChain = peerChain;
  }

  get state(): 'WAIT_CCS' | 'WAIT_CCS_RESUMED' {
    return this.#flight.basis.kind === 'resumed' ? 'WAIT_CCS_RESUMED' : 'WAIT_CCS';
  }

  receive(message: HandshakeMessage): Refusal {
    return unexpected(message, 'ChangeCipherSpec');
  }

  changeCipherSpec(): Phase {
    this.#channel.follow('recv ChangeCipherSpec');
    return new WaitFinished12(this.#channel, this.#flight, this.#peerChain);
  }
}

class WaitFinished12 implements Phase {
  readonly takes = 'handshake';
  readonly #channel: Channel;
  readonly #flight: ServerFlight12Writer;
  readonly #peerChain: readonly Uint8Array[];

  constructor(channel: Channel, flight: ServerFlight12Writer, peerChain: readonly Uint8Array[]) {
    this.#channel = channel;
    this.#flight = flight;
    this.#peerChain = peerChain;
  }

  get state(): 'WAIT_FINISHED' | 'WAIT_FINISHED_RESUMED' {
    return this.#flight.basis.kind === 'resumed' ? 'WAIT_FINISHED_RESUMED' : 'WAIT_FINISHED';
  }

  receive(message: HandshakeMessage): Phase | Refusal {
    if (message.type !== HANDSHAKE.Finished) return unexpected(message, 'Finished');
    const channel = this.#channel;
    const flight = this.#flight;
    const { transcript } = flight.known;
    const expected = verifyDataOf(channel, flight.keys, 'client', transcript);
    const refused = checkFinished(message.body, expected);
    if (refused !== undefined) return refused;
    transcript.add(message);
    flight.peerChain = this.#peerChain;
    if (flight.basis.kind === 'resumed') channel.follow('recv Finished, resuming');
    else channel.follow('recv Finished', { flight });
    return new Connected12(channel, this.#established());
  }

  #established(): TlsEstablished {
    const { known, basis } = this.#flight;
    const full = basis.kind === 'full' ? basis : undefined;
    return {
      version: 'TLS 1.2',
      suite: known.suite.name,
      isUnprotected: false,
      group: full?.group,
      signatureScheme: full?.signing.scheme.name,
      protocol: known.protocol,
      serverName: known.hello.serverName,
      resumed: full === undefined,
      earlyData: 'none',
      peerChain: this.#peerChain,
      extendedMasterSecret: known.extendedMasterSecret,
    };
  }
}
