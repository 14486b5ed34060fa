/**
 * Tickets without a memory (RFC 5077 §4, RFC 8446 §4.6.1): the state of the session, sealed under a
 * key that only the server knows. One object serves all connections of a server.
 */
import { concatBytes, latin1Bytes, latin1Text } from '../../base/bytes.ts';
import type { RandomStream } from '../../base/random.ts';
import type { Micros } from '../../base/time.ts';
import { Reader } from '../codec/reader.ts';
import { Writer } from '../codec/writer.ts';
import { NOBLE_CRYPTO } from '../crypto/noble-provider.ts';
import {
  AEAD_KEY_LENGTHS,
  AEAD_NONCE_LENGTH,
  type Aead,
  type CryptoProvider,
} from '../crypto/provider.ts';

/** What a server must know to resume a session. */
export interface TicketContents {
  /** 0x0304 or 0x0303. */
  readonly version: number;
  readonly suite: number;
  /** The PSK (TLS 1.3) or the master secret (TLS 1.2). */
  readonly secret: Uint8Array;
  readonly issuedAt: Micros;
  readonly ageAdd: number;
  readonly lifetimeSeconds: number;
  readonly maxEarlyData: number;
  readonly serverName: string | undefined;
  readonly protocol: string | undefined;
  readonly extendedMasterSecret: boolean;
  /** The client's certificates, where it showed some. */
  readonly peerChain: readonly Uint8Array[];
}

const KEY_NAME_LENGTH = 16;

export class TicketKeys {
  readonly #name: Uint8Array;
  readonly #aead: Aead;

  constructor(random: RandomStream, crypto: CryptoProvider = NOBLE_CRYPTO) {
    this.#name = random.bytes(KEY_NAME_LENGTH);
    this.#aead = crypto.aead('AES-128-GCM', random.bytes(AEAD_KEY_LENGTHS['AES-128-GCM']));
  }

  /** RFC 5077 §4: the name of the key, a nonce, the state sealed. */
  seal(contents: TicketContents, random: RandomStream): Uint8Array {
    const nonce = random.bytes(AEAD_NONCE_LENGTH);
    const sealed = this.#aead.seal(nonce, this.#name, encode(contents));
    return concatBytes([this.#name, nonce, sealed]);
  }

  /** @returns undefined for a ticket that this server did not seal */
  open(ticket: Uint8Array): TicketContents | undefined {
    const nonceAt = KEY_NAME_LENGTH;
    const sealedAt = nonceAt + AEAD_NONCE_LENGTH;
    if (ticket.length <= sealedAt || !this.#isOurs(ticket)) return undefined;
    const nonce = ticket.slice(nonceAt, sealedAt);
    const opened = this.#aead.open(nonce, this.#name, ticket.slice(sealedAt));
    return opened && decode(opened);
  }

  #isOurs(ticket: Uint8Array): boolean {
    return this.#name.every((octet, i) => ticket[i] === octet);
  }
}

function encode(contents: TicketContents): Uint8Array {
  const writer = new Writer()
    .u16(contents.version)
    .u16(contents.suite)
    .vector(1, contents.secret)
    .u32(Math.floor(contents.issuedAt / 0x1_0000_0000))
    .u32(contents.issuedAt >>> 0)
    .u32(contents.ageAdd)
    .u32(contents.lifetimeSeconds)
    .u32(contents.maxEarlyData)
    .vector(2, latin1Bytes(contents.serverName ?? ''))
    .vector(1, latin1Bytes(contents.protocol ?? ''))
    .u8(contents.extendedMasterSecret ? 1 : 0);
  writer.vector(3, () => {
    for (const der of contents.peerChain) writer.vector(3, der);
  });
  return writer.toBytes();
}

function decode(bytes: Uint8Array): TicketContents | undefined {
  const reader = new Reader(bytes);
  const version = reader.u16();
  const suite = reader.u16();
  const secret = reader.vector8();
  const issuedAt = (reader.u32() * 0x1_0000_0000 + reader.u32()) as Micros;
  const ageAdd = reader.u32();
  const lifetimeSeconds = reader.u32();
  const maxEarlyData = reader.u32();
  const serverName = latin1Text(reader.vector16()) || undefined;
  const protocol = latin1Text(reader.vector8()) || undefined;
  const extendedMasterSecret = reader.u8() === 1;
  const list = new Reader(reader.vector24());
  const peerChain: Uint8Array[] = [];
  while (list.remaining > 0) peerChain.push(list.vector24());
  if (!reader.finished || list.failed) return undefined;
  return {
    version,
    suite,
    secret,
    issuedAt,
    ageAdd,
    lifetimeSeconds,
    maxEarlyData,
    serverName,
    protocol,
    extendedMasterSecret,
    peerChain,
  };
}
