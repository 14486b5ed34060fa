import { invariant, NEVER, TimeHeap, ZERO_TIME, type Micros } from '@tcplab/core';

/** Something that can be due. Objects, not closures: a link or a host puts itself into the queue. */
export interface Due {
  due(now: Micros): void;
  /**
   * Asked when an entry for `at` is the next: true throws it away without moving the clock. It must
   * not schedule anything; see `LazyWake` for a wake-up that moves.
   */
  withdrawn?(at: Micros): boolean;
  /** Called after the entry for `at` was thrown away: the place to schedule a later one. */
  thrownAway?(at: Micros): void;
}

/** The one queue of a run, and its clock. */
export class EventQueue {
  readonly #heap = new TimeHeap<Due>();
  #now: Micros = ZERO_TIME;
  #steps = 0;

  /** The current moment of the run. */
  get now(): Micros {
    return this.#now;
  }

  /** How many events have been processed. */
  get steps(): number {
    return this.#steps;
  }

  get size(): number {
    return this.#heap.size;
  }

  /** When the next event is due, or NEVER. */
  get nextTime(): Micros {
    this.#dropWithdrawn();
    return this.#heap.nextTime;
  }

  /** Puts `item` into the queue. `at` must not lie in the past. */
  schedule(at: Micros, item: Due): void {
    if (at < this.#now) invariant(false, `scheduled for ${at} µs at ${this.#now} µs`);
    if (at !== NEVER) this.#heap.push(at, item);
  }

  /** Calls `action` at `at`. For rare things; what happens often implements `Due`. */
  at(at: Micros, action: (now: Micros) => void): void {
    this.schedule(at, { due: action });
  }

  /** Moves the clock to the next due time and processes one event. @returns false when nothing is due */
  step(): boolean {
    this.#dropWithdrawn();
    const time = this.#heap.nextTime;
    const item = this.#heap.pop();
    if (item === undefined) return false;
    this.#now = time;
    this.#steps += 1;
    item.due(time);
    return true;
  }

  /** Moves the clock forward without an event; not past the next due time. */
  advanceTo(time: Micros): void {
    invariant(time >= this.#now && time <= this.nextTime, `cannot advance to ${time} µs`);
    this.#now = time;
  }

  #dropWithdrawn(): void {
    for (;;) {
      const item = this.#heap.peek();
      if (item?.withdrawn === undefined) return;
      const at = this.#heap.nextTime;
      if (!item.withdrawn(at)) return;
      this.#heap.pop();
      item.thrownAway?.(at);
    }
  }
}

/**
 * One wake-up that moves often, kept lazily: the heap may hold an entry that comes too early, which is
 * thrown away and pushed again, but never one that comes too late.
 */
export class LazyWake implements Due {
  readonly #queue: EventQueue;
  readonly #wake: (now: Micros) => void;
  #wanted: Micros = NEVER;
  #queued: Micros = NEVER;

  constructor(queue: EventQueue, wake: (now: Micros) => void) {
    this.#queue = queue;
    this.#wake = wake;
  }

  /** Wants to be woken at `at` (at once when that is past), NEVER for not at all. */
  set(at: Micros): void {
    this.#wanted = at;
    if (at < this.#queued) {
      this.#queued = at < this.#queue.now ? this.#queue.now : at;
      this.#queue.schedule(this.#queued, this);
    }
  }

  withdrawn(at: Micros): boolean {
    return at !== this.#queued || this.#wanted > at;
  }

  thrownAway(at: Micros): void {
    if (at !== this.#queued) return;
    this.#queued = NEVER;
    this.set(this.#wanted);
  }

  due(now: Micros): void {
    this.#queued = NEVER;
    this.#wanted = NEVER;
    this.#wake(now);
  }
}
