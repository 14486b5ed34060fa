import { MAX_QUEUED_PONGS } from './limits.ts';

/**
 * Frames that wait to be sent. Pings and pongs overtake messages, which RFC 6455 §5.4 allows even
 * between fragments; a Close waits for everything before it.
 */
export class SendQueue {
  #control: Uint8Array[] = [];
  #data: Uint8Array[] = [];
  #dataAt = 0;
  #bytes = 0;

  /** Bytes of all frames that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether as many pings and pongs wait as may. */
  get controlFull(): boolean {
    return this.#control.length >= MAX_QUEUED_PONGS;
  }

  /** A ping or pong. When too many wait, the oldest is dropped: only the latest matters (§5.5.3). */
  addControl(frame: Uint8Array): void {
    this.#control.push(frame);
    this.#bytes += frame.length;
    if (this.#control.length > MAX_QUEUED_PONGS) this.#bytes -= this.#control.shift()!.length;
  }

  addData(frame: Uint8Array): void {
    this.#data.push(frame);
    this.#bytes += frame.length;
  }

  next(): Uint8Array | undefined {
    const frame = this.#control.shift() ?? this.#nextData();
    if (frame !== undefined) this.#bytes -= frame.length;
    return frame;
  }

  #nextData(): Uint8Array | undefined {
    if (this.#dataAt === this.#data.length) return undefined;
    const frame = this.#data[this.#dataAt++];
    if (this.#dataAt === this.#data.length || this.#dataAt > 1_024) {
      this.#data = this.#data.slice(this.#dataAt);
      this.#dataAt = 0;
    }
    return frame;
  }
}
