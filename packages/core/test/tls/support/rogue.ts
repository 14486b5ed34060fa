/** One side of a TLS 1.3 connection that knows all keys and sends whatever a test wants. */
import { concatBytes, EMPTY_BYTES, fromHex, readU16, readU24, ZERO_TIME } from '@tcplab/core';
import {
  CIPHER_SUITES,
  NOBLE_CRYPTO,
  TlsClient,
  TlsServer,
  type TlsClientOptions,
  type TlsEndpoint,
  type TlsEvent,
  type TlsServerOptions,
} from '@tcplab/core/tls';
import { Opener13, Sealer13 } from '../../../src/tls/record/protection-13.ts';
import { Refusal } from '../../../src/tls/refusal.ts';
import { alertsOf, clientOptions, drain, eventsOf, serverOptions } from './world.ts';

const SUITE = CIPHER_SUITES[0]!;

/** The victim of the test, and what it was told so far. */
export class Victim {
  readonly endpoint: TlsEndpoint;
  readonly events: TlsEvent[] = [];
  #sealer: Sealer13 | undefined;

  constructor(endpoint: TlsEndpoint) {
    this.endpoint = endpoint;
  }

  /** Takes the key with this label from the victim's own key log. */
  sealWith(label: string, suite = SUITE.name): this {
    const named = CIPHER_SUITES.find(({ name }) => name === suite)!;
    this.#sealer = new Sealer13(NOBLE_CRYPTO, named, secretOf(this.events, label));
    return this;
  }

  /** Sends records as they are. */
  send(bytes: Uint8Array): this {
    this.endpoint.handleInput(bytes, ZERO_TIME);
    this.events.push(...eventsOf(this.endpoint));
    return this;
  }

  /** Sends protected records of this type, one for each fragment. */
  seal(type: number, ...fragments: Uint8Array[]): this {
    for (const fragment of fragments) this.send(this.#sealer!.seal(type, fragment, 0));
    return this;
  }

  /** Sends one protected record with zeros behind its content. */
  sealPadded(type: number, fragment: Uint8Array, zeros: number): this {
    return this.send(this.#sealer!.seal(type, fragment, zeros));
  }

  /** Sends one protected record with a bit changed, counted from its start or its end. */
  sealChanged(type: number, fragment: Uint8Array, at: number): this {
    const bytes = this.#sealer!.seal(type, fragment, 0);
    bytes[at < 0 ? bytes.length + at : at]! ^= 1;
    return this.send(bytes);
  }

  /** The alerts, or the state where there are none. */
  get outcome(): string {
    return alertsOf(this.events).join() || this.endpoint.state;
  }

  /** Why the last alert was sent. */
  get rule(): string | undefined {
    return this.events.flatMap((e) => (e.kind === 'alert' ? [e.cause.rule.id] : [])).at(-1);
  }
}

export interface RogueServer {
  readonly victim: Victim;
  /** The messages that a true server sends after its ServerHello. */
  readonly flight: readonly Uint8Array[];
}

/** A client in WAIT_EE; the test says what follows, under the server's handshake key. */
export function clientAfterServerHello(
  client: Partial<TlsClientOptions> = {},
  server: Partial<TlsServerOptions> = {},
): RogueServer {
  const suites = [SUITE.name];
  const victim = new Victim(new TlsClient(clientOptions({ suites, ...client })));
  const honest = new TlsServer(serverOptions(server));
  honest.handleInput(drain(victim.endpoint), ZERO_TIME);
  const records = recordsOf(drain(honest));
  const isPlain = (bytes: Uint8Array): boolean => bytes[0] !== 23;
  victim.send(concatBytes(records.filter(isPlain))).sealWith('SERVER_HANDSHAKE_TRAFFIC_SECRET');
  return { victim, flight: flightOf(victim, records) };
}

/** The messages under the server's handshake key, which the client knows by now. */
export function flightOf({ events }: Victim, records: readonly Uint8Array[]): Uint8Array[] {
  const isProtected = records.filter((bytes) => bytes[0] === 23);
  return openFlight(isProtected, secretOf(events, 'SERVER_HANDSHAKE_TRAFFIC_SECRET'));
}

export interface RogueClient {
  readonly victim: Victim;
  /** The messages that a true client sends in its second flight. */
  readonly flight: readonly Uint8Array[];
}

/** A server that waits for the client's second flight, under the client's handshake key. */
export function serverBeforeFinished(
  server: Partial<TlsServerOptions> = {},
  client: Partial<TlsClientOptions> = {},
): RogueClient {
  const honest = new TlsClient(clientOptions({ suites: [SUITE.name], ...client }));
  const victim = new Victim(new TlsServer(serverOptions(server)));
  victim.send(drain(honest)).sealWith('CLIENT_HANDSHAKE_TRAFFIC_SECRET');
  honest.handleInput(drain(victim.endpoint), ZERO_TIME);
  const records = recordsOf(drain(honest)).filter((bytes) => bytes[0] === 23);
  const secret = secretOf(victim.events, 'CLIENT_HANDSHAKE_TRAFFIC_SECRET');
  return { victim, flight: openFlight(records, secret) };
}

/** A victim whose handshake is done, under the peer's application key. */
export function connected(role: 'client' | 'server'): Victim {
  if (role === 'server') {
    const { victim, flight } = serverBeforeFinished();
    return victim.seal(22, ...flight).sealWith('CLIENT_TRAFFIC_SECRET_0');
  }
  const { victim, flight } = clientAfterServerHello();
  return victim.seal(22, ...flight).sealWith('SERVER_TRAFFIC_SECRET_0');
}

function secretOf(events: readonly TlsEvent[], label: string): Uint8Array {
  const line = events
    .flatMap((e) => (e.kind === 'key log' ? [e.line] : []))
    .find((l) => l.startsWith(`${label} `));
  return fromHex(line!.split(' ')[2]!)!;
}

function openFlight(records: readonly Uint8Array[], secret: Uint8Array): Uint8Array[] {
  const opener = new Opener13(NOBLE_CRYPTO, SUITE, secret);
  const parts: Uint8Array[] = [EMPTY_BYTES];
  for (const bytes of records) {
    const opened = opener.open({
      type: bytes[0]!,
      version: 0x0303,
      header: bytes.subarray(0, 5),
      fragment: bytes.subarray(5),
    });
    if (opened instanceof Refusal) break;
    if (opened.type === 22) parts.push(opened.fragment);
  }
  const whole = concatBytes(parts);
  const messages: Uint8Array[] = [];
  for (let at = 0; at < whole.length;) {
    const end = at + 4 + readU24(whole, at + 1);
    messages.push(whole.slice(at, end));
    at = end;
  }
  return messages;
}

export function recordsOf(bytes: Uint8Array): Uint8Array[] {
  const records: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 5 + readU16(bytes, at + 3);
    records.push(bytes.slice(at, end));
    at = end;
  }
  return records;
}
