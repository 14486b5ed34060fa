/** Requests that wait for a place in the pool, first come, first served. */
import { Signal, until, type Process } from '../../base/process.ts';
import type { Micros } from '../../base/time.ts';

interface Waiter<Place> {
  readonly changed: Signal;
  /** Waiters of the same kind can all be served, or none. */
  readonly kind: string;
  readonly claim: () => Place | undefined;
  place: Place | undefined;
}

export class WaitingLine<Place> {
  readonly #waiters: Waiter<Place>[] = [];
  #closed = false;
  #asking = false;
  #askAgain = false;

  get length(): number {
    return this.#waiters.length;
  }

  /**
   * Waits until `claim` gives a place. `giveBack` takes a place that was given to someone who does
   * not want it any more. Where one of a `kind` is refused, the others of it need not ask.
   * @returns undefined when the line was closed before
   */
  *wait(
    kind: string,
    claim: () => Place | undefined,
    giveBack: (place: Place) => void,
    now: () => Micros,
  ): Process<Place | undefined> {
    const waiter: Waiter<Place> = { changed: new Signal(), kind, claim, place: undefined };
    this.#waiters.push(waiter);
    let taken = false;
    try {
      yield* until(waiter.changed, () => this.#closed || waiter.place !== undefined, now);
      taken = !this.#closed;
      return taken ? waiter.place : undefined;
    } finally {
      const at = this.#waiters.indexOf(waiter);
      if (at >= 0) this.#waiters.splice(at, 1);
      if (!taken && waiter.place !== undefined) giveBack(waiter.place);
    }
  }

  /**
   * A place may be free: everyone asks, in order. Who cannot be served, because another limit holds
   * him back, keeps his rank and lets the next one ask.
   */
  serve(): void {
    // Asking can free a place by itself: then everyone asks again, but never one within the other.
    this.#askAgain = true;
    if (this.#asking) return;
    while (this.#askAgain) {
      this.#askAgain = false;
      this.undisturbed(() => this.#everyoneAsks());
    }
  }

  /** Claims a place outside of the line; places that become free meanwhile are served afterwards. */
  undisturbed<T>(claim: () => T): T {
    const before = this.#asking;
    this.#asking = true;
    try {
      return claim();
    } finally {
      this.#asking = before;
    }
  }

  /** Whether a place became free while nobody could be served. */
  get isDue(): boolean {
    return this.#askAgain;
  }

  #everyoneAsks(): void {
    const refused = new Set<string>();
    for (const waiter of this.#waiters.slice()) {
      if (refused.has(waiter.kind)) continue;
      const place = waiter.claim();
      if (place === undefined) {
        refused.add(waiter.kind);
        continue;
      }
      waiter.place = place;
      this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
      waiter.changed.raise();
    }
  }

  /** Sends everyone away. */
  close(): void {
    this.#closed = true;
    for (const waiter of this.#waiters) waiter.changed.raise();
  }
}
