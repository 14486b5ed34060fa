/**
 * Content codings, RFC 9110 §8.4.1: gzip and deflate, decoded as a stream.
 *
 * Deliberately absent: br, zstd, compress. Content in such a coding is left as it came.
 */
import { Gunzip, gzipSync, Inflate, Unzlib, zlibSync } from 'fflate';
import { concatBytes, EMPTY_BYTES, readU32 } from '../base/bytes.ts';
import { Adler32, Crc32, type RunningCheck } from './content-checks.ts';
import { violation, type HttpViolation } from './events.ts';
import type { HttpHeaders } from './headers.ts';
import { HTTP_RULES } from './rules.ts';

/** Octets that one message's content may decode to, unless a program says otherwise. */
export const MAX_DECODED_BYTES = 104_857_600;
/** More codings than so many on one message are not undone. */
const MAX_CODINGS = 2;
/** Fed in such pieces, deflate's 1 : 1032 at most makes half a megabyte between two looks at the limit. */
const FEED = 512;

export type ContentCoding = 'gzip' | 'deflate';

/** What we can undo, for an Accept-Encoding field. */
export const ACCEPTED_CODINGS = 'gzip, deflate';

interface Stage {
  push(bytes: Uint8Array, final: boolean): void;
  /** Whether what came in so far is a whole and right stream. Asked at the end. */
  complete(): boolean;
}

/** Undoes the codings of one message's content. */
export class ContentDecoder {
  readonly #limit: number;
  readonly #stages: Stage[] = [];
  #out: Uint8Array[] = [];
  #decoded = 0;
  #fed = false;

  private constructor(codings: readonly ContentCoding[], limit: number) {
    this.#limit = limit;
    let sink = (bytes: Uint8Array): void => {
      this.#decoded += bytes.length;
      if (bytes.length > 0) this.#out.push(bytes);
    };
    // The coding named first was applied first, so it is undone last (RFC 9110 §8.4).
    for (const coding of codings) {
      const stage = coding === 'gzip' ? new GzipStage(sink) : new DeflateStage(sink);
      this.#stages.unshift(stage);
      sink = (bytes) => stage.push(bytes, false);
    }
  }

  /** A decoder for content with these fields; undefined where there is nothing that we can undo. */
  static for(headers: HttpHeaders, maxBytes = MAX_DECODED_BYTES): ContentDecoder | undefined {
    const codings: ContentCoding[] = [];
    for (const token of headers.tokens('content-encoding')) {
      if (token === 'gzip' || token === 'x-gzip') codings.push('gzip');
      else if (token === 'deflate') codings.push('deflate');
      else if (token !== 'identity') return undefined;
    }
    if (codings.length === 0 || codings.length > MAX_CODINGS) return undefined;
    return new ContentDecoder(codings, maxBytes);
  }

  /** Decodes a part. */
  push(bytes: Uint8Array): Uint8Array | HttpViolation {
    this.#fed ||= bytes.length > 0;
    return this.#run(() => {
      for (let from = 0; from < bytes.length; from += FEED) {
        this.#stages[0]!.push(bytes.subarray(from, from + FEED), false);
        if (this.#decoded > this.#limit) return;
      }
    });
  }

  /** Decodes what is left at the end of the content; no content at all decodes to none. */
  finish(): Uint8Array | HttpViolation {
    if (!this.#fed) return EMPTY_BYTES;
    return this.#run(() => {
      for (const stage of this.#stages) {
        stage.push(EMPTY_BYTES, true);
        if (!stage.complete()) throw new Error('the end is missing or the check is wrong');
      }
    });
  }

  #run(decode: () => void): Uint8Array | HttpViolation {
    try {
      decode();
    } catch (error) {
      const text = `content does not decode: ${(error as Error).message}`;
      return violation(HTTP_RULES.contentCorrupt, 400, text);
    }
    if (this.#decoded > this.#limit) {
      const text = `expected at most ${this.#limit} octets of decoded content`;
      return violation(HTTP_RULES.contentBomb, 413, text);
    }
    const decoded = concatBytes(this.#out);
    this.#out = [];
    return decoded;
  }
}

