/** Both sides of one trace of RFC 8448, joined by memory, with everything that either has computed. */
import { EMPTY_BYTES, ms, toHex, ZERO_TIME, type Micros } from '@tcplab/core';
import {
  timeFromText,
  type AgreementKey,
  type GroupName,
  type Identity,
  type PublicKey,
  type TlsClientOptions,
  type TlsEndpoint,
  type TlsEvent,
  type TlsServerOptions,
  type TlsSession,
} from '@tcplab/core/tls';
import { rsaKeyFromPrimes } from '../../../src/tls/crypto/rsa-key.ts';
import { numberFromBytes } from '../../../src/tls/crypto/rsa-math.ts';
import { readCertificate, readCertificateVerify } from '../../../src/tls/messages/certificate.ts';
import { Refusal } from '../../../src/tls/refusal.ts';
import { parseCertificate } from '../../../src/tls/x509/certificate.ts';
import type { Witness } from './compare-trace.ts';
import { Observed, observedCrypto, type KnownSignature } from './observed-crypto.ts';
import { pssSalt } from './pss-salt.ts';
import { messageOf, publishedClient } from './published-client.ts';
import { publishedServer, type PublishedServer } from './published-server.ts';
import { scriptedRandom } from './random.ts';
import { recordsOf } from './rogue.ts';
import { Trace } from './rfc8448.ts';
import { drain, eventsOf } from './world.ts';

/** A moment at which the certificates of the traces are valid. */
const EPOCH = timeFromText('20170101000000Z')!;

export interface PairOptions {
  readonly client?: Partial<TlsClientOptions>;
  readonly server?: Partial<TlsServerOptions>;
  readonly group?: GroupName;
  readonly session?: TlsSession;
  readonly now?: Micros;
}

export class PublishedPair {
  readonly trace: Trace;
  readonly client: TlsEndpoint;
  readonly server: TlsEndpoint;
  readonly published: PublishedServer;
  readonly clientEvents: TlsEvent[] = [];
  readonly serverEvents: TlsEvent[] = [];
  readonly clientSeen = new Observed();
  readonly serverSeen = new Observed();
  /** The records that each side has sent. */
  readonly sent: { client: Uint8Array[]; server: Uint8Array[] };
  readonly #now: Micros;

