import {
  NEVER,
  Signal,
  until,
  ZERO_TIME,
  type Micros,
  type Process,
  type Task,
  type Wait,
} from '@tcplab/core';

/** What a task needs of its world: the time, and something done at a time. */
export interface Scheduler {
  readonly now: Micros;
  at(time: Micros, action: () => void): void;
}

/**
 * Drives one process. A raised signal puts the process at the end of the queue of the present
 * moment: it never runs inside of who raised it.
 */
export class MemoryTask<T> implements Task<T> {
  readonly name: string;
  readonly #world: Scheduler;
  readonly #process: Process<T>;
  readonly #ended = new Signal();
  #outcome: { value: T } | { error: unknown } | undefined;
  #seen = false;
  #running = false;
  /** Counts the steps taken; a wake-up that belongs to an earlier wait is stale. */
  #generation = 0;
  /** Takes back what the current wait subscribed to. */
  #stopWaiting: () => void = () => {};

  constructor(world: Scheduler, process: Process<T>, name: string) {
    this.#world = world;
    this.#process = process;
    this.name = name;
    world.at(world.now, () => this.#resume(() => this.#process.next()));
  }

  get done(): boolean {
    return this.#outcome !== undefined;
  }

  *join(): Process<T> {
    yield* until(
      this.#ended,
      () => this.done,
      () => ZERO_TIME,
    );
    return this.result();
  }

  cancel(): void {
    if (this.done) return;
    if (this.#running) throw new Error(`${this.name} cannot cancel itself: let it return`);
    this.#stopWaiting();
    this.#resume(() => this.#process.return(undefined as T));
  }

  /** What the process returned. @throws what it threw, or when it has not ended */
  result(): T {
    if (this.#outcome === undefined) throw new Error(`${this.name} waits for ever`);
    this.#seen = true;
    if ('error' in this.#outcome) throw this.#outcome.error;
    return this.#outcome.value;
  }

  /** @throws what the process threw, when nobody joined it */
  throwIfUnseen(): void {
    if (!this.#seen && this.#outcome !== undefined && 'error' in this.#outcome) this.result();
  }

  #resume(step: () => IteratorResult<Wait, T>): void {
    if (this.done) return;
    this.#running = true;
    this.#generation += 1;
    try {
      const result = step();
      if (result.done === true) this.#finish({ value: result.value });
      else this.#wait(result.value);
    } catch (error) {
      this.#finish({ error });
    } finally {
      this.#running = false;
    }
  }

  #wait(wait: Wait): void {
    const generation = this.#generation;
    const resume = (): void => {
      // Cancelled in between: the process has been driven on already.
      if (generation === this.#generation) this.#resume(() => this.#process.next());
    };
    let woken = false;
    const wake = (): void => {
      if (woken || generation !== this.#generation) return;
      woken = true;
      this.#stopWaiting();
      this.#world.at(this.#world.now, resume);
    };
    const unsubscribe = wait.signals.map((signal) => signal.subscribe(wake));
    this.#stopWaiting = () => {
      for (const stop of unsubscribe) stop();
    };
    if (wait.deadline === NEVER) return;
    this.#world.at(wait.deadline > this.#world.now ? wait.deadline : this.#world.now, wake);
  }

  #finish(outcome: { value: T } | { error: unknown }): void {
    this.#outcome = outcome;
    this.#ended.raise();
  }
}
