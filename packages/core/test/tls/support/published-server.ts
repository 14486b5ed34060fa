/**
 * Our server with the octets of a trace on the wire: where the RFC's server writes another message
 * than ours (other extensions, or in another order), the RFC's goes out and into the transcript.
 */
import { EMPTY_BYTES, toHex, type Micros } from '@tcplab/core';
import type { TlsServerOptions } from '@tcplab/core/tls';
import { Channel } from '../../../src/tls/endpoint/channel.ts';
import { TlsEndpoint } from '../../../src/tls/endpoint/endpoint.ts';
import type { Phase } from '../../../src/tls/endpoint/phase.ts';
import { Transcript } from '../../../src/tls/keys/transcript.ts';
import type { HandshakeMessage } from '../../../src/tls/messages/message.ts';
import { CIPHER_SUITES } from '../../../src/tls/parameters/cipher-suite.ts';
import { HANDSHAKE, handshakeText } from '../../../src/tls/parameters/handshake-type.ts';
import { Refusal } from '../../../src/tls/refusal.ts';
import { chooseIdentity } from '../../../src/tls/server/choose-identity.ts';
import { choosePsk } from '../../../src/tls/server/choose-psk.ts';
import { sendServerFlight } from '../../../src/tls/server/send-server-flight.ts';
import { serverSettingsOf, type ServerSettings } from '../../../src/tls/server/server-settings.ts';
import { helloOf, messageOf } from './published-client.ts';
import { serverOptions } from './world.ts';

/** Messages of ours in whose place the RFC's went, by name. */
export type Replaced = Map<string, { readonly ours: Uint8Array; readonly published: Uint8Array }>;

export interface ServerStart {
  /** The messages that the RFC's server sends after its HelloRetryRequest, if any. */
  readonly published: readonly Uint8Array[];
  readonly options: Partial<TlsServerOptions>;
  readonly now: Micros;
  /** The first ClientHello and the request that answers it. */
  readonly before?: readonly [first: Uint8Array, request: Uint8Array];
}

export interface PublishedServer {
  readonly server: TlsEndpoint;
  readonly channel: Channel;
  readonly replaced: Replaced;
  /** The record of the HelloRetryRequest, where there was one. */
  readonly request: Uint8Array;
}

export function publishedServer(start: ServerStart): PublishedServer {
  const settings = serverSettingsOf(serverOptions({ ticketCount: 0, ...start.options }));
  const wire = new Wire(start.published, start.before?.[1]);
  const channel = new PublishedChannel(settings, wire);
  channel.now = start.now;
  const transcript = new PublishedTranscript(settings, wire);
  const { before } = start;
  const request = before === undefined ? EMPTY_BYTES : sendRequest(channel, transcript, before);
  const server = new TlsEndpoint(channel, () => new PublishedStart(channel, settings, transcript));
  return { server, channel, replaced: wire.replaced, request };
}

class Wire {
  readonly replaced: Replaced = new Map();
  readonly #published: ReadonlyMap<number, Uint8Array>;
  readonly #request: string | undefined;

  constructor(published: readonly Uint8Array[], request: Uint8Array | undefined) {
    this.#published = new Map(published.map((bytes) => [bytes[0]!, bytes]));
    this.#request = request && toHex(request);
  }

  instead(ours: HandshakeMessage): HandshakeMessage {
    const published = this.#published.get(ours.type);
    // A HelloRetryRequest has the type of the ServerHello, and is already the RFC's.
    if (toHex(ours.bytes) === this.#request) return ours;
    if (published === undefined || toHex(published) === toHex(ours.bytes)) return ours;
    this.replaced.set(handshakeText(ours.type), { ours: ours.bytes, published });
    return messageOf(published);
  }
}

class PublishedChannel extends Channel {
  readonly #wire: Wire;

  constructor(settings: ServerSettings, wire: Wire) {
    super('server', settings);
    this.#wire = wire;
  }

  override send(message: HandshakeMessage, summary?: string): void {
    super.send(this.#wire.instead(message), summary);
  }
}

class PublishedTranscript extends Transcript {
  readonly #wire: Wire;
  #flightIsSent = false;

  constructor(settings: ServerSettings, wire: Wire) {
    super(settings.crypto);
    this.#wire = wire;
  }

  override add(message: HandshakeMessage): void {
    // What follows our Finished is the client's: also a Certificate, but not to be replaced.
    super.add(this.#flightIsSent ? message : this.#wire.instead(message));
    this.#flightIsSent ||= message.type === HANDSHAKE.Finished;
  }
}

/** START, with the decisions that every trace needs; the flight itself is that of the real server. */
class PublishedStart implements Phase {
  readonly state = 'START';
  readonly takes = 'handshake';
  readonly #channel: Channel;
  readonly #settings: ServerSettings;
  readonly #transcript: Transcript;

  constructor(channel: Channel, settings: ServerSettings, transcript: Transcript) {
    this.#channel = channel;
    this.#settings = settings;
    this.#transcript = transcript;
  }

  receive(message: HandshakeMessage): Phase | Refusal {
    const channel = this.#channel;
    const settings = this.#settings;
    const transcript = this.#transcript;
    const hello = helloOf(message);
    const suite = CIPHER_SUITES[0]!;
    channel.clientRandom = hello.random;
    channel.version = 'TLS 1.3';
    const psk = choosePsk(channel, { settings, hello, suite, transcript });
    if (psk instanceof Refusal) return psk;
    const signing = psk ? undefined : chooseIdentity(settings, 'TLS 1.3', hello);
    transcript.start(suite.hash);
    transcript.add(message);
    channel.follow('recv ClientHello');
    channel.follow('select parameters');
    const group = settings.groups[0]!;
    const clientShare = hello.keyShares![0]!.key;
    const known = { settings, hello, suite, group, clientShare, transcript, psk, signing };
    return sendServerFlight(channel, { ...known, protocol: undefined, lostEarlyData: false });
  }
}

function sendRequest(
  channel: Channel,
  transcript: Transcript,
  [first, request]: readonly [Uint8Array, Uint8Array],
): Uint8Array {
  transcript.add(messageOf(first));
  transcript.replaceByHash('SHA-256');
  transcript.add(messageOf(request));
  channel.writer.handshake(request);
  const record = channel.writer.poll()!;
  channel.follow('recv ClientHello');
  channel.follow('send HelloRetryRequest');
  return record;
}
