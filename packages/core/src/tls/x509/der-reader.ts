/**
 * Reads DER strictly (X.690 §10): definite lengths in the fewest octets, minimal integers, booleans
 * of 0x00 or 0xff. A failure sticks, so that a parser reads straight on and asks once.
 */
import { EMPTY_BYTES, latin1Text } from '../../base/bytes.ts';
import { numberFromBytes } from '../crypto/rsa-math.ts';
import { TAG } from './der-tag.ts';
import { timeFromText, timeFromUtcText } from './der-time.ts';
import { oidText } from './oid.ts';

export interface DerElement {
  readonly tag: number;
  readonly contents: Uint8Array;
  /** Tag, length and contents together. */
  readonly whole: Uint8Array;
}

const NOTHING: DerElement = { tag: 0, contents: EMPTY_BYTES, whole: EMPTY_BYTES };
const MAX_LENGTH_OCTETS = 3;

export class DerReader {
  readonly #bytes: Uint8Array;
  /** Readers of the same input share one failure. */
  readonly #shared: { failed: boolean };
  #at = 0;

  constructor(bytes: Uint8Array, shared: { failed: boolean } = { failed: false }) {
    this.#bytes = bytes;
    this.#shared = shared;
  }

  /** Whether anything in this input, nested parts included, was not as demanded. */
  get failed(): boolean {
    return this.#shared.failed;
  }

  /** Whether more elements follow. */
  get more(): boolean {
    return !this.failed && this.#at < this.#bytes.length;
  }

  fail(): void {
    this.#shared.failed = true;
  }

  /** Demands that nothing is left over. */
  end(): void {
    if (this.#at !== this.#bytes.length) this.fail();
  }

  /** The tag of the next element, 0 at the end. */
  peek(): number {
    return this.more ? this.#bytes[this.#at]! : 0;
  }

  /** The next element; it must have this tag when one is given. */
  element(tag?: number): DerElement {
    const start = this.#at;
    const found = this.#bytes[start];
    const length = this.#length(start + 1);
    if (found === undefined || length === undefined || (found & 0x1f) === 0x1f) return this.#no();
    const end = length.from + length.octets;
    if (end > this.#bytes.length || (tag !== undefined && tag !== found)) return this.#no();
    this.#at = end;
    return {
      tag: found,
      contents: this.#bytes.subarray(length.from, end),
      whole: this.#bytes.subarray(start, end),
    };
  }

  /** A reader of a part that was taken out before; its failure is this one's. */
  of(part: Uint8Array): DerReader {
    return new DerReader(part, this.#shared);
  }

  /** A reader of the contents of the next element. */
  inside(tag: number = TAG.sequence): DerReader {
    return new DerReader(this.element(tag).contents, this.#shared);
  }

  /** A reader of the next element's contents if it has this tag. */
  optional(tag: number): DerReader | undefined {
    return this.peek() === tag ? this.inside(tag) : undefined;
  }

  oid(): string {
    const text = oidText(this.element(TAG.oid).contents);
    if (text === undefined) this.fail();
    return text ?? '';
  }

  /** An integer that is not negative. */
  integer(tag: number = TAG.integer): bigint {
    const octets = this.integerOctets(tag);
    // A set first bit means a negative number.
    if ((octets[0] ?? 0x80) >= 0x80) this.fail();
    return this.failed ? 0n : numberFromBytes(octets);
  }

  /** The octets of an integer, in two's complement. */
  integerOctets(tag: number = TAG.integer): Uint8Array {
    const { contents } = this.element(tag);
    const [first, second] = contents;
    // X.690 §8.3.2: the first nine bits are neither all zero nor all one.
    const isLong = second !== undefined && (second < 0x80 ? first === 0 : first === 0xff);
    if (first === undefined || isLong) this.fail();
    return contents;
  }

  null(): void {
    if (this.element(TAG.null).contents.length > 0) this.fail();
  }

  boolean(): boolean {
    const { contents } = this.element(TAG.boolean);
    if (contents.length !== 1 || (contents[0] !== 0 && contents[0] !== 0xff)) this.fail();
    return contents[0] === 0xff;
  }

  /** A bit string of whole octets. */
  bits(): Uint8Array {
    const { contents } = this.element(TAG.bitString);
    if (contents[0] !== 0) this.fail();
    return contents.subarray(1);
  }

  /** A bit string of named bits: which are set. */
  namedBits(): number[] {
    const { contents } = this.element(TAG.bitString);
    const unused = contents[0] ?? 8;
    const last = contents[contents.length - 1] ?? 0;
    if (unused > 7 || contents.length > 5 || (contents.length === 1 && unused > 0)) this.fail();
    if (contents.length > 1 && (last & ((1 << unused) - 1)) !== 0) this.fail();
    const set: number[] = [];
    for (let bit = 0; bit < (contents.length - 1) * 8; bit += 1) {
      if ((contents[1 + (bit >> 3)]! & (0x80 >> (bit & 7))) !== 0) set.push(bit);
    }
    return set;
  }

  /** UTCTime or GeneralizedTime, in seconds since 1970. */
  time(): number {
    const { tag, contents } = this.element();
    const text = latin1Text(contents);
    const seconds =
      tag === TAG.utcTime && text.length === 13
        ? timeFromUtcText(text)
        : tag === TAG.generalizedTime
          ? timeFromText(text)
          : undefined;
    if (seconds === undefined) this.fail();
    return seconds ?? 0;
  }

  #length(at: number): { from: number; octets: number } | undefined {
    const first = this.#bytes[at];
    if (first === undefined || this.failed) return undefined;
    if (first < 0x80) return { from: at + 1, octets: first };
    const count = first & 0x7f;
    let octets = 0;
    for (let i = 1; i <= count && i <= MAX_LENGTH_OCTETS; i += 1) {
      octets = octets * 256 + (this.#bytes[at + i] ?? 0);
    }
    // X.690 §10.1: definite, and in as few octets as possible.
    const minimal = octets >= 0x80 && (count === 1 || octets >= (count === 2 ? 0x100 : 0x10000));
    if (count === 0 || count > MAX_LENGTH_OCTETS || !minimal) return undefined;
    return { from: at + 1 + count, octets };
  }

  #no(): DerElement {
    this.fail();
    return NOTHING;
  }
}
