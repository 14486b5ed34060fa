/** ECDSA signatures (RFC 3279 §2.2.3) in forms that nobody writes. */
import { toHex } from '@tcplab/core';
import { der, seq } from './forge.ts';
import { hex } from './hello.ts';

/** The order of P-256's group (FIPS 186-5 §3.2.1.3 of SP 800-186). */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

const numberOf = (octets: Uint8Array): bigint => BigInt(`0x${toHex(octets)}`);

/** An INTEGER in as few octets as it needs. */
function integer(value: bigint): Uint8Array {
  const digits = value.toString(16);
  const even = digits.length % 2 === 0 ? digits : `0${digits}`;
  return der(2, hex(/^[89a-f]/.test(even) ? `00${even}` : even));
}

function parts(signature: Uint8Array): [r: bigint, s: bigint] {
  const at = 4 + signature[3]!;
  return [numberOf(signature.subarray(4, at)), numberOf(signature.subarray(at + 2))];
}

/** The same signature with the other one of its two values for s: as good as the first. */
export function otherS(signature: Uint8Array): Uint8Array {
  const [r, s] = parts(signature);
  return seq(integer(r), integer(ORDER - s));
}

/** What is no signature, though the numbers are right or nearly so. */
export const BROKEN_FORMS: readonly [string, (signature: Uint8Array) => Uint8Array][] = [
  ['an octet behind it', (b) => Uint8Array.of(...b, 0)],
  ['a third number', (b) => seq(b.subarray(2), hex('020101'))],
  ['the first number alone', (b) => seq(integer(parts(b)[0]))],
  ['r with a zero too many', (b) => seq(long(parts(b)[0]), integer(parts(b)[1]))],
  ['r beyond the order', (b) => seq(integer(parts(b)[0] + ORDER), integer(parts(b)[1]))],
  ['s of zero', (b) => seq(integer(parts(b)[0]), hex('020100'))],
  ['a negative s', (b) => seq(integer(parts(b)[0]), hex('0201ff'))],
  ['a length in two octets', (b) => Uint8Array.of(0x30, 0x81, ...b.subarray(1))],
  ['an indefinite length', (b) => Uint8Array.of(0x30, 0x80, ...b.subarray(2), 0, 0)],
  [
    'r and s side by side',
    (b) =>
      hex(
        parts(b)
          .map((n) => n.toString(16).padStart(64, '0'))
          .join(''),
      ),
  ],
  ['a set', (b) => Uint8Array.of(0x31, ...b.subarray(1))],
];

function long(value: bigint): Uint8Array {
  const short = integer(value);
  return der(2, hex('0000'), short.subarray(2));
}
