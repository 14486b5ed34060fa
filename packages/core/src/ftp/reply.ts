/** FTP replies between lines and meaning, RFC 959 §4.2. */
import { utf8Bytes, utf8Text } from '../base/utf8.ts';
import { LineSplitter } from './line-splitter.ts';

/** Octets of a line of a reply at most. */
export const MAX_REPLY_LINE = 8_192;
/** Lines of a reply at most. */
export const MAX_REPLY_LINES = 10_000;

export interface FtpReply {
  /** 100 … 599; the first digit says how the command fared. */
  readonly code: number;
  /** At least one, without code and line end. */
  readonly lines: readonly string[];
}

/** A reply of one line or more. */
export function reply(code: number, ...lines: readonly string[]): FtpReply {
  return { code, lines: lines.length === 0 ? [''] : lines };
}

/** The octets of a reply. Lines between the first and the last begin with a space (RFC 2389 §3.2). */
export function encodeReply({ code, lines }: FtpReply): Uint8Array {
  const last = lines.length - 1;
  const text = lines.map((line, index) => {
    const clean = line.replace(/[\r\n]+/g, ' ');
    if (index === last) return `${code} ${clean}\r\n`;
    return index === 0 ? `${code}-${clean}\r\n` : ` ${clean}\r\n`;
  });
  return utf8Bytes(text.join(''));
}

/** Replies from the octets of the control connection, however they are cut. */
export class ReplyReader {
  readonly #lines = new LineSplitter(MAX_REPLY_LINE);
  #open: { readonly code: number; readonly lines: string[] } | undefined;

  push(bytes: Uint8Array): void {
    this.#lines.push(bytes);
  }

  /** What to send back for Telnet options (FTP-03). */
  takeRefusals(): Uint8Array {
    return this.#lines.takeRefusals();
  }

  /** The next whole reply, in words what is wrong with it, or undefined when it is not yet whole. */
  next(): FtpReply | { readonly problem: string } | undefined {
    for (;;) {
      const line = this.#lines.next();
      if (line === undefined) return undefined;
      if (line === 'too long') return { problem: `line longer than ${MAX_REPLY_LINE} octets` };
      const text = utf8Text(line.bytes);
      const done = this.#open === undefined ? this.#begin(text) : this.#goOn(text, this.#open);
      if (done !== undefined) return done;
    }
  }

  #begin(text: string): FtpReply | { readonly problem: string } | undefined {
    const match = /^([1-5]\d\d)(?:([ -])(.*))?$/s.exec(text);
    if (match === null) return { problem: `no reply code in ${JSON.stringify(text.slice(0, 80))}` };
    const code = Number(match[1]);
    const words = match[3] ?? '';
    if (match[2] !== '-') return { code, lines: [words] };
    this.#open = { code, lines: [words] };
    return undefined;
  }

  #goOn(
    text: string,
    open: { readonly code: number; readonly lines: string[] },
  ): FtpReply | { readonly problem: string } | undefined {
    if (open.lines.length === MAX_REPLY_LINES) {
      return { problem: `reply of more than ${MAX_REPLY_LINES} lines` };
    }
    const ends = text.startsWith(`${open.code} `) || text === String(open.code);
    // A line within may repeat the code and hyphen, or be indented; neither belongs to its text.
    const prefix = ends || text.startsWith(`${open.code}-`) ? 4 : text.startsWith(' ') ? 1 : 0;
    open.lines.push(text.slice(prefix));
    if (!ends) return undefined;
    this.#open = undefined;
    return open;
  }
}
