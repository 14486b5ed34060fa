/**
 * Payload: a run of bytes that need not exist yet.
 *
 * Bulk data is a described pattern with an offset, so that a gigabyte costs no memory; everything
 * else is real bytes. Both give the same octets when something looks. A payload never changes.
 */
import { EMPTY_BYTES } from './bytes.ts';
import { invariant } from './errors.ts';

export interface Payload {
  /** In bytes. */
  readonly length: number;
  /** Where a described pattern starts; undefined for real bytes. */
  readonly patternOffset: number | undefined;
  /** The part `[from, to)`, 0 =< from =< to =< length. */
  slice(from: number, to: number): Payload;
  /** Writes all octets to `target` from `at` on. */
  copyTo(target: Uint8Array, at: number): void;
  /** The octets; real bytes are not copied. */
  toBytes(): Uint8Array;
}

class BytesPayload implements Payload {
  readonly length: number;
  readonly patternOffset = undefined;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.length = bytes.length;
  }

  slice(from: number, to: number): Payload {
    if (from === 0 && to === this.length) return this;
    return from === to ? EMPTY_PAYLOAD : new BytesPayload(this.#bytes.subarray(from, to));
  }

  copyTo(target: Uint8Array, at: number): void {
    target.set(this.#bytes, at);
  }

  toBytes(): Uint8Array {
    return this.#bytes;
  }
}

class PatternPayload implements Payload {
  readonly length: number;
  readonly patternOffset: number;

  constructor(offset: number, length: number) {
    this.patternOffset = offset;
    this.length = length;
  }

  slice(from: number, to: number): Payload {
    if (from === 0 && to === this.length) return this;
    return from === to ? EMPTY_PAYLOAD : new PatternPayload(this.patternOffset + from, to - from);
  }

  copyTo(target: Uint8Array, at: number): void {
    let from = this.patternOffset % PATTERN_PERIOD;
    for (let done = 0; done < this.length;) {
      const part = Math.min(this.length - done, PATTERN_TABLE.length - from);
      target.set(PATTERN_TABLE.subarray(from, from + part), at + done);
      done += part;
      from = (from + part) % PATTERN_PERIOD;
    }
  }

  toBytes(): Uint8Array {
    const bytes = new Uint8Array(this.length);
    this.copyTo(bytes, 0);
    return bytes;
  }
}

export const EMPTY_PAYLOAD: Payload = new BytesPayload(EMPTY_BYTES);

/** Real bytes; they are not copied, so the caller must not change them afterwards. */
export function bytesPayload(bytes: Uint8Array): Payload {
  return bytes.length === 0 ? EMPTY_PAYLOAD : new BytesPayload(bytes);
}

/** `length` bytes of the pattern, starting at its position `offset`. */
export function patternPayload(offset: number, length: number): Payload {
  return length === 0 ? EMPTY_PAYLOAD : new PatternPayload(offset, length);
}

/**
 * The octet at a position of the pattern: printable letters in lines of 64 that begin at a new
 * letter each, so that lost, repeated or swapped parts change what is read.
 */
export function patternByte(position: number): number {
  const column = position % 64;
  if (column === 63) return 10;
  return 97 + ((column + Math.floor(position / 64)) % 26);
}

/** The pattern repeats after this many octets. */
export const PATTERN_PERIOD = 64 * 26;

/** Two periods, so that a segment of usual size is one copy wherever it starts. */
const PATTERN_TABLE = new Uint8Array(2 * PATTERN_PERIOD);
for (let i = 0; i < PATTERN_TABLE.length; i += 1) PATTERN_TABLE[i] = patternByte(i);

/** Payloads one after the other as one; neighbouring parts of the pattern stay a pattern. */
export function concatPayloads(parts: readonly Payload[]): Payload {
  const present = parts.filter((part) => part.length > 0);
  const first = present[0];
  if (first === undefined) return EMPTY_PAYLOAD;
  if (present.length === 1) return first;
  let length = 0;
  let contiguous = first.patternOffset !== undefined;
  for (const part of present) {
    contiguous &&= part.patternOffset === first.patternOffset! + length;
    length += part.length;
  }
  if (contiguous) return patternPayload(first.patternOffset!, length);
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of present) {
    part.copyTo(bytes, at);
    at += part.length;
  }
  invariant(at === length, `concatenated ${at} bytes of ${length}`);
  return bytesPayload(bytes);
}
