/** The published traces of TLS 1.3, octet for octet: our endpoints with the RFC's keys and randomness. */
import { describe, expect, it } from 'vitest';
import { concatBytes, toHex, ZERO_TIME, type Micros } from '@tcplab/core';
import {
  NOBLE_CRYPTO,
  TlsServer,
  type AgreementKey,
  type GroupName,
  type TlsClientOptions,
  type TlsEvent,
  type TlsSession,
} from '@tcplab/core/tls';
import { clientSettingsOf } from '../../src/tls/client/client-settings.ts';
import type { Offer } from '../../src/tls/client/offer.ts';
import { WaitServerHello } from '../../src/tls/client/wait-server-hello.ts';
import { Channel } from '../../src/tls/endpoint/channel.ts';
import { TlsEndpoint } from '../../src/tls/endpoint/endpoint.ts';
import { provideEarlyKeys } from '../../src/tls/endpoint/traffic-13.ts';
import { KeySchedule } from '../../src/tls/keys/key-schedule.ts';
import { Transcript } from '../../src/tls/keys/transcript.ts';
import { withoutBinders } from '../../src/tls/messages/client-hello-extensions.ts';
import { readClientHello } from '../../src/tls/messages/client-hello.ts';
import type { HandshakeMessage } from '../../src/tls/messages/message.ts';
import { CIPHER_SUITES } from '../../src/tls/parameters/cipher-suite.ts';
import { CONTENT } from '../../src/tls/record/record.ts';
import { Refusal } from '../../src/tls/refusal.ts';
import { scriptedRandom, testRandom } from './support/random.ts';
import { HAS_TRACES, Trace } from './support/rfc8448.ts';
import { clientOptions, drain, ECDSA_SERVER, eventsOf, reasonsOf } from './support/world.ts';

const SUITE = CIPHER_SUITES[0]!;
const PAYLOAD = Uint8Array.from({ length: 50 }, (_, i) => i);

function messageOf(bytes: Uint8Array): HandshakeMessage {
  return { type: bytes[0]!, body: bytes.subarray(4), bytes };
}

interface Known {
  readonly hello: Uint8Array;
  readonly key: AgreementKey;
  readonly session?: TlsSession;
  /** What the transcript holds before the ClientHello. */
  readonly before?: (transcript: Transcript) => void;
  readonly options?: Partial<TlsClientOptions>;
}

/** A client that has sent the RFC's ClientHello with the RFC's key. */
function clientWith({ hello, key, session, before, options }: Known): TlsEndpoint {
  const settings = clientSettingsOf(
    clientOptions({
      versions: ['TLS 1.3'],
      insecure: true,
      serverName: 'server',
      middleboxCompatibility: false,
      ...options,
    }),
  );
  const message = messageOf(hello);
  const parsed = readClientHello(message);
  if (parsed instanceof Refusal) throw new Error(parsed.sentence);
  const transcript = new Transcript(settings.crypto);
  before?.(transcript);
  transcript.add(message);
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
  const channel = new Channel('client', settings);
  channel.clientRandom = parsed.random;
  channel.writer.handshake(hello);
  expect(toHex(channel.writer.poll()!.subarray(5))).toBe(toHex(hello));
  if (parsed.earlyData && session !== undefined) {
    const early = KeySchedule.early(settings.crypto, SUITE.hash, session.secret);
    provideEarlyKeys(channel, SUITE, early, transcript.digestWith(SUITE.hash));
    channel.follow('send ClientHello with early data');
    channel.writer.write(CONTENT.application_data, settings.earlyData!);
  } else {
    channel.follow('send ClientHello');
  }
  const retrySuite = before === undefined ? undefined : SUITE;
  return new TlsEndpoint(channel, () => new WaitServerHello(channel, offer, retrySuite));
}

function keyOf(trace: Trace, group: GroupName, nth = 0): AgreementKey {
  const title = `client create an ephemeral ${group.toLowerCase().replace('p-', 'P-')}`;
  const secret = trace.octets(title, 'private key', nth);
  return NOBLE_CRYPTO.agreementKey(group, scriptedRandom(secret));
}

const lineOf = (events: readonly TlsEvent[], label: string): string | undefined =>
  events.flatMap((e) => (e.kind === 'key log' ? [e.line] : [])).find((l) => l.startsWith(label));

function expectLine(events: readonly TlsEvent[], label: string, secret: Uint8Array): void {
  expect(lineOf(events, label)?.split(' ')[2]).toBe(toHex(secret));
}

