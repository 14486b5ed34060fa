/** The messages of the server's flight in TLS 1.3; the machine calls them in order. */
import { EMPTY_BYTES } from '../../base/bytes.ts';
import { invariant } from '../../base/errors.ts';
import type { Channel } from '../endpoint/channel.ts';
import type { TrafficSecrets } from '../endpoint/traffic-13.ts';
import { finishedMac, type KeySchedule } from '../keys/key-schedule.ts';
import type { ServerFlight } from '../machines/key-changes.ts';
import { writeCertificateRequest } from '../messages/certificate-request.ts';
import {
  signedContent,
  writeCertificate,
  writeCertificateVerify,
} from '../messages/certificate.ts';
import { writeProtocols } from '../messages/client-hello-extensions.ts';
import { extension, writeExtensions } from '../messages/extensions.ts';
import { encodeMessage, type HandshakeMessage } from '../messages/message.ts';
import { writeServerHello } from '../messages/server-hello.ts';
import { Writer } from '../codec/writer.ts';
import { GROUP_CODES } from '../parameters/named-group.ts';
import { TLS13 } from '../parameters/version.ts';
import type { Negotiated } from './negotiated.ts';
import { trustedNames } from './trusted-names.ts';

interface ApplicationSecrets {
  readonly main: KeySchedule;
  readonly application: TrafficSecrets;
}

/** Filled in as the flight goes out. */
export interface FlightSecrets {
  handshake: TrafficSecrets | undefined;
  application: ApplicationSecrets | undefined;
}

export interface FlightParts {
  readonly negotiated: Negotiated;
  readonly earlyData: 'none' | 'accepted' | 'rejected';
  readonly serverRandom: Uint8Array;
  readonly ourKey: Uint8Array;
  readonly secrets: FlightSecrets;
  readonly handshakeKeys: (transcriptHash: Uint8Array) => TrafficSecrets;
  readonly applicationKeys: (transcriptHash: Uint8Array) => ApplicationSecrets;
}

export class ServerFlight13 implements ServerFlight {
  readonly #channel: Channel;
  readonly #parts: FlightParts;

  constructor(channel: Channel, parts: FlightParts) {
    this.#channel = channel;
    this.#parts = parts;
  }

  serverHello(): void {
    const { negotiated, serverRandom, ourKey, secrets, handshakeKeys } = this.#parts;
    const { hello, suite, group, psk, transcript } = negotiated;
    const extensions = [
      extension('key_share', (w) => w.u16(GROUP_CODES[group]).vector(2, ourKey)),
      extension('supported_versions', (w) => w.u16(TLS13)),
    ];
    if (psk !== undefined) extensions.push(extension('pre_shared_key', (w) => w.u16(psk.index)));
    const { sessionId } = hello;
    const fields = { random: serverRandom, sessionId, suite: suite.code, extensions };
    const resumed = psk === undefined ? '' : `; resuming with PSK ${psk.index}`;
    this.#send(writeServerHello(fields), `TLS 1.3; ${suite.name}; ${group}${resumed}`);
    // RFC 8446 §D.4: only a client that sent a session id looks like TLS 1.2.
    if (sessionId.length > 0) this.#channel.sendCompatibilityChangeCipherSpec();
    secrets.handshake = handshakeKeys(transcript.digest());
  }

  encryptedExtensions(): void {
    const { negotiated, earlyData } = this.#parts;
    const { protocol, hello, psk, group, settings } = negotiated;
    const extensions = [];
    // RFC 8446 §4.2.7: next time the client may send a share that suits us better.
    if (settings.groups[0] !== group) {
      const groups = settings.groups.map((name) => GROUP_CODES[name]);
      extensions.push(extension('supported_groups', (w) => w.list16(groups)));
    }
    // RFC 6066 §3: an empty answer says that the name decided; a resumed session keeps its own.
    if (hello.serverName !== undefined && psk === undefined) {
      extensions.push(extension('server_name'));
    }
    if (protocol !== undefined) {
      extensions.push(
        extension('application_layer_protocol_negotiation', (w) => writeProtocols(w, [protocol])),
      );
    }
    if (earlyData === 'accepted') extensions.push(extension('early_data'));
    const writer = new Writer();
    writeExtensions(writer, extensions);
    const message = encodeMessage('EncryptedExtensions', writer.toBytes());
    this.#send(message, protocol === undefined ? '' : `protocol ${protocol}`);
  }

  certificateRequest(): void {
    const { settings, psk } = this.#parts.negotiated;
    if (psk !== undefined || settings.clientAuthentication === 'none') return;
    const message = writeCertificateRequest('TLS 1.3', {
      context: EMPTY_BYTES,
      schemes: settings.schemes.map(({ code }) => code),
      authorities: trustedNames(settings),
    });
    this.#send(message, settings.clientAuthentication);
  }

  certificate(): void {
    const { signing, settings, transcript } = this.#parts.negotiated;
    if (signing === undefined) return;
    const { identity, scheme } = signing;
    const message = writeCertificate('TLS 1.3', { context: EMPTY_BYTES, chain: identity.chain });
    this.#send(message, `${identity.leaf.subjectText}; a chain of ${identity.chain.length}`);
    const content = signedContent('server', transcript.digest());
    const { crypto, random } = settings;
    const signature = crypto.sign(scheme.algorithm, identity.key, content, random);
    this.#send(writeCertificateVerify({ scheme: scheme.code, signature }), scheme.name);
  }

  finished(): void {
    const { negotiated, secrets, applicationKeys } = this.#parts;
    const { transcript, suite, settings } = negotiated;
    invariant(secrets.handshake !== undefined, 'Finished before ServerHello');
    const { server } = secrets.handshake;
    const mac = finishedMac(settings.crypto, suite.hash, server, transcript.digest());
    this.#send(encodeMessage('Finished', mac), '');
    secrets.application = applicationKeys(transcript.digest());
  }

  #send(message: HandshakeMessage, summary: string): void {
    this.#parts.negotiated.transcript.add(message);
    this.#channel.send(message, summary);
  }
}
