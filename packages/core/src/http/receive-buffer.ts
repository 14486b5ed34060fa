import { EMPTY_BYTES, latin1Text } from '../base/bytes.ts';
import { violation, type HttpViolation } from './events.ts';
import { HTTP_RULES } from './rules.ts';

const CR = 0x0d;
const LF = 0x0a;

/**
 * What arrived and was not read yet. Memory that was handed out is never written again, and bytes
 * that arrive into an empty buffer are adopted, not copied: the caller must not change them.
 */
export class ReceiveBuffer {
  #bytes: Uint8Array = EMPTY_BYTES;
  #start = 0;
  #end = 0;
  /** No line feed is before this place. */
  #searched = 0;
  #owned = false;

  get length(): number {
    return this.#end - this.#start;
  }

  append(bytes: Uint8Array): void {
    if (this.#start === this.#end) {
      this.#bytes = bytes;
      this.#owned = false;
      this.#start = 0;
      this.#searched = 0;
      this.#end = bytes.length;
      return;
    }
    if (!this.#owned || this.#end + bytes.length > this.#bytes.length) this.#grow(bytes.length);
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** The octet `offset` places ahead; undefined where none has arrived. */
  peek(offset: number): number | undefined {
    return this.#start + offset < this.#end ? this.#bytes[this.#start + offset] : undefined;
  }

  /** Takes out at most `count` octets. */
  take(count: number): Uint8Array {
    const to = Math.min(this.#end, this.#start + count);
    const taken = this.#bytes.subarray(this.#start, to);
    this.#start = to;
    if (this.#searched < to) this.#searched = to;
    return taken;
  }

  /**
   * The next line without its CR LF, a character per octet; undefined while it has not arrived.
   * A longer line than `limit` octets is `tooLong`. What is wrong first is what counts, so the answer
   * is the same wherever the pieces were cut, and comes as soon as it can be known.
   */
  line(limit: number, tooLong: HttpViolation, status: number): string | undefined | HttpViolation {
    // The last octet that can still be the line feed.
    const last = this.#start + limit + 1;
    const view = this.#bytes.subarray(0, Math.min(this.#end, last + 1));
    const at = view.indexOf(LF, this.#searched);
    const searchedTo = at < 0 ? view.length : at;
    const cr = view.subarray(0, searchedTo).indexOf(CR, this.#searched);
    if (cr >= 0 && cr + 1 < view.length && cr + 1 !== at) {
      return violation(HTTP_RULES.bareCr, status, 'expected LF after CR, got something else');
    }
    if (at < 0) {
      if (this.#end > last) return tooLong;
      // A CR at the end is looked at once more, with the octet after it.
      this.#searched = cr >= 0 ? cr : view.length;
      return undefined;
    }
    const text = latin1Text(this.#bytes.subarray(this.#start, at));
    this.#start = at + 1;
    this.#searched = at + 1;
    if (cr >= 0) return text.slice(0, -1);
    return violation(
      HTTP_RULES.bareLf,
      status,
      'expected CR LF at the end of a line, got LF alone',
    );
  }

  /** Takes a CR LF. @returns undefined while it has not arrived, false when it is something else */
  lineEnd(): boolean | undefined {
    const first = this.peek(0);
    if (first === undefined) return undefined;
    if (first !== CR) return false;
    const second = this.peek(1);
    if (second === undefined) return undefined;
    if (second !== LF) return false;
    this.take(2);
    return true;
  }

  #grow(more: number): void {
    const live = this.#bytes.subarray(this.#start, this.#end);
    const bytes = new Uint8Array(Math.max(256, 2 * (live.length + more)));
    bytes.set(live);
    this.#bytes = bytes;
    this.#owned = true;
    this.#searched -= this.#start;
    this.#start = 0;
    this.#end = live.length;
  }
}
