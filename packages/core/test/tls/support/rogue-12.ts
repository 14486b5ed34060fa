/** One side of a TLS 1.2 connection that knows the keys and says whatever a test wants, at any moment. */
import {
  concatBytes,
  EMPTY_BYTES,
  fromHex,
  readU16,
  readU24,
  ZERO_TIME,
  type Micros,
} from '@tcplab/core';
import {
  CIPHER_SUITES,
  NOBLE_CRYPTO,
  TicketKeys,
  TlsClient,
  TlsServer,
  type TlsClientOptions,
  type TlsEndpoint,
  type TlsEvent,
  type TlsServerOptions,
  type TlsSession,
} from '@tcplab/core/tls';
import { keyBlock } from '../../../src/tls/keys/key-schedule-12.ts';
import { ALERT_CODES, alertName } from '../../../src/tls/parameters/alert.ts';
import { Opener12, Sealer12 } from '../../../src/tls/record/protection-12.ts';
import { Refusal } from '../../../src/tls/refusal.ts';
import { record } from './hello.ts';
import { testRandom } from './random.ts';
import { recordsOf } from './rogue.ts';
import { alertsOf, clientOptions, drain, eventsOf, serverOptions, TlsPair } from './world.ts';

/** What goes into one record. */
export interface Piece {
  readonly type: number;
  readonly fragment: Uint8Array;
}

export interface RogueOptions {
  readonly victim: 'client' | 'server';
  readonly client?: Partial<TlsClientOptions>;
  readonly server?: Partial<TlsServerOptions>;
  readonly now?: Micros;
}

const OLD = { versions: ['TLS 1.2'] } as const;

/**
 * A victim and an honest peer. What the honest one says waits in pieces, one for each handshake
 * message and in the clear: a test sends the first so many of them, and then something else.
 */
export class Rogue12 {
  readonly victim: TlsEndpoint;
  readonly events: TlsEvent[] = [];
  /** Alerts as they stood on the wire: `fatal decode_error`. */
  readonly alerts: string[] = [];
  readonly #honest: TlsEndpoint;
  readonly #isServer: boolean;
  readonly #now: Micros;
  #pieces: Piece[] = [];
  #clientHello: Uint8Array = EMPTY_BYTES;
  #serverHello: Uint8Array = EMPTY_BYTES;
  #keyLog = '';
  #ours: Sealer12 | undefined;
  #theirs: Opener12 | undefined;
  #honestSealed = false;
  #unheard: Uint8Array[] = [];

