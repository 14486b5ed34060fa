/** Puts certificates together octet by octet, right or wrong. */
import { concatBytes, EMPTY_BYTES, latin1Bytes } from '@tcplab/core';
import { NOBLE_CRYPTO, type PrivateKey, type SignatureAlgorithm } from '@tcplab/core/tls/crypto';
import {
  parseCertificate,
  publicKeyInfo,
  readChain,
  timeFromText,
  verifyChain,
  type ChainDemands,
} from '@tcplab/core/tls/x509';
import { algorithmIdentifier } from '../../../src/tls/x509/algorithm.ts';
import { oidBytes } from '../../../src/tls/x509/oid.ts';
import { hex } from './hello.ts';
import { testRandom } from './random.ts';

export const NOW = timeFromText('20300101000000Z')!;

/** An element with its length in DER. */
export function der(tag: number, ...parts: Uint8Array[]): Uint8Array {
  const contents = concatBytes([EMPTY_BYTES, ...parts]);
  const { length } = contents;
  const octets =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length];
  return concatBytes([Uint8Array.of(tag, ...octets), contents]);
}
export const seq = (...parts: Uint8Array[]): Uint8Array => der(0x30, ...parts);
export const oid = (text: string): Uint8Array => der(0x06, oidBytes(text));
export const bits = (bytes: Uint8Array): Uint8Array => der(0x03, hex('00'), bytes);
export const TRUE = hex('0101ff');

/** A name with one attribute; the tag says which kind of string. */
export function name(text: string, tag = 0x0c, attribute = '2.5.4.3'): Uint8Array {
  return seq(der(0x31, seq(oid(attribute), der(tag, latin1Bytes(text)))));
}

export function extension(
  id: string,
  value: Uint8Array,
  critical: Uint8Array = EMPTY_BYTES,
): Uint8Array {
  return seq(oid(id), critical, der(0x04, value));
}

export const dnsName = (text: string): Uint8Array => der(0x82, latin1Bytes(text));
export const altNames = (...names: Uint8Array[]): Uint8Array =>
  extension('2.5.29.17', seq(...names));
export const authority = (pathLength?: number): Uint8Array =>
  extension(
    '2.5.29.19',
    seq(TRUE, ...(pathLength === undefined ? [] : [der(2, Uint8Array.of(pathLength))])),
    TRUE,
  );

/** UTCTime in seven digits of ten: from 2025 to 2034. */
export const VALIDITY = seq(
  der(0x17, latin1Bytes('250101000000Z')),
  der(0x17, latin1Bytes('340101000000Z')),
);

const random = testRandom(77);
export const newKey = (): PrivateKey => NOBLE_CRYPTO.generateKey('P-256', random);

export interface Party {
  readonly name: Uint8Array;
  readonly key: PrivateKey;
}
export const party = (text: string): Party => ({ name: name(text), key: newKey() });

export interface Wanted {
  /** The whole field; nothing for version 1. */
  version?: Uint8Array;
  serial?: Uint8Array;
  algorithm?: SignatureAlgorithm;
  /** AlgorithmIdentifiers inside and outside of what is signed. */
  inner?: Uint8Array;
  outer?: Uint8Array;
  validity?: Uint8Array;
  keyInfo?: Uint8Array;
  uniqueIds?: Uint8Array;
  /** The extensions themselves, or undefined for no such field. */
  extensions?: readonly Uint8Array[] | undefined;
  /** Another form of the true signature. */
  resign?: (signature: Uint8Array) => Uint8Array;
}

const ECDSA = { family: 'ECDSA', hash: 'SHA-256' } as const;
const V3 = hex('a003020102');

/** A certificate of `issuer` for `subject`. */
export function forge(issuer: Party, subject: Party, wanted: Wanted = {}): Uint8Array {
  const { algorithm = ECDSA, extensions = [altNames(dnsName('server.example'))] } = wanted;
  const identifier = algorithmIdentifier(algorithm);
  const inner = wanted.inner ?? identifier;
  const hasNone = 'extensions' in wanted && wanted.extensions === undefined;
  const signed = seq(
    wanted.version ?? V3,
    wanted.serial ?? hex('020101'),
    inner,
    issuer.name,
    wanted.validity ?? VALIDITY,
    subject.name,
    wanted.keyInfo ?? publicKeyInfo(subject.key.publicKey),
    wanted.uniqueIds ?? EMPTY_BYTES,
    ...(hasNone ? [] : [der(0xa3, seq(...extensions))]),
  );
  const signature = NOBLE_CRYPTO.sign(algorithm, issuer.key, signed, random);
  const { resign = (same: Uint8Array) => same } = wanted;
  return seq(signed, wanted.outer ?? inner, bits(resign(signature)));
}

/** `path of 2`, or the alert with its rule. */
export function verdict(
  chain: readonly Uint8Array[],
  anchors: readonly Uint8Array[],
  demands: Partial<ChainDemands> = {},
): string {
  const read = readChain(chain);
  const result =
    'alert' in read
      ? read
      : verifyChain(read, {
          anchors: anchors.map((bytes) => parseCertificate(bytes)!),
          purpose: 'server',
          at: NOW,
          crypto: NOBLE_CRYPTO,
          ...demands,
        });
  return 'alert' in result
    ? `${result.alert} (${result.cause.rule.id})`
    : `path of ${result.length}`;
}
