/**
 * The published traces of TLS 1.3, octet for octet. Both sides are ours, with the RFC's keys, random
 * values and salts; every record between them, and every field of every step, is compared with what
 * each side has computed. Not ours are only these octets, which then stand in a test by name:
 *
 * - each ClientHello offers extensions that we do not have (record_size_limit, renegotiation_info in
 *   TLS 1.3, padding): the RFC's is parsed, written again by our writer with our key share and binder;
 * - the RFC's server answers two of them in EncryptedExtensions, asks for other signature schemes, and
 *   puts pre_shared_key first in its ServerHello: its message goes out in the place of ours;
 * - its ticket and its cookie are its own secret, and its ticket has another lifetime and nonce;
 * - section 6 tells no private keys: there the signature is taken from the RFC once it verifies for the
 *   very content that our side wants signed.
 */
import { describe, expect, it } from 'vitest';
import { toHex, ZERO_TIME } from '@tcplab/core';
import {
  NOBLE_CRYPTO,
  TicketKeys,
  TlsServer,
  type TlsEvent,
  type TlsSession,
} from '@tcplab/core/tls';
import { Reader } from '../../src/tls/codec/reader.ts';
import { resumptionPsk } from '../../src/tls/keys/key-schedule.ts';
import { Transcript } from '../../src/tls/keys/transcript.ts';
import { readExtensions } from '../../src/tls/messages/extensions.ts';
import {
  readNewSessionTicket,
  writeNewSessionTicket,
} from '../../src/tls/messages/new-session-ticket.ts';
import { CIPHER_SUITES } from '../../src/tls/parameters/cipher-suite.ts';
import { EXTENSION } from '../../src/tls/parameters/extension-type.ts';
import { TLS13 } from '../../src/tls/parameters/version.ts';
import { Refusal } from '../../src/tls/refusal.ts';
import { checkSecondHello, type Retry } from '../../src/tls/server/hello-retry.ts';
import { compareTrace } from './support/compare-trace.ts';
import { observedCrypto } from './support/observed-crypto.ts';
import { helloOf, messageOf, publishedClient } from './support/published-client.ts';
import { PublishedPair, TICKET_AGE } from './support/published-pair.ts';
import { scriptedRandom, testRandom } from './support/random.ts';
import { HAS_TRACES, Trace } from './support/rfc8448.ts';
import { drain, ECDSA_SERVER, eventsOf, reasonsOf } from './support/world.ts';

const PAYLOAD = Uint8Array.from({ length: 50 }, (_, i) => i);

/** All that the trace tells, of both sides. */
function expectAll(pair: PublishedPair): void {
  expect([...reasonsOf(pair.clientEvents), ...reasonsOf(pair.serverEvents)]).toEqual([]);
  for (const side of ['client', 'server'] as const) {
    expect(pair.sent[side].map((r) => toHex(r))).toEqual(
      pair.trace.records(side).map((r) => toHex(r)),
    );
    const compared = compareTrace(pair.trace, pair.witness(side));
    expect(compared.missing.map((missed) => `our ${side} lacks ${missed}`)).toEqual([]);
    expect(compared.fields).toBeGreaterThan(90);
  }
}

const secretsOf = (events: readonly TlsEvent[]): string[] =>
  events.flatMap((e) => (e.kind === 'key log' ? [e.line.replace(/ .* /, ' ')] : [])).sort();

/** What each side gives away for a key log file: the secrets of the trace under their labels. */
function expectKeyLog(pair: PublishedPair, early: readonly [label: string, named: string][]): void {
  const secret = ([label, named]: readonly [string, string]): string => {
    const side = label.includes('EARLY') ? 'client' : 'server';
    return `${label} ${toHex(pair.trace.octets(`${side} derive secret "tls13 ${named}"`, 'expanded'))}`;
  };
  const published = [
    ['CLIENT_HANDSHAKE_TRAFFIC_SECRET', 'c hs traffic'] as const,
    ['SERVER_HANDSHAKE_TRAFFIC_SECRET', 's hs traffic'] as const,
    ['CLIENT_TRAFFIC_SECRET_0', 'c ap traffic'] as const,
    ['SERVER_TRAFFIC_SECRET_0', 's ap traffic'] as const,
    ['EXPORTER_SECRET', 'exp master'] as const,
    ...early,
  ].map(secret);
  expect(secretsOf(pair.clientEvents)).toEqual(published.sort());
  expect(secretsOf(pair.serverEvents)).toEqual(published.sort());
}

