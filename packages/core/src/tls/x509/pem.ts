/** PEM (RFC 7468): DER in base64 between BEGIN and END lines. */
import { base64, base64Bytes } from '../../base/base64.ts';

export interface PemBlock {
  /** e.g. `CERTIFICATE`, `PRIVATE KEY`. */
  readonly label: string;
  readonly der: Uint8Array;
}

const LINE = 64;

export function pemText(label: string, der: Uint8Array): string {
  const text = base64(der);
  const lines: string[] = [];
  for (let at = 0; at < text.length; at += LINE) lines.push(text.slice(at, at + LINE));
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/** All blocks of a file, in order; what stands between them is ignored. Undefined for broken base64. */
export function pemBlocks(text: string): PemBlock[] | undefined {
  const blocks: PemBlock[] = [];
  for (const match of text.matchAll(/-----BEGIN ([^-]+)-----([^-]*)-----END \1-----/g)) {
    const der = base64Bytes(match[2]!.replace(/\s+/g, ''));
    if (der === undefined) return undefined;
    blocks.push({ label: match[1]!, der });
  }
  return blocks;
}
