/** Base 64, RFC 4648 §4, and its form for URLs and cookies without padding, §5. */
import { concatBytes } from './bytes.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Four characters for three octets, padded with `=`. */
export function base64(bytes: Uint8Array): string {
  const text = digits(bytes, `${LETTERS}+/`);
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=');
}

/** With `-` and `_` for `+` and `/`, and no padding: every character may stand in a URL or cookie. */
export function base64Url(bytes: Uint8Array): string {
  return digits(bytes, `${LETTERS}-_`);
}

/**
 * The octets of either form; white space is not allowed.
 * @returns undefined for a character of neither alphabet, a wrong length or wrong padding.
 */
export function base64Bytes(text: string): Uint8Array | undefined {
  const body = text.replace(/={1,2}$/, '');
  if (body !== text && text.length % 4 !== 0) return undefined;
  if (body.length % 4 === 1 || /[^A-Za-z0-9+/_-]/.test(body)) return undefined;
  const alphabet = `${LETTERS}+/`;
  const plain = body.replaceAll('-', '+').replaceAll('_', '/');
  const parts: Uint8Array[] = [];
  for (let at = 0; at < plain.length; at += 4) {
    const group = plain.slice(at, at + 4);
    let bits = 0;
    for (const digit of group.padEnd(4, 'A')) bits = (bits << 6) | alphabet.indexOf(digit);
    const octets = Uint8Array.of(bits >>> 16, bits >>> 8, bits);
    parts.push(octets.subarray(0, group.length - 1));
  }
  return concatBytes(parts);
}

function digits(bytes: Uint8Array, alphabet: string): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const here = bytes.length - at;
    const bits = (bytes[at]! << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const count = here === 1 ? 2 : here === 2 ? 3 : 4;
    for (let i = 0; i < count; i += 1) text += alphabet[(bits >>> (18 - 6 * i)) & 63]!;
  }
  return text;
}
