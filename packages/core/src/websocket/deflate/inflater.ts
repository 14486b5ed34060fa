import { concatBytes, EMPTY_BYTES } from '../../base/index.ts';
import {
  DISTANCE_BASE,
  DISTANCE_EXTRA,
  END_OF_BLOCK,
  LENGTH_BASE,
  LENGTH_EXTRA,
  MAX_WINDOW_BITS,
} from './alphabet.ts';
import { BitReader } from './bit-reader.ts';
import { FIXED_CODES, readDynamicCodes, type BlockCodes } from './block-codes.ts';

const WINDOW = 1 << MAX_WINDOW_BITS;
/** RFC 7692 §7.2.1: the octets that the sender took away from the end of each message. */
const TAIL = Uint8Array.of(0x00, 0x00, 0xff, 0xff);

/** Takes what has been decompressed; false stops the work (a limit was reached). */
export type TakeOutput = (bytes: Uint8Array) => boolean;

/**
 * Decompresses the messages of one direction, RFC 1951 as RFC 7692 §7.2.2 uses it. What earlier
 * messages contained may be referred to, unless the peer gave that up.
 */
export class Inflater {
  readonly #contextTakeover: boolean;
  /** The window, then what has not been handed out yet. */
  #out: Uint8Array = EMPTY_BYTES;
  /** Where the next octet goes, and from where on it was not handed out. */
  #at = WINDOW;
  #from = WINDOW;
  /** How many octets before `#from` are known, at most WINDOW. */
  #history = 0;
  #take: TakeOutput = () => false;
  #stopped = false;

  /** @param contextTakeover whether later messages may refer to earlier ones */
  constructor(contextTakeover: boolean) {
    this.#contextTakeover = contextTakeover;
  }

  /**
   * Decompresses one whole message in pieces of at most 32,768 octets.
   * @returns what is wrong with it, in words; undefined when all is well or `take` stopped it
   */
  inflate(message: Uint8Array, take: TakeOutput): string | undefined {
    this.#take = take;
    this.#stopped = false;
    if (!this.#contextTakeover) this.#history = 0;
    // Some senders leave out even the one octet that an empty message consists of.
    if (message.length === 0) return undefined;
    // The memory is taken when the first message comes: most connections compress little.
    if (this.#out.length === 0) this.#out = new Uint8Array(2 * WINDOW);
    const bits = new BitReader(concatBytes([message, TAIL]));
    while (bits.left > 0 && !this.#stopped) {
      const fault = this.#block(bits);
      if (fault !== undefined) return fault;
      if (bits.left < 0) return 'the compressed data ends too early';
    }
    this.#flush();
    return undefined;
  }

  /** RFC 1951 §3.2.3: one block. After a block that says it is the last, the next octet begins anew. */
  #block(bits: BitReader): string | undefined {
    const isLast = bits.take(1) === 1;
    const type = bits.take(2);
    if (type === 3) return 'a block has the reserved type 3';
    const fault = type === 0 ? this.#stored(bits) : this.#compressed(bits, type);
    if (isLast) bits.align();
    return fault;
  }

  #stored(bits: BitReader): string | undefined {
    bits.align();
    const length = bits.take(16);
    if (bits.take(16) !== (length ^ 0xffff)) return 'the length of a stored block is wrong';
    const octets = bits.octets(length);
    for (let at = 0; at < octets.length && !this.#stopped;) {
      const part = octets.subarray(at, at + this.#out.length - this.#at);
      this.#out.set(part, this.#at);
      this.#at += part.length;
      at += part.length;
      this.#flushWhenFull();
    }
    return undefined;
  }

  #compressed(bits: BitReader, type: number): string | undefined {
    const codes = type === 1 ? FIXED_CODES : readDynamicCodes(bits);
    if (codes === undefined) return 'the codes of a block are wrong';
    while (!this.#stopped) {
      const symbol = bits.symbol(codes.literals);
      if (symbol === END_OF_BLOCK) return undefined;
      if (symbol < 0 || bits.left < 0) return 'the compressed data has no symbol here';
      if (symbol > END_OF_BLOCK) {
        const fault = this.#copy(bits, codes, symbol - 257);
        if (fault !== undefined) return fault;
      } else {
        this.#out[this.#at++] = symbol;
        this.#flushWhenFull();
      }
    }
    return undefined;
  }

  #copy(bits: BitReader, codes: BlockCodes, lengthCode: number): string | undefined {
    if (lengthCode >= LENGTH_BASE.length) return 'a length code is wrong';
    let length = LENGTH_BASE[lengthCode]! + bits.take(LENGTH_EXTRA[lengthCode]!);
    const distanceCode = bits.symbol(codes.distances);
    const base = DISTANCE_BASE[distanceCode];
    if (base === undefined) return 'a distance code is wrong';
    const distance = base + bits.take(DISTANCE_EXTRA[distanceCode]!);
    if (distance > this.#history + this.#at - this.#from) {
      return 'a distance reaches before the beginning';
    }
    for (; length > 0 && !this.#stopped; length -= 1) {
      this.#out[this.#at] = this.#out[this.#at - distance]!;
      this.#at += 1;
      this.#flushWhenFull();
    }
    return undefined;
  }

  #flushWhenFull(): void {
    if (this.#at === this.#out.length) this.#flush();
  }

  /** Hands out what is new, and keeps the last WINDOW octets before the place of the next ones. */
  #flush(): void {
    const fresh = this.#at - this.#from;
    if (fresh > 0) this.#stopped = !this.#take(this.#out.slice(this.#from, this.#at));
    this.#history = Math.min(WINDOW, this.#history + fresh);
    this.#out.copyWithin(0, this.#at - WINDOW, this.#at);
    this.#at = WINDOW;
    this.#from = WINDOW;
  }
}
