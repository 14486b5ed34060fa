/**
 * A server's memory of ClientHellos (RFC 8446 §8.2): early data is taken only the first time one is
 * seen. It is shared by all connections of a server, as real ones must share it between machines.
 */
import { toHex } from '../../base/bytes.ts';
import { seconds, type Micros } from '../../base/time.ts';

/** RFC 8446 §8.3: how far the client's idea of the ticket's age may be off. */
export const AGE_TOLERANCE: Micros = seconds(10);
const MAX_REMEMBERED = 100_000;

export class ReplayRecord {
  /** Binder in hexadecimal → when it was seen. */
  readonly #seen = new Map<string, Micros>();

  /**
   * Whether this ClientHello is new; it is remembered. When the memory is full of what may still be
   * replayed nothing is new, so that no replay slips through.
   */
  isFirst(binder: Uint8Array, now: Micros): boolean {
    this.#forgetBefore(now - 2 * AGE_TOLERANCE);
    const key = toHex(binder);
    if (this.#seen.has(key) || this.#seen.size >= MAX_REMEMBERED) return false;
    this.#seen.set(key, now);
    return true;
  }

  /** What is older than the tolerance fails the test of freshness anyway. */
  #forgetBefore(limit: number): void {
    for (const [key, at] of this.#seen) {
      if (at >= limit) return;
      this.#seen.delete(key);
    }
  }
}