describe.skipIf(!HAS_TRACES)('RFC 8448 §3: a simple handshake', () => {
  const trace = new Trace(3);
  const hello = HAS_TRACES
    ? trace.octets('client construct a ClientHello', 'ClientHello')
    : PAYLOAD;

  it('the client sends the published records, and reads the published ones', () => {
    const client = clientWith({ hello, key: keyOf(trace, 'X25519') });
    client.handleInput(trace.octets('server send handshake record', 'complete record'), ZERO_TIME);
    client.handleInput(
      trace.octets('server send handshake record', 'complete record', 1),
      ZERO_TIME,
    );
    const events = eventsOf(client);
    expect(reasonsOf(events)).toEqual([]);
    expect(client.state).toBe('CONNECTED');
    const finished = trace.octets('client send handshake record', 'complete record', 1);
    expect(toHex(drain(client))).toBe(toHex(finished));
    const secret = (label: string) =>
      trace.octets(`server derive secret "tls13 ${label}"`, 'expanded');
    expectLine(events, 'CLIENT_HANDSHAKE_TRAFFIC_SECRET', secret('c hs traffic'));
    expectLine(events, 'SERVER_HANDSHAKE_TRAFFIC_SECRET', secret('s hs traffic'));
    expectLine(events, 'CLIENT_TRAFFIC_SECRET_0', secret('c ap traffic'));
    expectLine(events, 'SERVER_TRAFFIC_SECRET_0', secret('s ap traffic'));
    expectLine(events, 'EXPORTER_SECRET', secret('exp master'));
    // The ticket, the data and the close of both sides.
    client.handleInput(
      trace.octets('server send handshake record', 'complete record', 2),
      ZERO_TIME,
    );
    const ticket = eventsOf(client).find((event) => event.kind === 'ticket');
    const psk = trace.octets('server generate resumption secret', 'expanded');
    expect(ticket?.kind === 'ticket' && toHex(ticket.session.secret)).toBe(toHex(psk));
    client.send(PAYLOAD);
    const sent = trace.octets('client send application_data record', 'complete record');
    expect(toHex(drain(client))).toBe(toHex(sent));
    client.handleInput(trace.octets('server send application_data', 'complete record'), ZERO_TIME);
    client.handleInput(trace.octets('server send alert record', 'complete record'), ZERO_TIME);
    expect(eventsOf(client)).toEqual([
      { kind: 'records', records: 1, bytes: 72, handshake: 0, data: 50 },
      { kind: 'application data', data: PAYLOAD, early: false },
      { kind: 'close_notify', direction: 'received' },
    ]);
    client.close();
    const alert = trace.octets('client send alert record', 'complete record');
    expect(toHex(drain(client))).toBe(toHex(alert));
  });

  it('the server answers with the published ServerHello and secrets', () => {
    const serverHello = trace.octets('server construct a ServerHello', 'ServerHello');
    const secret = trace.octets('server create an ephemeral x25519', 'private key');
    const random = scriptedRandom(serverHello.slice(6, 38), secret);
    const server = new TlsServer({ random, identities: [ECDSA_SERVER] });
    server.handleInput(trace.octets('client send handshake record', 'complete record'), ZERO_TIME);
    const published = trace.octets('server send handshake record', 'complete record');
    expect(toHex(drain(server)).startsWith(toHex(published))).toBe(true);
    const events = eventsOf(server);
    const label = 'server derive secret "tls13 c hs traffic"';
    expectLine(events, 'CLIENT_HANDSHAKE_TRAFFIC_SECRET', trace.octets(label, 'expanded'));
  });
});

