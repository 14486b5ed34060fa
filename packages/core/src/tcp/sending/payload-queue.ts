/**
 * A queue of payloads read as one run of bytes. Neighbouring parts of a described pattern are joined,
 * so that bulk data stays one description; real bytes are never copied on the way in.
 */
import {
  concatPayloads,
  EMPTY_PAYLOAD,
  invariant,
  patternPayload,
  type Payload,
} from '../../base/index.ts';

export class PayloadQueue {
  /** Parts from `#head` on are in the queue; `#starts` are their positions in the stream. */
  #parts: Payload[] = [];
  #starts: number[] = [];
  #head = 0;
  /** Stream positions of the first byte in the queue and of the first byte not yet appended. */
  #from = 0;
  #to = 0;
  /** The part last read from: reads are mostly sequential. */
  #hint = 0;

  /** In bytes. */
  get length(): number {
    return this.#to - this.#from;
  }

  append(data: Payload): void {
    if (data.length === 0) return;
    const last = this.#parts.length - 1;
    if (last >= this.#head && this.#joins(this.#parts[last]!, data)) {
      const before = this.#parts[last]!;
      this.#parts[last] = patternPayload(before.patternOffset!, before.length + data.length);
    } else {
      this.#parts.push(data);
      this.#starts.push(this.#to);
    }
    this.#to += data.length;
  }

  /** The bytes `[offset, offset + length)`, counted from the front; they stay in. */
  slice(offset: number, length: number): Payload {
    if (length === 0) return EMPTY_PAYLOAD;
    invariant(
      offset + length <= this.length,
      `slice to ${offset + length} of ${this.length} bytes`,
    );
    const from = this.#from + offset;
    const at = this.#partAt(from);
    this.#hint = at;
    const part = this.#parts[at]!;
    const inside = from - this.#starts[at]!;
    if (inside + length <= part.length) return part.slice(inside, inside + length);
    return this.#gather(at, inside, length);
  }

  /** Drops `count` bytes from the front. */
  drop(count: number): void {
    invariant(count <= this.length, `drop ${count} of ${this.length} bytes`);
    this.#from += count;
    const { length } = this.#parts;
    while (
      this.#head < length &&
      this.#starts[this.#head]! + this.#parts[this.#head]!.length <= this.#from
    ) {
      this.#parts[this.#head] = EMPTY_PAYLOAD;
      this.#head += 1;
    }
    if (this.#head > 32 && this.#head * 2 > length) this.#compact();
  }

  /** Takes out at most `max` bytes from the front. */
  take(max: number): Payload {
    const count = Math.min(max, this.length);
    const taken = this.slice(0, count);
    this.drop(count);
    return taken;
  }

  clear(): void {
    this.#parts = [];
    this.#starts = [];
    this.#head = 0;
    this.#hint = 0;
    this.#from = this.#to;
  }

  #joins(before: Payload, data: Payload): boolean {
    return (
      before.patternOffset !== undefined &&
      data.patternOffset === before.patternOffset + before.length
    );
  }

  #partAt(position: number): number {
    const starts = this.#starts;
    const hint = this.#hint < this.#head ? this.#head : this.#hint;
    if (starts[hint]! <= position && this.#holds(hint, position)) return hint;
    if (starts[hint]! <= position && hint + 1 < starts.length && this.#holds(hint + 1, position)) {
      return hint + 1;
    }
    let low = this.#head;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #holds(part: number, position: number): boolean {
    return position < this.#starts[part]! + this.#parts[part]!.length;
  }

  #gather(at: number, inside: number, length: number): Payload {
    const pieces: Payload[] = [];
    let missing = length;
    let from = inside;
    for (let i = at; missing > 0; i += 1) {
      const part = this.#parts[i]!;
      const count = Math.min(missing, part.length - from);
      pieces.push(part.slice(from, from + count));
      missing -= count;
      from = 0;
    }
    return concatPayloads(pieces);
  }

  #compact(): void {
    this.#parts = this.#parts.slice(this.#head);
    this.#starts = this.#starts.slice(this.#head);
    this.#hint = Math.max(0, this.#hint - this.#head);
    this.#head = 0;
  }
}
