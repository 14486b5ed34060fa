/** PEM (RFC 7468): DER in base64 between BEGIN and END lines. */

export interface PemBlock {
  /** e.g. `CERTIFICATE`, `PRIVATE KEY`. */
  readonly label: string;
  readonly der: Uint8Array;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const LINE = 64;

export function pemText(label: string, der: Uint8Array): string {
  const base64 = base64Text(der);
  const lines: string[] = [];
  for (let at = 0; at < base64.length; at += LINE) lines.push(base64.slice(at, at + LINE));
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/** All blocks of a file, in order; what stands between them is ignored. Undefined for broken base64. */
export function pemBlocks(text: string): PemBlock[] | undefined {
  const blocks: PemBlock[] = [];
  for (const match of text.matchAll(/-----BEGIN ([^-]+)-----([^-]*)-----END \1-----/g)) {
    const der = base64Bytes(match[2]!);
    if (der === undefined) return undefined;
    blocks.push({ label: match[1]!, der });
  }
  return blocks;
}

function base64Text(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [a, b = 0, c = 0] = [bytes[at]!, bytes[at + 1], bytes[at + 2]];
    const bits = (a << 16) | (b << 8) | c;
    const left = bytes.length - at;
    text += ALPHABET[bits >> 18]! + ALPHABET[(bits >> 12) & 63]!;
    text += left > 1 ? ALPHABET[(bits >> 6) & 63]! : '=';
    text += left > 2 ? ALPHABET[bits & 63]! : '=';
  }
  return text;
}

function base64Bytes(text: string): Uint8Array | undefined {
  const digits = text.replace(/\s+/g, '').replace(/={1,2}$/, '');
  if (/[^A-Za-z0-9+/]/.test(digits) || digits.length % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const digit of digits) {
    bits = ((bits << 6) | ALPHABET.indexOf(digit)) & 0xffffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes[at] = bits >> held;
    at += 1;
  }
  return bytes;
}
