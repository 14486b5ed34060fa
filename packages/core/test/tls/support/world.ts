import {
  concatBytes,
  EMPTY_BYTES,
  ms,
  utf8Bytes,
  utf8Text,
  ZERO_TIME,
  type Micros,
} from '@tcplab/core';
import {
  CertificateAuthority,
  generateRsaKey,
  timeFromText,
  TlsClient,
  TlsServer,
  type TlsClientOptions,
  type TlsEndpoint,
  type TlsEstablished,
  type TlsEvent,
  type TlsServerOptions,
} from '@tcplab/core/tls';
import { testRandom } from './random.ts';

const START = timeFromText('20250101000000Z')!;
const VALIDITY = { notBefore: START, notAfter: START + 20 * 31_536_000 };

/** One authority for all tests; what it issues is valid for twenty years from 2025. */
export const ROOT = CertificateAuthority.root({
  name: 'Test Root',
  validity: VALIDITY,
  random: testRandom(11),
});
const NAMES = ['server.example', 'localhost'];
export const ECDSA_SERVER = ROOT.leaf({ names: NAMES });
export const P384_SERVER = ROOT.leaf({ names: NAMES, key: 'P-384' });
export const ED25519_SERVER = ROOT.leaf({ names: NAMES, key: 'Ed25519' });
export const RSA_SERVER = ROOT.leaf({
  names: NAMES,
  key: generateRsaKey(2_048, testRandom(12)),
});
export const CLIENT_IDENTITY = ROOT.leaf({ subject: 'a client', purposes: ['client'] });

export function clientOptions(more: Partial<TlsClientOptions> = {}): TlsClientOptions {
  return {
    random: testRandom(21),
    serverName: 'server.example',
    trust: [ROOT.certificate],
    ...more,
  };
}

export function serverOptions(more: Partial<TlsServerOptions> = {}): TlsServerOptions {
  return { random: testRandom(22), identities: [ECDSA_SERVER], ...more };
}

/** Two endpoints in virtual time with nothing but memory between them. */
export class TlsPair {
  readonly client: TlsClient;
  readonly server: TlsServer;
  readonly clientEvents: TlsEvent[] = [];
  readonly serverEvents: TlsEvent[] = [];
  /** Every octet that went each way. */
  readonly toServer: Uint8Array[] = [];
  readonly toClient: Uint8Array[] = [];
  now: Micros;

  constructor(
    client: Partial<TlsClientOptions> = {},
    server: Partial<TlsServerOptions> = {},
    now: Micros = ZERO_TIME,
  ) {
    this.client = new TlsClient(clientOptions(client));
    this.server = new TlsServer(serverOptions(server));
    this.now = now;
  }

  /** Carries records to and fro until both are silent. */
  run(change: (bytes: Uint8Array, to: 'client' | 'server') => Uint8Array = (b) => b): this {
    for (let quiet = false; !quiet;) {
      quiet = true;
      const up = drain(this.client, this.now);
      if (up.length > 0) {
        quiet = false;
        this.toServer.push(up);
        this.server.handleInput(change(up, 'server'), this.now);
      }
      const down = drain(this.server, this.now);
      if (down.length > 0) {
        quiet = false;
        this.toClient.push(down);
        this.client.handleInput(change(down, 'client'), this.now);
      }
      this.#collect();
    }
    return this;
  }

  later(millis: number): this {
    this.now = (this.now + ms(millis)) as Micros;
    return this;
  }

  get established(): [client: TlsEstablished | undefined, server: TlsEstablished | undefined] {
    return [this.client.established, this.server.established];
  }

  #collect(): void {
    this.clientEvents.push(...eventsOf(this.client));
    this.serverEvents.push(...eventsOf(this.server));
  }
}

/** Everything the endpoint wants to send now. */
export function drain(endpoint: TlsEndpoint, now: Micros = ZERO_TIME): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let part = endpoint.pollOutput(now); part !== undefined; part = endpoint.pollOutput(now)) {
    parts.push(part);
  }
  return concatBytes([...parts, EMPTY_BYTES]);
}

export function eventsOf(endpoint: TlsEndpoint): TlsEvent[] {
  const events: TlsEvent[] = [];
  for (let event = endpoint.pollEvent(); event !== undefined; event = endpoint.pollEvent()) {
    events.push(event);
  }
  return events;
}

/** The application data among the events, as text. */
export function textOf(events: readonly TlsEvent[]): string {
  return events
    .map((event) => (event.kind === 'application data' ? utf8Text(event.data) : ''))
    .join('');
}

/** The fatal alerts among the events: `sent decode_error`. */
export function alertsOf(events: readonly TlsEvent[]): string[] {
  return events.flatMap((event) =>
    event.kind === 'alert' ? [`${event.direction} ${event.description}`] : [],
  );
}

/** Why the first alert was sent, for the failing test to show. */
export function reasonsOf(events: readonly TlsEvent[]): string[] {
  return events.flatMap((event) =>
    event.kind === 'alert' ? [`${event.direction} ${event.description}: ${event.cause.why}`] : [],
  );
}

export const text = utf8Bytes;
