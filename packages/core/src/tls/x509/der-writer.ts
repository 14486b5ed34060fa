/** Writes DER (X.690 §10): each value has exactly one encoding. */
import { concatBytes, EMPTY_BYTES } from '../../base/bytes.ts';
import { utf8Bytes } from '../../base/utf8.ts';
import { byteLength, numberToBytes } from '../crypto/rsa-math.ts';
import { TAG } from './der-tag.ts';
import { oidBytes } from './oid.ts';
import { timeText } from './der-time.ts';

/** Any element: tag, length, contents. */
function derElement(tag: number, contents: Uint8Array): Uint8Array {
  const length = contents.length;
  if (length < 0x80) return concatBytes([Uint8Array.of(tag, length), contents]);
  const octets = numberToBytes(BigInt(length), byteLength(BigInt(length)));
  return concatBytes([Uint8Array.of(tag, 0x80 | octets.length), octets, contents]);
}

export function derSequence(...parts: readonly Uint8Array[]): Uint8Array {
  return derElement(TAG.sequence, concatBytes([EMPTY_BYTES, ...parts]));
}

export function derSet(part: Uint8Array): Uint8Array {
  return derElement(TAG.set, part);
}

/** A number that is not negative. */
export function derInteger(value: bigint | number): Uint8Array {
  const number = BigInt(value);
  const octets = numberToBytes(number, byteLength(number));
  const sign = octets[0]! >= 0x80 ? Uint8Array.of(0) : EMPTY_BYTES;
  return derElement(TAG.integer, concatBytes([sign, octets]));
}

export function derBoolean(value: boolean): Uint8Array {
  return derElement(TAG.boolean, Uint8Array.of(value ? 0xff : 0));
}

export function derNull(): Uint8Array {
  return derElement(TAG.null, EMPTY_BYTES);
}

export function derOid(oid: string): Uint8Array {
  return derElement(TAG.oid, oidBytes(oid));
}

export function derOctets(bytes: Uint8Array): Uint8Array {
  return derElement(TAG.octetString, bytes);
}

/** A bit string of whole octets. */
export function derBits(bytes: Uint8Array): Uint8Array {
  return derElement(TAG.bitString, concatBytes([Uint8Array.of(0), bytes]));
}

/** A bit string of named bits, bit 0 first; trailing zeros are left out (X.690 §11.2.2). */
export function derNamedBits(bits: readonly number[]): Uint8Array {
  const highest = Math.max(-1, ...bits);
  if (highest < 0) return derElement(TAG.bitString, Uint8Array.of(0));
  const octets = new Uint8Array((highest >> 3) + 1);
  for (const bit of bits) octets[bit >> 3]! |= 0x80 >> (bit & 7);
  return derElement(TAG.bitString, concatBytes([Uint8Array.of(7 - (highest & 7)), octets]));
}

export function derUtf8(text: string): Uint8Array {
  return derElement(TAG.utf8String, utf8Bytes(text));
}

/** A moment in seconds since 1970, as UTCTime until 2049 and GeneralizedTime after (RFC 5280 §4.1.2.5). */
export function derTime(seconds: number): Uint8Array {
  const text = timeText(seconds);
  const isUtcTime = text >= '1950' && text < '2050';
  return derElement(
    isUtcTime ? TAG.utcTime : TAG.generalizedTime,
    utf8Bytes(isUtcTime ? text.slice(2) : text),
  );
}

/** A context-specific element `[number]`. */
export function derContext(
  number: number,
  contents: Uint8Array,
  form: 'constructed' | 'primitive' = 'constructed',
): Uint8Array {
  return derElement((form === 'constructed' ? 0xa0 : 0x80) | number, contents);
}
