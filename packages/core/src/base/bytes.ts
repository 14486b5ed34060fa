/** Reading, writing and comparing octets. Numbers on the wire are big-endian (RFC 791, appendix B). */

export const EMPTY_BYTES = new Uint8Array(0);

/** The 16-bit big-endian number at `at`. The caller has checked that two bytes are there. */
export function readU16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

/** The 24-bit big-endian number at `at`. */
export function readU24(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
}

/** The unsigned 32-bit big-endian number at `at`. */
export function readU32(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
  );
}

/** Writes the low 16 bits of `value`, big-endian. */
export function writeU16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}

/** Writes the low 24 bits of `value`, big-endian. */
export function writeU24(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 16;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value;
}

/** Writes the low 32 bits of `value`, big-endian. */
export function writeU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

/** One new array holding all of `parts` in order. A single part is returned as it is. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Whether both hold the same octets. Not constant-time: never for secrets. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}

const HEX_DIGITS = '0123456789abcdef';

/** The two digits of each octet. */
const HEX_PAIRS = Array.from(
  { length: 256 },
  (_, octet) => HEX_DIGITS[octet >> 4]! + HEX_DIGITS[octet & 15]!,
);

/** Lower-case hexadecimal, two digits an octet, no separator. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const octet of bytes) text += HEX_PAIRS[octet]!;
  return text;
}

/** The value of each ASCII character as a hexadecimal digit; −1 for none. */
const DIGIT_VALUES = new Int8Array(128).fill(-1);
for (let value = 0; value < 16; value += 1) {
  DIGIT_VALUES[HEX_DIGITS.charCodeAt(value)] = value;
  DIGIT_VALUES[HEX_DIGITS.toUpperCase().charCodeAt(value)] = value;
}

/**
 * Octets from hexadecimal digits; white space is skipped.
 * @returns undefined when a character is no hex digit or the number of digits is odd.
 */
export function fromHex(text: string): Uint8Array | undefined {
  const digits = /\s/.test(text) ? text.replace(/\s+/g, '') : text;
  if (digits.length % 2 !== 0) return undefined;
  const bytes = new Uint8Array(digits.length / 2);
  for (let i = 0; i < bytes.length; i += 1) {
    // Characters beyond ASCII have no entry: neither undefined nor −1 passes the comparison.
    const high = DIGIT_VALUES[digits.charCodeAt(2 * i)]!;
    const low = DIGIT_VALUES[digits.charCodeAt(2 * i + 1)]!;
    if (!(high >= 0 && low >= 0)) return undefined;
    bytes[i] = high * 16 + low;
  }
  return bytes;
}

/** One character per octet, code points 0 … 255 (ISO 8859-1). The inverse of `latin1Bytes`. */
export function latin1Text(bytes: Uint8Array): string {
  if (bytes.length <= LATIN1_CHUNK) return latin1Chunk(bytes);
  const parts: string[] = [];
  for (let from = 0; from < bytes.length; from += LATIN1_CHUNK) {
    parts.push(latin1Chunk(bytes.subarray(from, from + LATIN1_CHUNK)));
  }
  return parts.join('');
}

/** Octets that become arguments of one call. */
const LATIN1_CHUNK = 4_096;

function latin1Chunk(bytes: Uint8Array): string {
  // `apply` takes the array as it is; spreading would walk it with an iterator, ten times slower.
  // oxlint-disable-next-line prefer-spread
  return String.fromCharCode.apply(undefined, bytes as ArrayLike<number> as number[]);
}

/** Octets of a text of code points 0 … 255; higher ones lose their upper bits. */
export function latin1Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  return bytes;
}
