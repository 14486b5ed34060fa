/** Public keys of a peer, right and wrong. */
import { concatBytes, EMPTY_BYTES } from '@tcplab/core';
import { NOBLE_CRYPTO, type GroupName } from '@tcplab/core/tls';
import { flipped, hex } from './hello.ts';
import { testRandom } from './random.ts';

const P256 = NOBLE_CRYPTO.agreementKey('P-256', testRandom(71)).publicKey;
export const P384 = NOBLE_CRYPTO.agreementKey('P-384', testRandom(72)).publicKey;
export const X25519 = NOBLE_CRYPTO.agreementKey('X25519', testRandom(73)).publicKey;
const withFirst = (bytes: Uint8Array, octet: number): Uint8Array =>
  concatBytes([Uint8Array.of(octet), bytes.subarray(1)]);
const zeros = (length: number): Uint8Array => new Uint8Array(length);
const one = (length: number): Uint8Array => concatBytes([Uint8Array.of(1), zeros(length - 1)]);

export type PointVerdict = 'good' | 'bad' | 'empty';

/** Points by group and whether a secret may be agreed on with them (RFC 8422 §5.11, RFC 7748 §6). */
export const POINTS: readonly [
  group: GroupName,
  what: string,
  verdict: PointVerdict,
  point: Uint8Array,
][] = [
  ['P-256', 'as it should be', 'good', P256],
  ['P-256', 'not on the curve', 'bad', flipped(P256)],
  ['P-256', 'compressed, even', 'bad', withFirst(P256.subarray(0, 33), 2)],
  ['P-256', 'compressed, odd', 'bad', withFirst(P256.subarray(0, 33), 3)],
  ['P-256', 'hybrid, even', 'bad', withFirst(P256, 6)],
  ['P-256', 'hybrid, odd', 'bad', withFirst(P256, 7)],
  ['P-256', 'at infinity', 'bad', Uint8Array.of(0)],
  ['P-256', 'at infinity, in full length', 'bad', zeros(65)],
  ['P-256', 'zero in both coordinates', 'bad', withFirst(zeros(65), 4)],
  ['P-256', 'with coordinates beyond the field', 'bad', withFirst(zeros(65).fill(255), 4)],
  ['P-256', 'an octet short', 'bad', P256.subarray(0, 64)],
  ['P-256', 'an octet long', 'bad', concatBytes([P256, zeros(1)])],
  ['P-256', 'without its form', 'bad', P256.subarray(1)],
  ['P-256', 'of P-384', 'bad', P384],
  ['P-256', 'of X25519', 'bad', X25519],
  ['P-256', 'empty', 'empty', EMPTY_BYTES],
  ['P-384', 'as it should be', 'good', P384],
  ['P-384', 'not on the curve', 'bad', flipped(P384)],
  ['P-384', 'compressed', 'bad', withFirst(P384.subarray(0, 49), 2)],
  ['P-384', 'of P-256', 'bad', P256],
  ['X25519', 'as it should be', 'good', X25519],
  ['X25519', 'with its highest bit set', 'good', flipTop(X25519)],
  ['X25519', 'beyond the field', 'good', withFirst(zeros(32).fill(255), 0xf0)],
  ['X25519', 'zero', 'bad', zeros(32)],
  ['X25519', 'one', 'bad', one(32)],
  [
    'X25519',
    'of order eight',
    'bad',
    hex('e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800'),
  ],
  ['X25519', 'an octet short', 'bad', X25519.subarray(1)],
  ['X25519', 'an octet long', 'bad', concatBytes([X25519, zeros(1)])],
  ['X25519', 'one octet', 'bad', zeros(1)],
  ['X25519', 'of 255 octets', 'bad', zeros(255).fill(9)],
  ['X25519', 'empty', 'empty', EMPTY_BYTES],
];

function flipTop(bytes: Uint8Array): Uint8Array {
  const changed = bytes.slice();
  changed[31]! |= 0x80;
  return changed;
}
