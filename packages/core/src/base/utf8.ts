/**
 * UTF-8 (RFC 3629) without a platform's TextEncoder, which the core does not have.
 * Decoding follows the WHATWG rule: an ill-formed sequence becomes U+FFFD, one per maximal part.
 */
import { latin1Text } from './bytes.ts';

/** UTF-16 units that are made into text at one time. */
const UNITS = 4_096;

/** The octets of a text. A lone surrogate becomes U+FFFD. */
export function utf8Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(mostOctets(text));
  let at = 0;
  for (let i = 0; i < text.length; i += 1) {
    let code = text.charCodeAt(i);
    if (code >= 0xd800 && code <= 0xdfff) {
      const low = text.charCodeAt(i + 1);
      if (code < 0xdc00 && low >= 0xdc00 && low <= 0xdfff) {
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        i += 1;
      } else {
        code = 0xfffd;
      }
    }
    if (code < 0x80) bytes[at++] = code;
    else if (code < 0x800) {
      bytes[at++] = 0xc0 | (code >> 6);
      bytes[at++] = 0x80 | (code & 63);
    } else if (code < 0x10000) {
      bytes[at++] = 0xe0 | (code >> 12);
      bytes[at++] = 0x80 | ((code >> 6) & 63);
      bytes[at++] = 0x80 | (code & 63);
    } else {
      bytes[at++] = 0xf0 | (code >> 18);
      bytes[at++] = 0x80 | ((code >> 12) & 63);
      bytes[at++] = 0x80 | ((code >> 6) & 63);
      bytes[at++] = 0x80 | (code & 63);
    }
  }
  return at === bytes.length ? bytes : bytes.slice(0, at);
}

/** How many octets a text can need: exact, but for surrogates. */
function mostOctets(text: string): number {
  let octets = text.length;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x80) octets += unit < 0x800 ? 1 : 2;
  }
  return octets;
}

/** The text of octets; ill-formed parts become U+FFFD. */
export function utf8Text(bytes: Uint8Array): string {
  return decode(bytes, false) as string;
}

/** The text of octets, or undefined when they are not well-formed UTF-8. */
export function utf8TextStrict(bytes: Uint8Array): string | undefined {
  return decode(bytes, true);
}

function decode(bytes: Uint8Array, strict: boolean): string | undefined {
  let ascii = true;
  for (let i = 0; i < bytes.length && ascii; i += 1) ascii = bytes[i]! < 0x80;
  if (ascii) return latin1Text(bytes);
  const parts: string[] = [];
  const units = new Uint16Array(Math.min(bytes.length + 1, UNITS));
  let count = 0;
  for (let i = 0; i < bytes.length;) {
    if (count + 2 > units.length) {
      parts.push(textOf(units.subarray(0, count)));
      count = 0;
    }
    const lead = bytes[i]!;
    const need = lead < 0x80 ? 0 : sequenceLength(lead);
    let code = lead;
    let taken = 1;
    if (need < 0) code = -1;
    else if (need > 0) {
      code = lead & (0x3f >> need);
      while (taken <= need && isContinuation(bytes, i, taken, lead)) {
        code = (code << 6) | (bytes[i + taken]! & 63);
        taken += 1;
      }
      if (taken <= need) code = -1;
    }
    if (code < 0 && strict) return undefined;
    if (code < 0x10000) {
      units[count++] = code < 0 ? 0xfffd : code;
    } else {
      units[count++] = 0xd7c0 + (code >> 10);
      units[count++] = 0xdc00 + (code & 0x3ff);
    }
    i += taken;
  }
  parts.push(textOf(units.subarray(0, count)));
  return parts.join('');
}

function textOf(units: Uint16Array): string {
  // `apply` takes the array as it is; spreading would walk it with an iterator, ten times slower.
  // oxlint-disable-next-line prefer-spread
  return String.fromCharCode.apply(undefined, units as ArrayLike<number> as number[]);
}

/** How many octets follow the lead octet, or −1 where it starts no sequence. */
function sequenceLength(lead: number): number {
  if (lead >= 0xc2 && lead <= 0xdf) return 1;
  if (lead >= 0xe0 && lead <= 0xef) return 2;
  if (lead >= 0xf0 && lead <= 0xf4) return 3;
  return -1;
}

/** RFC 3629 §4: the second octet's range excludes overlong forms, surrogates and > U+10FFFF. */
function isContinuation(bytes: Uint8Array, start: number, index: number, lead: number): boolean {
  const octet = bytes[start + index];
  if (octet === undefined) return false;
  if (index > 1) return octet >= 0x80 && octet <= 0xbf;
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  return octet >= low && octet <= high;
}