  constructor(section: number, options: PairOptions = {}) {
    const { group = 'X25519', session, now = ZERO_TIME } = options;
    this.trace = new Trace(section);
    this.#now = now;
    const hellos = this.trace.records('client').filter(isClientHello).map(withoutHeader);
    const answers = this.trace.messages('server').filter(([type]) => type === 2);
    const before = hellos.length > 1 ? ([hellos[0]!, answers[0]!] as const) : undefined;
    const { client, first } = publishedClient({
      hello: hellos.at(-1)!,
      key: this.#keyOf('client', group),
      now,
      options: { ...this.#clientOptions(), ...options.client },
      ...(session === undefined ? {} : { session }),
      ...(before === undefined ? {} : { before }),
    });
    this.client = client;
    const published = this.trace.messages('server').filter((bytes) => bytes !== before?.[1]);
    this.published = publishedServer({
      published: published.filter(([type]) => type !== 4),
      options: {
        groups: [group],
        ...this.#serverOptions(answers.at(-1)!, group),
        ...options.server,
      },
      now,
      ...(before === undefined ? {} : { before }),
    });
    this.server = this.published.server;
    this.sent = { client: recordsOf(first), server: recordsOf(this.published.request) };
  }

  /** Carries records to and fro until both are silent. */
  run(): this {
    for (let quiet = false; !quiet;) {
      const up = drain(this.client, this.#now);
      const down = drain(this.server, this.#now);
      quiet = up.length + down.length === 0;
      this.sent.client.push(...recordsOf(up));
      this.sent.server.push(...recordsOf(down));
      this.server.handleInput(up, this.#now);
      this.client.handleInput(down, this.#now);
      this.clientEvents.push(...eventsOf(this.client));
      this.serverEvents.push(...eventsOf(this.server));
    }
    return this;
  }

  /** What `side` has computed, to be compared with the trace. */
  witness(side: 'client' | 'server'): Witness {
    const all = [...this.sent.client, ...this.sent.server];
    const seen = side === 'client' ? this.clientSeen : this.serverSeen;
    return { side, seen, records: new Set(all.map((record) => toHex(record))) };
  }

  /** The key pair of a side's last ClientHello or ServerHello. */
  #keyOf(side: 'client' | 'server', group: GroupName): AgreementKey {
    // In the trace with a HelloRetryRequest the first share is of another group, and comes to nothing.
    for (const step of this.trace.steps) {
      const secret = step.fields.get('private key');
      if (step.side === side && secret !== undefined) {
        const own = step.title.includes('x25519') ? 'X25519' : 'P-256';
        const crypto = observedCrypto(side === 'client' ? this.clientSeen : this.serverSeen);
        const key = crypto.agreementKey(own, scriptedRandom(secret));
        if (own === group) return key;
      }
    }
    throw new Error(`the trace has no ${group} key of the ${side}`);
  }

  #clientOptions(): Partial<TlsClientOptions> {
    const known = this.#signatureOf('client');
    const crypto = observedCrypto(this.clientSeen, known);
    const schemes = ['ecdsa_secp256r1_sha256', 'rsa_pss_rsae_sha256'];
    const rest = { crypto, epochSeconds: EPOCH, signatureSchemes: schemes } as const;
    const compatible = this.trace.records('client').some(([type]) => type === 20);
    const shown = this.#identityOf('client');
    return {
      ...rest,
      middleboxCompatibility: compatible,
      ...(shown === undefined ? {} : { identities: [shown] }),
    };
  }

  #serverOptions(hello: Uint8Array, group: GroupName): Partial<TlsServerOptions> {
    const identity = this.#identityOf('server');
    const secret = this.trace.octets('server create an ephemeral', 'private key');
    const isRsa = identity?.key.kind === 'RSA';
    // Who has the key signs; of the other traces' keys only the signatures are known.
    const known = isRsa ? undefined : this.#signatureOf('server');
    const salt = isRsa
      ? [pssSalt(serverKey().publicKey, this.#signatureOf('server')!.signature)]
      : [];
    return {
      crypto: observedCrypto(this.serverSeen, known),
      random: scriptedRandom(hello.slice(6, 38), secret, ...salt),
      epochSeconds: EPOCH,
      groups: [group],
      ...(identity === undefined ? {} : { identities: [identity] }),
    };
  }

  #identityOf(side: 'client' | 'server'): Identity | undefined {
    const chain = this.chainOf(side);
    if (chain === undefined) return undefined;
    const key = publicKeyOf(chain[0]!);
    const isServers = key.kind === 'RSA' && key.n === serverKey().publicKey.n;
    return { chain, key: isServers ? serverKey() : keyWithoutSecret(key) };
  }

  /** The certificates that a side shows. */
  chainOf(side: 'client' | 'server'): readonly Uint8Array[] | undefined {
    const bytes = this.trace.messages(side).find(([type]) => type === 11);
    if (bytes === undefined) return undefined;
    const message = readCertificate('TLS 1.3', messageOf(bytes));
    if (message instanceof Refusal) throw new Error(message.sentence);
    return message.chain;
  }

  #signatureOf(side: 'client' | 'server'): KnownSignature | undefined {
    const bytes = this.trace.messages(side).find(([type]) => type === 15);
    if (bytes === undefined) return undefined;
    const message = readCertificateVerify(messageOf(bytes));
    if (message instanceof Refusal) throw new Error(message.sentence);
    return { key: publicKeyOf(this.chainOf(side)![0]!), signature: message.signature };
  }
}

const isClientHello = (record: Uint8Array): boolean => record[0] === 22 && record[5] === 1;
const withoutHeader = (record: Uint8Array): Uint8Array => record.slice(5);

/** The RSA key of section 2. */
function serverKey(): NonNullable<ReturnType<typeof rsaKeyFromPrimes>> {
  const numbers = new Trace(2);
  const number = (name: string): bigint => numberFromBytes(numbers.octets('server ', name));
  return rsaKeyFromPrimes(number('prime1'), number('prime2'), number('public exponent'))!;
}

function publicKeyOf(der: Uint8Array): PublicKey {
  return parseCertificate(der)!.publicKey!;
}

/** It stands for a key whose secret half the RFC does not tell: it cannot sign. */
function keyWithoutSecret(publicKey: PublicKey): Identity['key'] {
  if (publicKey.kind !== 'RSA') {
    return { kind: publicKey.kind, secret: EMPTY_BYTES, publicKey };
  }
  const none = { d: 0n, p: 0n, q: 0n, dp: 0n, dq: 0n, qInv: 0n };
  return { kind: 'RSA', publicKey, ...none };
}

/** Six milliseconds: the age of the ticket in section 4. */
export const TICKET_AGE = ms(6) as Micros;