/** Encodes content at once; the same content gives the same octets. `deflate` has zlib's frame (RFC 9110 §8.4.1.2). */
export function encodeContent(coding: ContentCoding, content: Uint8Array): Uint8Array {
  // A modification time of 0 means none: otherwise a clock would get into the octets.
  return coding === 'gzip' ? gzipSync(content, { mtime: 0 }) : zlibSync(content);
}

/** The last octets of a stream, which carry its checks. */
class Tail {
  #bytes: Uint8Array = EMPTY_BYTES;
  readonly #size: number;

  constructor(size: number) {
    this.#size = size;
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  add(bytes: Uint8Array): void {
    const joined = concatBytes([this.#bytes, bytes]);
    this.#bytes = joined.slice(Math.max(0, joined.length - this.#size));
  }
}

/** RFC 1952. Simplified: of several members one after the other only the shape is checked. */
class GzipStage implements Stage {
  readonly #gunzip: Gunzip;
  readonly #tail = new Tail(8);
  readonly #crc = new Crc32();
  #length = 0;
  #members = 1;

  constructor(sink: (bytes: Uint8Array) => void) {
    this.#gunzip = new Gunzip((bytes) => {
      this.#crc.add(bytes);
      this.#length = (this.#length + bytes.length) >>> 0;
      sink(bytes);
    });
    this.#gunzip.onmember = () => {
      this.#members += 1;
    };
  }

  push(bytes: Uint8Array, final: boolean): void {
    this.#tail.add(bytes);
    this.#gunzip.push(bytes, final);
  }

  complete(): boolean {
    const tail = this.#tail.bytes;
    if (tail.length < 8) return false;
    if (this.#members > 1) return true;
    return littleEndian(tail, 0) === this.#crc.value && littleEndian(tail, 4) === this.#length;
  }
}

/**
 * RFC 9110 §8.4.1.2: deflate means zlib's frame (RFC 1950) around it; some send it bare (RFC 1951),
 * and like browsers we read both.
 * Simplified: bare deflate carries no check, so a cut in it may go unnoticed here; the framing of
 * the message notices it.
 */
class DeflateStage implements Stage {
  readonly #sink: (bytes: Uint8Array) => void;
  #held: Uint8Array = EMPTY_BYTES;
  #inflate: Inflate | Unzlib | undefined;
  readonly #tail = new Tail(4);
  #check: RunningCheck | undefined;

  constructor(sink: (bytes: Uint8Array) => void) {
    this.#sink = sink;
  }

  push(bytes: Uint8Array, final: boolean): void {
    this.#tail.add(bytes);
    if (this.#inflate !== undefined) {
      this.#inflate.push(bytes, final);
      return;
    }
    this.#held = concatBytes([this.#held, bytes]);
    if (this.#held.length < 2 && !final) return;
    this.#start();
    this.#inflate!.push(this.#held, final);
    this.#held = EMPTY_BYTES;
  }

  complete(): boolean {
    if (this.#check === undefined) return true;
    return this.#tail.bytes.length === 4 && readU32(this.#tail.bytes, 0) === this.#check.value;
  }

  /** RFC 1950 §2.2: method 8, and the first two octets are a multiple of 31. */
  #start(): void {
    const [first = 0, second = 0] = this.#held;
    const isZlib = (first & 15) === 8 && (first * 256 + second) % 31 === 0;
    if (isZlib) this.#check = new Adler32();
    const sink = (bytes: Uint8Array): void => {
      this.#check?.add(bytes);
      this.#sink(bytes);
    };
    this.#inflate = isZlib ? new Unzlib(sink) : new Inflate(sink);
  }
}

function littleEndian(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at + 3]! << 24) | (bytes[at + 2]! << 16) | (bytes[at + 1]! << 8) | bytes[at]!) >>> 0
  );
}
