import { formatMicros, us, type Json, type Micros, type Note } from '@tcplab/core';

/** Octets at the front of every numbered message: its number, and when it was made in microseconds. */
export const MESSAGE_HEADER = 12;

/** A numbered message of `size` octets (at least MESSAGE_HEADER), stamped with the time. */
export function numberedMessage(number: number, size: number, now: Micros): Uint8Array {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, number);
  view.setUint32(4, Math.floor(now / 0x1_0000_0000));
  view.setUint32(8, now % 0x1_0000_0000);
  for (let i = MESSAGE_HEADER; i < size; i += 1) bytes[i] = 97 + ((number + i) % 26);
  return bytes;
}

/** Counts what became of numbered messages: lost, twice, out of order, and how long each was under way. */
export class MessageTally {
  readonly #expected: number;
  readonly #seen = new Set<number>();
  #duplicates = 0;
  #late = 0;
  #highest = -1;
  #least = Number.MAX_SAFE_INTEGER;
  #most = 0;
  #sum = 0;

  /** @param expected how many different messages were sent */
  constructor(expected: number) {
    this.#expected = expected;
  }

  /** Different messages that have arrived. */
  get distinct(): number {
    return this.#seen.size;
  }

  /** Counts one arrival. Octets that are no numbered message are not counted. */
  take(bytes: Uint8Array, now: Micros): void {
    if (bytes.length < MESSAGE_HEADER) return;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const number = view.getUint32(0);
    const delay = now - (view.getUint32(4) * 0x1_0000_0000 + view.getUint32(8));
    if (this.#seen.has(number)) {
      this.#duplicates += 1;
      return;
    }
    this.#seen.add(number);
    if (number < this.#highest) this.#late += 1;
    else this.#highest = number;
    this.#least = Math.min(this.#least, delay);
    this.#most = Math.max(this.#most, delay);
    this.#sum += delay;
  }

  /** The result as a note: one sentence, and the numbers. */
  note(over: string): Note {
    const lost = this.#expected - this.distinct;
    const mean = this.distinct === 0 ? 0 : Math.floor(this.#sum / this.distinct);
    const data: { [key: string]: Json } = {
      over,
      sent: this.#expected,
      arrived: this.distinct,
      lost,
      duplicated: this.#duplicates,
      reordered: this.#late,
      delayLeastUs: this.distinct === 0 ? 0 : this.#least,
      delayMeanUs: mean,
      delayMostUs: this.#most,
    };
    const delays = `under way ${formatMicros(us(data['delayLeastUs'] as number))} to ${formatMicros(us(this.#most))}, ${formatMicros(us(mean))} on average`;
    const text = `Over ${over}: ${this.distinct} of ${this.#expected} messages arrived, ${lost} lost, ${this.#duplicates} twice, ${this.#late} out of order; ${delays}.`;
    return { layer: 'app', kind: 'messages', text, data };
  }
}
