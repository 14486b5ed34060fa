import { NEVER, TimeHeap, type Micros } from '@tcplab/core';

/** setTimeout counts in a signed 32-bit number of milliseconds; longer waits are taken in pieces. */
const LONGEST_TIMEOUT_MS = 2_000_000_000;

interface WakeUp {
  readonly wake: () => void;
  readonly withdrawn: () => boolean;
}

/** Microseconds since it was made, monotonic, and wake-ups from one timer of the platform. */
export class RealClock {
  readonly #start = process.hrtime.bigint();
  readonly #queue = new TimeHeap<WakeUp>();
  readonly #failed: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #timerAt: Micros = NEVER;

  /** @param failed is told what a wake-up threw; the wake-ups after it still run. */
  constructor(failed: (error: unknown) => void) {
    this.#failed = failed;
  }

  now(): Micros {
    return Number((process.hrtime.bigint() - this.#start) / 1_000n) as Micros;
  }

  /** Calls `wake` at `at` or a little later, never before the present call has returned. */
  wakeAt(at: Micros, wake: () => void, withdrawn: () => boolean): void {
    if (at <= this.now()) queueMicrotask(() => this.#run(wake));
    else this.#queue.push(at, { wake, withdrawn });
    this.#setTimer();
  }

  /** Forgets every wake-up, so that nothing of it keeps the program running. */
  stop(): void {
    this.#queue.clear();
    this.#setTimer();
  }

  #run(wake: () => void): void {
    try {
      wake();
    } catch (error) {
      this.#failed(error);
    }
    this.#setTimer();
  }

  /** What nobody waits for any more must not keep the program alive, so it goes out here. */
  #setTimer(): void {
    while (this.#queue.peek()?.withdrawn() === true) this.#queue.pop();
    const at = this.#queue.nextTime;
    if (at === this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    if (at === NEVER) return;
    const delay = Math.ceil((at - this.now()) / 1_000);
    const wait = Math.min(Math.max(delay, 0), LONGEST_TIMEOUT_MS);
    this.#timer = setTimeout(() => this.#ring(), wait);
  }

  #ring(): void {
    this.#timerAt = NEVER;
    const now = this.now();
    while (this.#queue.nextTime <= now) {
      const entry = this.#queue.pop()!;
      if (!entry.withdrawn()) this.#run(entry.wake);
    }
    this.#setTimer();
  }
}