describe.skipIf(!HAS_TRACES)('RFC 8448 §4: resumption with early data', () => {
  const trace = new Trace(4);
  const first = new Trace(3);

  it('the binder, the early data and the whole flight are the published ones', () => {
    const record = trace.octets('client send handshake record', 'complete record');
    const hello = record.slice(5);
    const parsed = readClientHello(messageOf(hello));
    if (parsed instanceof Refusal) throw new Error(parsed.sentence);
    const psk = first.octets('server generate resumption secret', 'expanded');
    const early = KeySchedule.early(NOBLE_CRYPTO, 'SHA-256', psk);
    const covered = new Transcript(NOBLE_CRYPTO);
    const digest = covered.digestWith('SHA-256', withoutBinders(parsed.message, parsed.psk!));
    expect(toHex(early.binder(digest))).toBe(toHex(parsed.psk!.binders[0]!));

    const session: TlsSession = {
      version: 'TLS 1.3',
      suite: SUITE.code,
      secret: psk,
      ticket: parsed.psk!.identities[0]!.identity,
      ageAdd: 0,
      receivedAt: 0 as Micros,
      lifetimeSeconds: 30,
      maxEarlyData: 1_024,
      serverName: 'server',
      protocol: undefined,
      extendedMasterSecret: true,
      peerChain: [],
    };
    const earlyData = trace.octets('client send application_data record', 'payload');
    const key = keyOf(trace, 'X25519');
    const client = clientWith({ hello, key, session, options: { session, earlyData } });
    const sentEarly = trace.octets('client send application_data record', 'complete record');
    expect(toHex(drain(client))).toBe(toHex(sentEarly));
    client.handleInput(trace.octets('server send handshake record', 'complete record'), ZERO_TIME);
    client.handleInput(
      trace.octets('server send handshake record', 'complete record', 1),
      ZERO_TIME,
    );
    const events = eventsOf(client);
    expect(reasonsOf(events)).toEqual([]);
    expect(client.established).toMatchObject({ resumed: true, earlyData: 'accepted' });
    const flight = concatBytes([
      trace.octets('client send handshake record', 'complete record', 1),
      trace.octets('client send handshake record', 'complete record', 2),
    ]);
    expect(toHex(drain(client))).toBe(toHex(flight));
    const label = 'client derive secret "tls13 e exp master"';
    expectLine(events, 'EARLY_EXPORTER_SECRET', trace.octets(label, 'expanded'));
    client.send(PAYLOAD);
    const sent = trace.octets('client send application_data record', 'complete record', 1);
    expect(toHex(drain(client))).toBe(toHex(sent));
  });
});

describe.skipIf(!HAS_TRACES)('RFC 8448 §5: a HelloRetryRequest', () => {
  const trace = new Trace(5);

  it('the transcript with the first hello as its hash leads to the published Finished', () => {
    const client = clientWith({
      hello: trace.octets('client send handshake record', 'payload', 1),
      key: keyOf(trace, 'P-256'),
      before: (transcript) => {
        transcript.add(messageOf(trace.octets('client send handshake record', 'payload')));
        transcript.replaceByHash('SHA-256');
        transcript.add(messageOf(trace.octets('server send handshake record', 'payload')));
      },
    });
    client.handleInput(
      trace.octets('server send handshake record', 'complete record', 1),
      ZERO_TIME,
    );
    client.handleInput(
      trace.octets('server send handshake record', 'complete record', 2),
      ZERO_TIME,
    );
    expect(reasonsOf(eventsOf(client))).toEqual([]);
    const finished = trace.octets('client send handshake record', 'complete record', 2);
    expect(toHex(drain(client))).toBe(toHex(finished));
  });

  it('the client answers the published request with that group and that cookie', () => {
    const hello = trace.octets('client send handshake record', 'payload');
    const options = { random: testRandom(3), keyShares: ['X25519'] } as const;
    const client = clientWith({ hello, key: keyOf(trace, 'X25519'), options });
    client.handleInput(trace.octets('server send handshake record', 'complete record'), ZERO_TIME);
    expect(reasonsOf(eventsOf(client))).toEqual([]);
    const second = readClientHello(messageOf(drain(client).slice(5)));
    const published = readClientHello(
      messageOf(trace.octets('client send handshake record', 'payload', 1)),
    );
    if (second instanceof Refusal || published instanceof Refusal) throw new Error('no hello');
    expect(second.cookie).toEqual(published.cookie);
    expect(second.keyShares?.map(({ group }) => group)).toEqual([0x17]);
  });
});

describe.skipIf(!HAS_TRACES)('RFC 8448 §7: compatibility mode', () => {
  const trace = new Trace(7);

  it('change_cipher_spec on both sides, and the published Finished', () => {
    const hello = trace.octets('client send handshake record', 'payload');
    const options = { middleboxCompatibility: true };
    const client = clientWith({ hello, key: keyOf(trace, 'X25519'), options });
    const serverRecords = ['handshake', 'change_cipher_spec'].map((kind) =>
      trace.octets(`server send ${kind} record`, 'complete record'),
    );
    const flight = trace.octets('server send handshake record', 'complete record', 1);
    client.handleInput(concatBytes([...serverRecords, flight]), ZERO_TIME);
    expect(reasonsOf(eventsOf(client))).toEqual([]);
    const finished = trace.octets('client send handshake record', 'complete record', 1);
    expect(toHex(drain(client))).toBe(`140303000101${toHex(finished)}`);
  });
});
