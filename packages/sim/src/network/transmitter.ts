/** The sending end of a wire: one packet at a time at the link's rate, the others wait in a finite queue. */

/** How much may wait; absent means without limit. The packet being transmitted does not count. */
export interface QueueLimit {
  readonly bytes?: number;
  readonly packets?: number;
}

const NANOS_PER_SECOND = 1_000_000_000;

/**
 * Drop-tail queue in front of a transmitter, computed without events: a packet's start of transmission
 * is known when it enters. Times are whole nanoseconds, so that no rate accumulates rounding.
 */
export class Transmitter {
  readonly #rate: number | undefined;
  readonly #limit: QueueLimit;
  #busyUntil = 0;
  #starts: number[] = [];
  #sizes: number[] = [];
  #first = 0;
  #waitingBytes = 0;

  /** @param rate in bits per second; undefined transmits in no time. */
  constructor(rate: number | undefined, limit: QueueLimit) {
    this.#rate = rate;
    this.#limit = limit;
  }

  /** Bytes that wait and have not begun to be transmitted at `nowNanos`. */
  waitingBytes(nowNanos: number): number {
    this.#forget(nowNanos);
    return this.#waitingBytes;
  }

  /**
   * Accepts a packet of `size` bytes at `nowNanos`.
   * @returns the nanosecond at which its last bit has left, or undefined when the queue is full
   */
  accept(size: number, nowNanos: number): number | undefined {
    if (this.#rate === undefined) return nowNanos;
    this.#forget(nowNanos);
    const start = this.#busyUntil > nowNanos ? this.#busyUntil : nowNanos;
    if (start > nowNanos) {
      const waiting = this.#starts.length - this.#first;
      if (this.#limit.packets !== undefined && waiting >= this.#limit.packets) return undefined;
      if (this.#limit.bytes !== undefined && this.#waitingBytes + size > this.#limit.bytes) {
        return undefined;
      }
      this.#starts.push(start);
      this.#sizes.push(size);
      this.#waitingBytes += size;
    }
    this.#busyUntil = start + Math.ceil((size * 8 * NANOS_PER_SECOND) / this.#rate);
    return this.#busyUntil;
  }

  /** Empties the queue and stops transmitting. */
  reset(): void {
    this.#busyUntil = 0;
    this.#starts = [];
    this.#sizes = [];
    this.#first = 0;
    this.#waitingBytes = 0;
  }

  #forget(nowNanos: number): void {
    const starts = this.#starts;
    while (this.#first < starts.length && starts[this.#first]! <= nowNanos) {
      this.#waitingBytes -= this.#sizes[this.#first]!;
      this.#first += 1;
    }
    if (this.#first > 1_024 && this.#first * 2 > starts.length) {
      this.#starts = starts.slice(this.#first);
      this.#sizes = this.#sizes.slice(this.#first);
      this.#first = 0;
    }
  }
}