  constructor({ victim, client = {}, server = {}, now = ZERO_TIME }: RogueOptions) {
    const ends = [
      new TlsClient(clientOptions({ ...OLD, ...client })),
      new TlsServer(serverOptions({ ...OLD, ...server })),
    ] as const;
    this.#isServer = victim === 'server';
    [this.#honest, this.victim] = this.#isServer ? ends : [ends[1], ends[0]];
    this.#now = now;
    this.#listen();
  }

  /** Passes on what the honest peer says until the victim is in this state. */
  until(state: string): this {
    for (let sent = 0; this.victim.state !== state; sent += 1) {
      const piece = this.take();
      if (sent > 20) throw new Error(`the victim never comes to ${state}`);
      this.say(piece.type, piece.fragment);
    }
    return this;
  }

  /** What the honest peer would say next, which then is not said. */
  take(): Piece {
    if (this.#pieces.length === 0) this.#hear();
    const piece = this.#pieces.shift();
    if (piece === undefined) throw new Error(`nothing is due in ${this.victim.state}`);
    return piece;
  }

  /** Says one record for each fragment, under keys once ChangeCipherSpec was said. */
  say(type: number, ...fragments: Uint8Array[]): this {
    for (const fragment of fragments) {
      this.send(
        this.#ours === undefined ? record(type, fragment) : this.#ours.seal(type, fragment),
      );
      if (type === 20 && this.#ours === undefined) this.protect();
    }
    return this;
  }

  /** From now on what is said is under the keys. */
  protect(): this {
    const keys = this.#keys();
    this.#ours =
      keys && new Sealer12(NOBLE_CRYPTO, keys.suite, this.#isServer ? keys.client : keys.server);
    return this;
  }

  /** The record that `say` would send. */
  sealed(type: number, fragment: Uint8Array): Uint8Array {
    return this.#ours!.seal(type, fragment);
  }

  /** A record of AES-GCM with any explicit nonce; `sequence` counts the records under the key. */
  sealedWith(explicit: Uint8Array, sequence: number, { type, fragment }: Piece): Uint8Array {
    const keys = this.#keys()!;
    const { key, iv } = this.#isServer ? keys.client : keys.server;
    const aead = NOBLE_CRYPTO.aead(keys.suite.aead, key);
    const head = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, sequence, type, 3, 3, 0, fragment.length);
    const sealed = aead.seal(concatBytes([iv, explicit]), head, fragment);
    return record(type, concatBytes([explicit, sealed]));
  }

  /** Sends octets as they are. */
  send(bytes: Uint8Array): this {
    this.victim.handleInput(bytes, this.#now);
    this.#listen();
    return this;
  }

  get clientRandom(): Uint8Array {
    return this.#clientHello.slice(6, 38);
  }

  get clientSessionId(): Uint8Array {
    return this.#clientHello.slice(39, 39 + this.#clientHello[38]!);
  }

  get serverRandom(): Uint8Array {
    return this.#serverHello.slice(6, 38);
  }

  /** What the victim makes of it: its last alert as it stood on the wire, or else its state. */
  get outcome(): string {
    return this.alerts.at(-1) ?? (this.victim.isClosed ? 'closed' : this.victim.state);
  }

  /** Why the last alert was sent or received. */
  get rule(): string | undefined {
    return this.events.flatMap((e) => (e.kind === 'alert' ? [e.cause.rule.id] : [])).at(-1);
  }

  /** Reads what the victim says; an alert must be the one its events tell of. */
  #listen(): void {
    const bytes = drain(this.victim, this.#now);
    this.events.push(...eventsOf(this.victim));
    this.#unheard.push(bytes);
    for (const one of recordsOf(bytes)) this.#read(one);
  }

  #read(bytes: Uint8Array): void {
    const opened = open(this.#theirs, bytes);
    if (opened.type === 22 && opened.fragment[0] === 2 && this.#theirs === undefined) {
      this.#serverHello = opened.fragment;
    }
    if (opened.type === 22 && opened.fragment[0] === 1) this.#clientHello = opened.fragment;
    if (opened.type === 20) {
      const keys = this.#keys()!;
      const theirs = this.#isServer ? keys.server : keys.client;
      this.#theirs = new Opener12(NOBLE_CRYPTO, keys.suite, theirs);
    }
    if (opened.type !== 21) return;
    const [level, code] = opened.fragment;
    const description = alertName(code!)!;
    this.alerts.push(`${level === 2 ? 'fatal' : 'warning'} ${description}`);
    if (code === ALERT_CODES.close_notify) return;
    if (alertsOf(this.events).at(-1) !== `sent ${description}`) throw new Error('an untold alert');
    if ((level === 2) !== this.victim.isClosed) throw new Error('a fatal alert ends it, no other');
  }

  /** The honest peer hears the victim and answers. */
  #hear(): void {
    this.#honest.handleInput(concatBytes([EMPTY_BYTES, ...this.#unheard]), this.#now);
    this.#unheard = [];
    const bytes = drain(this.#honest, this.#now);
    for (const event of eventsOf(this.#honest)) {
      if (event.kind === 'key log') this.#keyLog = event.line;
    }
    const records = recordsOf(bytes);
    if (!this.#isServer && records[0]?.[5] === 2) this.#serverHello = records[0].subarray(5);
    let opener: Opener12 | undefined;
    for (const one of records) {
      const { type, fragment } = open(opener, one);
      if (type === 20 && !this.#honestSealed) {
        this.#honestSealed = true;
        const keys = this.#keys()!;
        opener = new Opener12(NOBLE_CRYPTO, keys.suite, this.#isServer ? keys.client : keys.server);
      }
      if (type === 22)
        this.#pieces.push(...messagesIn(fragment).map((m) => ({ type, fragment: m })));
      else this.#pieces.push({ type, fragment });
    }
  }

  #keys() {
    const log = this.events.flatMap((e) => (e.kind === 'key log' ? [e.line] : [])).at(-1);
    const [, random, master] = (log ?? this.#keyLog).split(' ');
    if (master === undefined) return undefined;
    const hello = this.#serverHello;
    const suiteAt = 39 + hello[38]!;
    const suite = CIPHER_SUITES.find(({ code }) => code === readU16(hello, suiteAt))!;
    const randoms = { client: fromHex(random!)!, server: hello.slice(6, 38) };
    return { suite, ...keyBlock(NOBLE_CRYPTO, suite, fromHex(master)!, randoms) };
  }
}

function open(opener: Opener12 | undefined, bytes: Uint8Array): Piece {
  const fragment = bytes.slice(5);
  const type = bytes[0]!;
  if (opener === undefined) return { type, fragment };
  const opened = opener.open({ type, version: 0x0303, header: bytes.subarray(0, 5), fragment });
  if (opened instanceof Refusal) throw new Error(`not under the keys: ${opened.sentence}`);
  return { type, fragment: opened.fragment.slice() };
}

/** The handshake messages in these octets, each with its header. */
export function messagesIn(bytes: Uint8Array): Uint8Array[] {
  const messages: Uint8Array[] = [];
  for (let at = 0; at + 4 <= bytes.length;) {
    const end = at + 4 + readU24(bytes, at + 1);
    messages.push(bytes.slice(at, end));
    at = end;
  }
  return messages;
}

export const TICKETS = new TicketKeys(testRandom(61));

/** A session of TLS 1.2 that a server with `TICKETS` resumes. */
export function session12(
  client: Partial<TlsClientOptions> = {},
  server: Partial<TlsServerOptions> = {},
): TlsSession {
  const pair = new TlsPair({ ...OLD, ...client }, { tickets: TICKETS, ...server }).run();
  return pair.clientEvents.flatMap((e) => (e.kind === 'ticket' ? [e.session] : []))[0]!;
}
