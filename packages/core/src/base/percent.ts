/** Percent-encoding, RFC 3986 §2.1: `%` and two hexadecimal digits stand for one octet. */
import { latin1Bytes } from './bytes.ts';
import { utf8Bytes, utf8Text } from './utf8.ts';

/** RFC 3986 §2.3: these never need encoding, and mean the same encoded or not. */
const UNRESERVED = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~';
const SUB_DELIMITERS = "!$&'()*+,;=";

/** What may stand bare in each part of a URL (RFC 3986 §3); everything else is encoded. */
export const URL_PARTS = {
  /** One user name or password: `:` and `@` would end it. */
  userInfo: charset(UNRESERVED + SUB_DELIMITERS),
  /** A path of many segments. */
  path: charset(`${UNRESERVED + SUB_DELIMITERS}:@/`),
  /** One segment of a path: `/` would end it. */
  segment: charset(`${UNRESERVED + SUB_DELIMITERS}:@`),
  /** A query or a fragment. */
  query: charset(`${UNRESERVED + SUB_DELIMITERS}:@/?`),
  /** A name or value within a query of `name=value&…`: only unreserved characters. */
  parameter: charset(UNRESERVED),
} as const;

export type UrlPart = keyof typeof URL_PARTS;

const HEX = '0123456789ABCDEF';
const UNRESERVED_OCTETS = charset(UNRESERVED);

/** Encodes a plain text for one part of a URL, `%` included. Text is taken as UTF-8. */
export function percentEncode(text: string, part: UrlPart): string {
  const bare = URL_PARTS[part];
  let encoded = '';
  for (const octet of utf8Bytes(text)) encoded += bare[octet] ? ascii(octet) : escaped(octet);
  return encoded;
}

/**
 * Makes a part that may be encoded already canonical (RFC 3986 §6.2.2): what may not stand bare is
 * encoded, a `%` that begins no escape becomes `%25`, escapes get upper-case digits, and escapes of
 * unreserved characters are undone. Doing it twice changes nothing more.
 */
export function requote(text: string, part: UrlPart): string {
  const bare = URL_PARTS[part];
  const octets = utf8Bytes(text);
  let quoted = '';
  for (let i = 0; i < octets.length; i += 1) {
    const octet = octets[i]!;
    const value = octet === 0x25 ? escapeAt(octets, i) : -1;
    if (value >= 0) {
      quoted += UNRESERVED_OCTETS[value] ? ascii(value) : escaped(value);
      i += 2;
    } else {
      quoted += bare[octet] ? ascii(octet) : escaped(octet);
    }
  }
  return quoted;
}

/** The octets that an encoded text stands for; a `%` that begins no escape stands for itself. */
export function percentDecodeBytes(text: string): Uint8Array {
  const octets = utf8Bytes(text);
  const decoded = new Uint8Array(octets.length);
  let length = 0;
  for (let i = 0; i < octets.length; i += 1) {
    const value = octets[i] === 0x25 ? escapeAt(octets, i) : -1;
    decoded[length++] = value >= 0 ? value : octets[i]!;
    if (value >= 0) i += 2;
  }
  return decoded.subarray(0, length);
}

/** The text that an encoded text stands for, read as UTF-8; ill-formed octets become U+FFFD. */
export function percentDecode(text: string): string {
  return utf8Text(percentDecodeBytes(text));
}

function escapeAt(octets: Uint8Array, at: number): number {
  const high = hexDigit(octets[at + 1]);
  const low = hexDigit(octets[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

function hexDigit(octet: number | undefined): number {
  if (octet === undefined) return -1;
  if (octet >= 0x30 && octet <= 0x39) return octet - 0x30;
  const lower = octet | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

function escaped(octet: number): string {
  return `%${HEX[octet >> 4]!}${HEX[octet & 15]!}`;
}

function ascii(octet: number): string {
  return String.fromCharCode(octet);
}

function charset(characters: string): readonly boolean[] {
  const table: boolean[] = Array.from({ length: 256 }, () => false);
  for (const octet of latin1Bytes(characters)) table[octet] = true;
  return table;
}
