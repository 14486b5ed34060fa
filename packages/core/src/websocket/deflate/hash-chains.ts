import { EMPTY_BYTES } from '../../base/index.ts';
import { MAX_MATCH, MIN_MATCH } from './alphabet.ts';

const HASH_BITS = 15;
/** How many earlier places with the same hash are tried; more would be slower and little smaller. */
const MAX_CHAIN = 32;
/** Places are counted from here on again before they no longer fit into 32 bits. */
const MAX_PLACE = 0x4000_0000;

/**
 * Where each run of three octets occurred before, latest first (RFC 1951 §4). It is kept from message
 * to message, so that a short one costs no more than its own octets; places count all octets so far.
 */
export class HashChains {
  /** The distance of the match that `longest` found. */
  distance = 0;
  readonly #window: number;
  readonly #heads = new Int32Array(1 << HASH_BITS).fill(-1);
  /** By the low bits of a place: the place before it with the same hash. */
  readonly #previous: Int32Array;
  #data: Uint8Array = EMPTY_BYTES;
  /** The place of `#data[0]`. */
  #base = 0;
  /** Up to here every run was inserted. */
  #inserted = 0;

  /** @param window a power of two: how far back matches may lie */
  constructor(window: number) {
    this.#window = window;
    this.#previous = new Int32Array(window);
  }

  /**
   * The next message.
   * @param data octets of earlier ones, which `longest` may refer to, and behind them the message
   * @param known how many the earlier ones are
   */
  begin(data: Uint8Array, known: number): void {
    const next = this.#base + this.#data.length;
    this.#data = data;
    this.#base = next - known;
    if (next < MAX_PLACE && known > 0) return;
    this.#heads.fill(-1);
    this.#base = 0;
    this.#inserted = 0;
  }

  /** The longest match for what stands at `index` of the data; below MIN_MATCH there is none. */
  longest(index: number): number {
    const data = this.#data;
    const base = this.#base;
    const at = base + index;
    this.#insertUpTo(at);
    const limit = Math.min(MAX_MATCH, data.length - index);
    if (limit < MIN_MATCH) return 0;
    const oldest = Math.max(base, at - this.#window);
    const mask = this.#window - 1;
    let best = 0;
    let candidate = this.#heads[this.#hash(index)]!;
    for (let tried = 0; candidate >= oldest && tried < MAX_CHAIN; tried += 1) {
      const from = candidate - base;
      let length = 0;
      while (length < limit && data[from + length] === data[index + length]) length += 1;
      if (length > best) {
        best = length;
        this.distance = at - candidate;
        if (length === limit) break;
      }
      // Within the window no entry was overwritten: that happens when the place is a window behind.
      candidate = this.#previous[candidate & mask]!;
    }
    return best;
  }

  /** The last two octets of a message begin a run only when the next message has come. */
  #insertUpTo(end: number): void {
    const last = Math.min(end, this.#base + this.#data.length - MIN_MATCH + 1);
    const mask = this.#window - 1;
    for (let at = Math.max(this.#inserted, this.#base); at < last; at += 1) {
      const hash = this.#hash(at - this.#base);
      this.#previous[at & mask] = this.#heads[hash]!;
      this.#heads[hash] = at;
    }
    this.#inserted = Math.max(this.#inserted, last);
  }

  #hash(index: number): number {
    const data = this.#data;
    const octets = (data[index]! << 10) ^ (data[index + 1]! << 5) ^ data[index + 2]!;
    return octets & ((1 << HASH_BITS) - 1);
  }
}
