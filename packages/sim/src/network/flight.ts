import { NEVER, type Micros } from '@tcplab/core';
import type { SimPacket } from './packet.ts';

/**
 * Packets on a wire that keeps their order: a ring of (arrival, packet). Only the head is in the event
 * queue, so that a long fat wire costs the queue one entry.
 */
export class Flight {
  #arrivals = new Float64Array(16);
  #packets: (SimPacket | undefined)[] = [];
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** When the first packet arrives, or NEVER. */
  get nextArrival(): Micros {
    return this.#size === 0 ? NEVER : (this.#arrivals[this.#head] as Micros);
  }

  push(arrival: Micros, packet: SimPacket): void {
    if (this.#size === this.#arrivals.length) this.#grow();
    const at = (this.#head + this.#size) & (this.#arrivals.length - 1);
    this.#arrivals[at] = arrival;
    this.#packets[at] = packet;
    this.#size += 1;
  }

  shift(): SimPacket | undefined {
    if (this.#size === 0) return undefined;
    const packet = this.#packets[this.#head];
    this.#packets[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#arrivals.length - 1);
    this.#size -= 1;
    return packet;
  }

  #grow(): void {
    const arrivals = new Float64Array(this.#arrivals.length * 2);
    const packets: (SimPacket | undefined)[] = [];
    for (let i = 0; i < this.#size; i += 1) {
      const at = (this.#head + i) & (this.#arrivals.length - 1);
      arrivals[i] = this.#arrivals[at]!;
      packets[i] = this.#packets[at];
    }
    this.#arrivals = arrivals;
    this.#packets = packets;
    this.#head = 0;
  }
}