/** The message's extensions by number, in the order of the wire. */
function extensionsAt(message: Uint8Array, at: number): [number, string][] {
  const extensions = readExtensions(new Reader(message.subarray(at)));
  if (extensions instanceof Refusal) throw new Error(extensions.sentence);
  return [...extensions].map(([type, data]) => [type, toHex(data)]);
}

const RECORD_SIZE_LIMIT = 28;

/** The RFC's server tells its groups and its limit of a record as well; the rest is what ours says. */
function expectMoreExtensions(pair: PublishedPair, ...alsoMore: number[]): void {
  const { ours, published } = pair.published.replaced.get('EncryptedExtensions')!;
  const more = new Set([EXTENSION.supported_groups, RECORD_SIZE_LIMIT, ...alsoMore]);
  const rest = extensionsAt(published, 4).filter(([type]) => !more.has(type));
  expect(extensionsAt(ours, 4)).toEqual(rest);
}

function close(pair: PublishedPair): void {
  pair.client.close();
  pair.run();
  pair.server.close();
  pair.run();
  expect([pair.client.isClosed, pair.server.isClosed]).toEqual([true, true]);
}

/** The ticket of the trace through our writer. */
function ticketOf(trace: Trace): ReturnType<typeof writeNewSessionTicket> {
  const bytes = trace.octets('server construct a NewSessionTicket', 'NewSessionTicket');
  const ticket = readNewSessionTicket(messageOf(bytes));
  if (ticket instanceof Refusal) throw new Error(ticket.sentence);
  return writeNewSessionTicket(ticket);
}

/** Section 3 to its end, which is the beginning of section 4. */
function simpleHandshake(): PublishedPair {
  const pair = new PublishedPair(3).run();
  pair.published.channel.send(ticketOf(pair.trace));
  // The PSK of the ticket, as our server makes it; its nonce is not what ours would draw.
  const main = pair.trace.octets('client derive secret "tls13 res master"', 'expanded');
  resumptionPsk(observedCrypto(pair.serverSeen), 'SHA-256', main, Uint8Array.of(0, 0));
  pair.run();
  pair.client.send(PAYLOAD);
  pair.run();
  pair.server.send(PAYLOAD);
  pair.run();
  close(pair);
  return pair;
}

function sessionOf(pair: PublishedPair): TlsSession {
  const ticket = pair.clientEvents.find((event) => event.kind === 'ticket');
  if (ticket?.kind !== 'ticket') throw new Error('no ticket came');
  return ticket.session;
}

/** Opens the ticket of the trace as if this server had sealed it. */
class PublishedTickets extends TicketKeys {
  readonly #session: TlsSession;

  constructor(session: TlsSession) {
    super(testRandom(1));
    this.#session = session;
  }

