/** A client that starts with the ClientHello of a trace; from then on it is our own. */
import { concatBytes, EMPTY_BYTES, toHex, type Micros } from '@tcplab/core';
import type { AgreementKey, TlsClientOptions, TlsSession } from '@tcplab/core/tls';
import { clientSettingsOf } from '../../../src/tls/client/client-settings.ts';
import type { Offer } from '../../../src/tls/client/offer.ts';
import { suiteOfSession, writeBoundClientHello } from '../../../src/tls/client/resumption.ts';
import { WaitServerHello } from '../../../src/tls/client/wait-server-hello.ts';
import { Channel } from '../../../src/tls/endpoint/channel.ts';
import { TlsEndpoint } from '../../../src/tls/endpoint/endpoint.ts';
import { provideEarlyKeys } from '../../../src/tls/endpoint/traffic-13.ts';
import { KeySchedule } from '../../../src/tls/keys/key-schedule.ts';
import { Transcript } from '../../../src/tls/keys/transcript.ts';
import {
  readClientHello,
  writeClientHello,
  type ClientHello,
} from '../../../src/tls/messages/client-hello.ts';
import type { HandshakeMessage } from '../../../src/tls/messages/message.ts';
import { CIPHER_SUITES } from '../../../src/tls/parameters/cipher-suite.ts';
import { EXTENSION } from '../../../src/tls/parameters/extension-type.ts';
import { CONTENT } from '../../../src/tls/record/record.ts';
import { Refusal } from '../../../src/tls/refusal.ts';
import { clientOptions } from './world.ts';

export interface ClientStart {
  /** The ClientHello with its key and, to resume, its session. */
  readonly hello: Uint8Array;
  readonly key: AgreementKey;
  readonly session?: TlsSession;
  readonly now: Micros;
  readonly options: Partial<TlsClientOptions>;
  /** After a HelloRetryRequest: the first ClientHello and the request. */
  readonly before?: readonly [first: Uint8Array, request: Uint8Array];
}

export interface PublishedClient {
  readonly client: TlsEndpoint;
  /** The record of the first ClientHello, where there were two. */
  readonly first: Uint8Array;
}

export function publishedClient(start: ClientStart): PublishedClient {
  const { hello, key, session, before, now } = start;
  const options = { versions: ['TLS 1.3'], insecure: true, serverName: 'server' } as const;
  const settings = clientSettingsOf(clientOptions({ ...options, ...start.options }));
  const transcript = new Transcript(settings.crypto);
  const channel = new Channel('client', settings);
  channel.now = now;
  const first = before === undefined ? EMPTY_BYTES : followRequest(channel, transcript, before);
  const parsed = helloOf(messageOf(hello));
  const message = writeAgain(start, parsed, transcript);
  transcript.add(message);
  channel.clientRandom = parsed.random;
  channel.send(message);
  const offer: Offer = {
    settings,
    random: parsed.random,
    sessionId: parsed.sessionId,
    keyShares: [key],
    session,
    earlyData: parsed.earlyData ? 'sent' : 'none',
    offered: new Set(parsed.extensions.keys()),
    message,
    transcript,
  };
  if (parsed.earlyData) {
    const suite = suiteOfSession(session!);
    const early = KeySchedule.early(settings.crypto, suite.hash, session!.secret);
    provideEarlyKeys(channel, suite, early, transcript.digestWith(suite.hash));
    channel.follow('send ClientHello with early data');
    channel.writer.write(CONTENT.application_data, settings.earlyData!);
  } else {
    channel.follow('send ClientHello');
  }
  const retrySuite = before === undefined ? undefined : CIPHER_SUITES[0]!;
  const start13 = (): WaitServerHello => new WaitServerHello(channel, offer, retrySuite);
  return { client: new TlsEndpoint(channel, start13), first };
}

/** The parsed hello through our own writer, with our key share and our binder. */
function writeAgain(
  { key, session, now, options }: ClientStart,
  parsed: ClientHello,
  transcript: Transcript,
): HandshakeMessage {
  const [share] = parsed.keyShares!;
  if (toHex(share!.key) !== toHex(key.publicKey))
    throw new Error('the key is not that of the hello');
  const { random, sessionId, suites } = parsed;
  const extensions = [...parsed.extensions]
    .filter(([type]) => type !== EXTENSION.pre_shared_key)
    .map(([type, data]) => ({ type, data }));
  const fields = { random, sessionId, suites, extensions };
  return session === undefined
    ? writeClientHello(fields)
    : writeBoundClientHello(options.crypto!, fields, session, { transcript, now });
}

/** Sends the first ClientHello, and takes the request for another. */
function followRequest(
  channel: Channel,
  transcript: Transcript,
  [first, request]: readonly [Uint8Array, Uint8Array],
): Uint8Array {
  transcript.add(messageOf(first));
  channel.send(messageOf(first));
  const record = channel.writer.poll()!;
  channel.follow('send ClientHello');
  channel.follow('recv HelloRetryRequest');
  transcript.replaceByHash('SHA-256');
  transcript.add(messageOf(request));
  return record;
}

export function helloOf(message: HandshakeMessage): ClientHello {
  const parsed = readClientHello(message);
  if (parsed instanceof Refusal) throw new Error(parsed.sentence);
  return parsed;
}

export function messageOf(bytes: Uint8Array): HandshakeMessage {
  return { type: bytes[0]!, body: bytes.subarray(4), bytes: concatBytes([bytes, EMPTY_BYTES]) };
}
