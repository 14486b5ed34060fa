/** Certificate revocation lists (RFC 5280 §5): full lists of one issuer, no deltas, no indirection. */
import { equalBytes, toHex } from '../../base/bytes.ts';
import type { RandomStream } from '../../base/random.ts';
import type { CryptoProvider, PrivateKey, PublicKey } from '../crypto/provider.ts';
import { algorithmIdentifier, certificateAlgorithm, signatureAlgorithmOf } from './algorithm.ts';
import { DerReader } from './der-reader.ts';
import { TAG } from './der-tag.ts';
import { derBits, derInteger, derSequence, derTime } from './der-writer.ts';
import { readName } from './name.ts';

export interface RevocationList {
  /** The issuer's name in DER, and in parts to compare. */
  readonly issuer: Uint8Array;
  readonly issuerParts: readonly string[];
  /** Seconds since 1970. */
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  /** Serial in hexadecimal → since when. */
  readonly revoked: ReadonlyMap<string, number>;
  /** Whether the holder of this key signed the list. */
  isSignedBy(key: PublicKey, crypto: CryptoProvider): boolean;
}

/** @returns undefined when the octets are no such list, or have a critical extension we do not know */
export function parseRevocationList(der: Uint8Array): RevocationList | undefined {
  const outer = new DerReader(der);
  const parts = outer.inside();
  outer.end();
  const signed = parts.element(TAG.sequence);
  const identifier = parts.element(TAG.sequence).whole;
  const signature = parts.bits();
  parts.end();
  const reader = outer.of(signed.contents);
  // RFC 5280 §5.1.2.1: version 2; that of version 1 is left out.
  if (reader.peek() === TAG.integer && reader.integer() !== 1n) reader.fail();
  const inner = reader.element(TAG.sequence).whole;
  const issuer = reader.element(TAG.sequence).whole;
  const issuerParts = readName(outer.of(issuer)).parts;
  const thisUpdate = reader.time();
  const nextUpdate = reader.time();
  const revoked = reader.peek() === TAG.sequence ? readEntries(reader) : new Map<string, number>();
  const extensions = reader.optional(0xa0);
  if (extensions !== undefined) demandNoCritical(extensions);
  reader.end();
  const algorithm = signatureAlgorithmOf(identifier);
  if (outer.failed || !equalBytes(inner, identifier)) return undefined;
  return {
    issuer,
    issuerParts,
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
    revoked.set(toHex(entry.integerOctets()), entry.time());
    if (entry.more) demandNoCritical(entry);
    entry.end();
  }
  return revoked;
}

/**
 * RFC 5280 §5.2, §5.3: a list with a critical extension that is not processed must not be used: it
 * may be a delta, be of another issuer's certificates, or cover only some of them.
 */
function demandNoCritical(reader: DerReader): void {
  const list = reader.inside();
  while (list.more) {
    const extension = list.inside();
    extension.oid();
    if (extension.peek() === TAG.boolean && extension.boolean()) list.fail();
    extension.element(TAG.octetString);
    extension.end();
  }
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
  const algorithm = certificateAlgorithm(list.key.publicKey);
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