  override open(ticket: Uint8Array): ReturnType<TicketKeys['open']> {
    if (toHex(ticket) !== toHex(this.#session.ticket)) return undefined;
    return { ...this.#session, version: 0x0304, issuedAt: ZERO_TIME };
  }
}

describe.skipIf(!HAS_TRACES)('RFC 8448, skipped where its text is not at hand', () => {
  it.each([3, 4, 5, 6, 7])('§%i is read whole: as many octets as it announces', (section) => {
    const { steps, announced } = new Trace(section);
    const octets = steps.flatMap(({ fields }) => [...fields.values()].map(({ length }) => length));
    expect(octets.reduce((sum, length) => sum + length, 0)).toBe(announced);
  });

  it('§3: a simple handshake, a ticket, data both ways and both closes', () => {
    const pair = simpleHandshake();
    expectAll(pair);
    expectKeyLog(pair, []);
    expect([...pair.published.replaced.keys()]).toEqual(['EncryptedExtensions']);
    expectMoreExtensions(pair);
    expect(sessionOf(pair)).toMatchObject({ lifetimeSeconds: 30, maxEarlyData: 1_024 });
  });

  it('§3: the ServerHello comes so from a TlsServer that is told nothing but two random values', () => {
    const trace = new Trace(3);
    const published = trace.octets('server construct a ServerHello', 'ServerHello');
    const secret = trace.octets('server create an ephemeral x25519', 'private key');
    const random = scriptedRandom(published.slice(6, 38), secret);
    const server = new TlsServer({ random, identities: [ECDSA_SERVER] });
    server.handleInput(trace.records('client')[0]!, ZERO_TIME);
    expect(toHex(drain(server)).startsWith(toHex(trace.records('server')[0]!))).toBe(true);
    const label = 'server derive secret "tls13 c hs traffic"';
    const line = `CLIENT_HANDSHAKE_TRAFFIC_SECRET ${toHex(trace.octets(label, 'expanded'))}`;
    expect(secretsOf(eventsOf(server))).toContain(line);
  });

  it('§4: resumption, six milliseconds after the ticket, with early data', () => {
    const session = sessionOf(simpleHandshake());
    const trace = new Trace(4);
    const earlyData = trace.octets('client send application_data record', 'payload');
    const pair = new PublishedPair(4, {
      session,
      now: TICKET_AGE,
      client: { session, earlyData },
      server: { tickets: new PublishedTickets(session), maxEarlyData: 1_024 },
    }).run();
    pair.client.send(PAYLOAD);
    pair.run();
    pair.server.send(PAYLOAD);
    pair.run();
    close(pair);
    expectAll(pair);
    expectKeyLog(pair, [
      ['CLIENT_EARLY_TRAFFIC_SECRET', 'c e traffic'],
      ['EARLY_EXPORTER_SECRET', 'e exp master'],
    ]);
    expect(pair.client.established).toMatchObject({ resumed: true, earlyData: 'accepted' });
    expect([...pair.published.replaced.keys()]).toEqual(['ServerHello', 'EncryptedExtensions']);
    // RFC 6066 §3: a resumed session needs no answer to the name; the RFC's server gives one all the same.
    expectMoreExtensions(pair, EXTENSION.server_name);
    const { ours, published } = pair.published.replaced.get('ServerHello')!;
    expect(extensionsAt(ours, 42).sort()).toEqual(extensionsAt(published, 42).sort());
  });

  it('§5: a HelloRetryRequest for P-256 with a cookie', () => {
    const pair = new PublishedPair(5, { group: 'P-256' }).run();
    close(pair);
    expectAll(pair);
    expectKeyLog(pair, []);
    expect([...pair.published.replaced.keys()]).toEqual(['EncryptedExtensions']);
    expectMoreExtensions(pair);
  });

  it('§5: the request makes our client offer that group, with the same key and cookie', () => {
    const trace = new Trace(5);
    const [first, second] = trace.records('client').map((record) => record.slice(5));
    const [one, other] = [0, 1].map((nth) =>
      scriptedRandom(trace.octets('client create an ephemeral', 'private key', nth)),
    );
    const key = NOBLE_CRYPTO.agreementKey('X25519', one!);
    const options = {
      random: other!,
      keyShares: ['X25519'],
      middleboxCompatibility: false,
    } as const;
    const { client } = publishedClient({ hello: first!, key, now: ZERO_TIME, options });
    expect(toHex(drain(client))).toBe(toHex(trace.records('client')[0]!));
    client.handleInput(trace.records('server')[0]!, ZERO_TIME);
    const ours = helloOf(messageOf(drain(client).slice(5)));
    const published = helloOf(messageOf(second!));
    for (const type of [EXTENSION.key_share, EXTENSION.cookie]) {
      expect(ours.extensions.get(type)).toEqual(published.extensions.get(type));
    }
  });

  it('§5: our server takes the second ClientHello for the first with just that changed', () => {
    const trace = new Trace(5);
    const [first, second] = trace
      .messages('client')
      .slice(0, 2)
      .map((bytes) => helloOf(messageOf(bytes)));
    const suite = CIPHER_SUITES[0]!;
    const transcript = new Transcript(NOBLE_CRYPTO);
    const retry: Retry = {
      first: first!,
      suite,
      group: 'P-256',
      cookie: second!.cookie!,
      transcript,
    };
    expect(checkSecondHello(retry, second!, TLS13)).toBeUndefined();
    expect(checkSecondHello({ ...retry, group: 'X25519' }, second!, TLS13)?.alert).toBe(
      'illegal_parameter',
    );
  });

  it('§6: client authentication', () => {
    const [trusted] = new PublishedPair(6).chainOf('client')!;
    const demand = { clientAuthentication: 'require', trust: [trusted!] } as const;
    const pair = new PublishedPair(6, { server: demand }).run();
    close(pair);
    expectAll(pair);
    expectKeyLog(pair, []);
    expect(pair.server.established?.peerChain.map((der) => toHex(der))).toEqual([toHex(trusted!)]);
    expect(pair.server.established?.signatureScheme).toBe('ecdsa_secp256r1_sha256');
    const names = ['EncryptedExtensions', 'CertificateRequest'];
    expect([...pair.published.replaced.keys()]).toEqual(names);
    expectMoreExtensions(pair);
  });

  it('§7: compatibility mode, with a session id and change_cipher_spec from both', () => {
    const pair = new PublishedPair(7).run();
    close(pair);
    expectAll(pair);
    expectKeyLog(pair, []);
    expect([...pair.published.replaced.keys()]).toEqual(['EncryptedExtensions']);
    expectMoreExtensions(pair);
  });
});
