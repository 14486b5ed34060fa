/** Certificate revocation lists (RFC 5280 §5): full lists of one issuer, no deltas, no indirection. */
import { equalBytes, toHex } from '../../base/bytes.ts';
import type { RandomStream } from '../../base/random.ts';
import type { CryptoProvider, PrivateKey, PublicKey } from '../crypto/provider.ts';
import { algorithmIdentifier, certificateAlgorithm, signatureAlgorithmOf } from './algorithm.ts';
import { DerReader } from './der-reader.ts';
import { derBits, derInteger, derSequence, derTime } from './der-writer.ts';

export interface RevocationList {
  /** The issuer's name in DER. */
  readonly issuer: Uint8Array;
  /** Seconds since 1970. */
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  /** Serial in hexadecimal → since when. */
  readonly revoked: ReadonlyMap<string, number>;
  /** Whether the holder of this key signed the list. */
  isSignedBy(key: PublicKey, crypto: CryptoProvider): boolean;
}

/** @returns undefined when the octets are no such list */
export function parseRevocationList(der: Uint8Array): RevocationList | undefined {
  const parts = new DerReader(der).inside();
  const signed = parts.element(0x30);
  const identifier = parts.element(0x30).whole;
  const signature = parts.bits();
  parts.end();
  const reader = new DerReader(signed.contents);
  if (reader.integer() !== 1n) reader.fail();
  const inner = reader.element(0x30).whole;
  const issuer = reader.element(0x30).whole;
  const thisUpdate = reader.time();
  const nextUpdate = reader.time();
  const revoked = reader.peek() === 0x30 ? readEntries(reader) : new Map<string, number>();
  const algorithm = signatureAlgorithmOf(identifier);
  if (parts.failed || reader.failed || !equalBytes(inner, identifier)) return undefined;
  return {
    issuer,
    thisUpdate,
    nextUpdate,
    revoked,
    isSignedBy: (key, crypto) =>
      algorithm !== undefined && crypto.verify(algorithm, key, signed.whole, signature),
  };
}

function readEntries(reader: DerReader): Map<string, number> {
  const revoked = new Map<string, number>();
  const list = reader.inside();
  while (list.more) {
    const entry = list.inside();
    const serial = toHex(derInteger(entry.integer()).subarray(2));
    revoked.set(serial, entry.time());
  }
  return revoked;
}

export interface RevocationListToWrite {
  readonly issuer: Uint8Array;
  readonly key: PrivateKey;
  readonly revoked: ReadonlyMap<string, number>;
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  readonly crypto: CryptoProvider;
  readonly random: RandomStream;
}

export function writeRevocationList(list: RevocationListToWrite): Uint8Array {
  const algorithm = certificateAlgorithm(list.key.kind);
  const identifier = algorithmIdentifier(algorithm);
  const entries = Array.from(list.revoked, ([serial, at]) =>
    derSequence(derInteger(BigInt(`0x${serial}`)), derTime(at)),
  );
  const toBeSigned = derSequence(
    derInteger(1),
    identifier,
    list.issuer,
    derTime(list.thisUpdate),
    derTime(list.nextUpdate),
    // RFC 5280 §5.1.2.6: with nothing revoked the field is absent.
    ...(entries.length === 0 ? [] : [derSequence(...entries)]),
  );
  const signature = list.crypto.sign(algorithm, list.key, toBeSigned, list.random);
  return derSequence(toBeSigned, identifier, derBits(signature));
}
