/** What a TLS 1.2 server waits for, in order: certificate, key, proof, ChangeCipherSpec, Finished. */
import type { Channel } from '../endpoint/channel.ts';
import { WaitChangeCipherSpec12 } from '../endpoint/ending-12.ts';
import type { TlsEstablished } from '../endpoint/event.ts';
import {
  checkAnonymous,
  checkClientChain,
  checkSignature,
  type PeerCertificate,
} from '../endpoint/peer-certificate.ts';
import type { Phase } from '../endpoint/phase.ts';
import { readCertificate, readCertificateVerify } from '../messages/certificate.ts';
import { readClientKeyExchange } from '../messages/key-exchange-12.ts';
import { unexpected, type HandshakeMessage } from '../messages/message.ts';
import { HANDSHAKE } from '../parameters/handshake-type.ts';
import { refuse, Refusal } from '../refusal.ts';
import { RULES } from '../rules.ts';
import type { ServerFlight12Writer } from './server-flight-12.ts';

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
      const refused = checkAnonymous('TLS 1.2', settings.clientAuthentication);
      if (refused !== undefined) return refused;
      transcript.add(message);
      this.#channel.follow('recv empty Certificate');
      return new WaitClientKeyExchange12(this.#channel, this.#flight, undefined);
    }
    const peer = checkClientChain(this.#channel, certificate.chain);
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
      ? waitForEnd12(this.#channel, flight, [])
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
    return waitForEnd12(this.#channel, this.#flight, this.#peer.chain);
  }
}

/** What is left once the client has said everything in the clear, or has nothing to say. */
export function waitForEnd12(
  channel: Channel,
  flight: ServerFlight12Writer,
  peerChain: readonly Uint8Array[],
): Phase {
  const { known, basis, keys } = flight;
  flight.peerChain = peerChain;
  return new WaitChangeCipherSpec12(channel, {
    resumed: basis.kind === 'resumed',
    keys,
    transcript: known.transcript,
    established: agreed12(flight),
    finish: () => {
      if (basis.kind === 'resumed') channel.follow('recv Finished, resuming');
      else channel.follow('recv Finished', { flight });
    },
  });
}

function agreed12({ known, basis, peerChain }: ServerFlight12Writer): TlsEstablished {
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
    peerChain,
    extendedMasterSecret: known.extendedMasterSecret,
  };
}
