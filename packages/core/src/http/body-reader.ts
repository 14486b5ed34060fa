import {
  isViolation,
  violation,
  type HttpData,
  type HttpEndOfMessage,
  type HttpViolation,
} from './events.ts';
import type { Framing } from './framing.ts';
import { FieldSectionReader } from './head-reader.ts';
import { HttpHeaders } from './headers.ts';
import type { HttpLimits } from './limits.ts';
import type { ReceiveBuffer } from './receive-buffer.ts';
import { HTTP_RULES } from './rules.ts';
import { shown } from './tokens.ts';
import { allowedTrailers } from './trailer-fields.ts';

export type BodyEvent = HttpData | HttpEndOfMessage | HttpViolation;

/** Takes the content of one message out of the stream. */
export interface BodyReader {
  /** The next part; undefined while it has not arrived. `ended`: nothing more will arrive. */
  read(buffer: ReceiveBuffer, ended: boolean): BodyEvent | undefined;
}

const END: HttpEndOfMessage = { kind: 'end of message', trailers: HttpHeaders.EMPTY };

/** The statuses that a reader's refusals carry: 400 and 413 in a server, 0 in a client. */
export interface BodyStatus {
  readonly syntax: number;
  readonly tooLarge: number;
}

export function bodyReader(framing: Framing, limits: HttpLimits, status: BodyStatus): BodyReader {
  if (framing.kind === 'length') return new LengthReader(framing.length, status);
  if (framing.kind === 'chunked') return new ChunkedReader(limits, status);
  return new UntilCloseReader(limits, status);
}

class LengthReader implements BodyReader {
  readonly #length: number;
  readonly #status: BodyStatus;
  #left: number;

  constructor(length: number, status: BodyStatus) {
    this.#length = length;
    this.#left = length;
    this.#status = status;
  }

  read(buffer: ReceiveBuffer, ended: boolean): BodyEvent | undefined {
    if (this.#left === 0) return END;
    if (buffer.length === 0) {
      if (!ended) return undefined;
      const got = this.#length - this.#left;
      return incomplete(`expected ${this.#length} octets of content, got ${got}`, this.#status);
    }
    const bytes = buffer.take(this.#left);
    this.#left -= bytes.length;
    return { kind: 'data', bytes };
  }
}

class UntilCloseReader implements BodyReader {
  readonly #limits: HttpLimits;
  readonly #status: BodyStatus;
  #taken = 0;

  constructor(limits: HttpLimits, status: BodyStatus) {
    this.#limits = limits;
    this.#status = status;
  }

  read(buffer: ReceiveBuffer, ended: boolean): BodyEvent | undefined {
    if (buffer.length === 0) return ended ? END : undefined;
    const room = this.#limits.bodyBytes - this.#taken;
    if (room === 0) return tooLarge(this.#limits, this.#status);
    const bytes = buffer.take(room);
    this.#taken += bytes.length;
    return { kind: 'data', bytes };
  }
}

const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
const QUOTED =
  '"(?:[\\t\\u0020!\\u0023-\\u005b\\u005d-\\u007e\\u0080-\\u00ff]|\\\\[\\t\\u0020-\\u007e\\u0080-\\u00ff])*"';
/** RFC 9112 §7.1.1: `*( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] )`. */
const EXTENSIONS = new RegExp(
  `^(?:[ \\t]*;[ \\t]*${TOKEN}(?:[ \\t]*=[ \\t]*(?:${TOKEN}|${QUOTED}))?)*$`,
);

/** RFC 9112 §7.1.3's loop: sizes, chunks, the last chunk, trailer fields. */
class ChunkedReader implements BodyReader {
  readonly #limits: HttpLimits;
  readonly #status: BodyStatus;
  #stage: 'size' | 'octets' | 'end of chunk' | 'trailers' | 'over' = 'size';
  #left = 0;
  #taken = 0;
  #extensionOctets = 0;
  #trailers: FieldSectionReader | undefined;

  constructor(limits: HttpLimits, status: BodyStatus) {
    this.#limits = limits;
    this.#status = status;
  }

  read(buffer: ReceiveBuffer, ended: boolean): BodyEvent | undefined {
    for (;;) {
      const stage = this.#stage;
      const event = this.#advance(buffer);
      if (event !== undefined) return event;
      if (this.#stage !== stage) continue;
      if (!ended) return undefined;
      return incomplete('expected more chunks, got the end of the stream', this.#status);
    }
  }

  /** One step; undefined when it made a stage complete or needs more octets. */
  #advance(buffer: ReceiveBuffer): BodyEvent | undefined {
    if (this.#stage === 'size') return this.#size(buffer);
    if (this.#stage === 'octets') return this.#octets(buffer);
    if (this.#stage === 'end of chunk') return this.#endOfChunk(buffer);
    return this.#trailerSection(buffer);
  }

  #size(buffer: ReceiveBuffer): HttpViolation | undefined {
    const { syntax } = this.#status;
    const tooLong = violation(
      HTTP_RULES.chunkLine,
      syntax,
      `expected at most ${this.#limits.chunkLine} octets in a chunk's size line`,
    );
    const line = buffer.line(this.#limits.chunkLine, tooLong, syntax);
    if (line === undefined || typeof line === 'object') return line;
    const digits = /^[0-9A-Fa-f]*/.exec(line)![0];
    const extensions = line.slice(digits.length);
    if (digits === '' || /^[^ \t;]/.test(extensions)) {
      const text = `expected hexadecimal digits as chunk size, got ${shown(line)}`;
      return violation(HTTP_RULES.chunkSize, syntax, text);
    }
    if (!EXTENSIONS.test(extensions)) {
      const text = `expected chunk extensions after the size, got ${shown(line)}`;
      return violation(HTTP_RULES.chunkExtension, syntax, text);
    }
    this.#extensionOctets += extensions.length;
    if (this.#extensionOctets > this.#limits.chunkExtensions) {
      const text = `expected at most ${this.#limits.chunkExtensions} octets of chunk extensions`;
      return violation(HTTP_RULES.chunkLine, syntax, text);
    }
    return this.#begin(digits);
  }

  #begin(digits: string): HttpViolation | undefined {
    const size = Number.parseInt(digits, 16);
    if (!Number.isSafeInteger(size)) {
      return violation(
        HTTP_RULES.chunkOverflow,
        this.#status.syntax,
        `chunk size ${shown(digits)} is too large`,
      );
    }
    this.#taken += size;
    if (this.#taken > this.#limits.bodyBytes) return tooLarge(this.#limits, this.#status);
    this.#left = size;
    this.#stage = size === 0 ? 'trailers' : 'octets';
    return undefined;
  }

  #octets(buffer: ReceiveBuffer): HttpData | undefined {
    if (buffer.length === 0) return undefined;
    const bytes = buffer.take(this.#left);
    this.#left -= bytes.length;
    if (this.#left === 0) this.#stage = 'end of chunk';
    return { kind: 'data', bytes };
  }

  #endOfChunk(buffer: ReceiveBuffer): HttpViolation | undefined {
    const found = buffer.lineEnd();
    if (found === true) this.#stage = 'size';
    return found === false
      ? violation(
          HTTP_RULES.chunkEnd,
          this.#status.syntax,
          'expected CR LF after the octets of a chunk',
        )
      : undefined;
  }

  #trailerSection(buffer: ReceiveBuffer): HttpEndOfMessage | HttpViolation | undefined {
    const { syntax } = this.#status;
    this.#trailers ??= new FieldSectionReader({
      limits: { count: this.#limits.trailerCount, bytes: this.#limits.trailerBytes },
      status: { syntax, limit: syntax === 0 ? 0 : 431 },
      // RFC 9112 §5.2 speaks of all field lines: a client unfolds those behind the content too.
      unfold: syntax === 0,
    });
    const trailers = this.#trailers.read(buffer);
    if (trailers === undefined || isViolation(trailers)) return trailers;
    return { kind: 'end of message', trailers: allowedTrailers(trailers) };
  }
}

function incomplete(text: string, status: BodyStatus): HttpViolation {
  return violation(HTTP_RULES.incomplete, status.syntax, text);
}

function tooLarge(limits: HttpLimits, status: BodyStatus): HttpViolation {
  const text = `expected at most ${limits.bodyBytes} octets of content`;
  return violation(HTTP_RULES.bodyLimit, status.tooLarge, text);
}
