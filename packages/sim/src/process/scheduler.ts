import { CallError, InvariantViolation, type Micros, type Process } from '@tcplab/core';
import { ProcessTask, type TaskOwner } from './task.ts';

/** How often processes may be resumed without the driver getting its turn. */
export const MAX_RESUMES_IN_A_ROW = 1_000_000;

/** What the scheduler asks of the world that drives it. */
export interface SchedulerDriver {
  now(): Micros;
  /**
   * Calls `wake` once when `now()` has reached `at`; `at` may be now, and then it must not be called
   * before the present call has returned. `withdrawn`, which may be ignored, answers true when
   * nobody waits for this any more: a driver in virtual time asks it before it moves the clock for
   * the entry's sake, and must then throw the entry away.
   */
  wakeAt(at: Micros, wake: () => void, withdrawn: () => boolean): void;
  /**
   * A process threw while nobody was joining it. A later `join` still throws the same error; see
   * `unobservedFailures` for those that nobody ever joined.
   */
  processFailed?(task: ProcessTask<unknown>, error: unknown): void;
}

/**
 * Resumes processes one after the other, never one inside the other: who is woken goes to the end
 * of the run queue, so the order of work is the order of waking.
 */
export class ProcessScheduler {
  readonly #driver: SchedulerDriver;
  readonly #owner: TaskOwner;
  readonly #tasks = new Set<ProcessTask<unknown>>();
  readonly #failures = new Set<ProcessTask<unknown>>();
  #ready: ProcessTask<unknown>[] = [];
  #drainPending = false;
  #paused = false;
  #draining = false;

  constructor(driver: SchedulerDriver) {
    this.#driver = driver;
    this.#owner = {
      now: () => driver.now(),
      wakeAt: (at, wake, withdrawn) => driver.wakeAt(at, wake, withdrawn),
      enqueue: (task) => this.#enqueue(task),
      ended: (task, observed) => this.#ended(task, observed),
      observed: (task) => this.#failures.delete(task),
    };
  }

  /** The processes that have not ended, in the order in which they were started. */
  get tasks(): readonly ProcessTask<unknown>[] {
    return [...this.#tasks];
  }

  /** The processes that threw and that nobody has joined, in the order in which they failed. */
  get unobservedFailures(): readonly ProcessTask<unknown>[] {
    return [...this.#failures];
  }

  /** Starts a process; its first step runs after the present one has come to its wait. */
  spawn<T>(process: Process<T>, name = 'process'): ProcessTask<T> {
    const task = new ProcessTask(process, name, this.#owner);
    this.#tasks.add(task as ProcessTask<unknown>);
    this.#enqueue(task as ProcessTask<unknown>);
    return task;
  }

  /**
   * Resumes everyone who is ready, and who becomes ready on the way, until all wait. The scheduler
   * asks the driver for it with `wakeAt(now)`; a driver may also call it whenever it likes.
   * @throws InvariantViolation what a process threw of that kind, after the queue was left in order
   * @throws CallError `process never waits` after MAX_RESUMES_IN_A_ROW resumptions
   */
  runReady(): void {
    if (this.#draining || this.#paused) return;
    this.#draining = true;
    try {
      let resumed = 0;
      while (this.#ready.length > 0) {
        const batch = this.#ready;
        this.#ready = [];
        for (let i = 0; i < batch.length; i += 1) {
          resumed += 1;
          const task = batch[i]!;
          try {
            if (resumed > MAX_RESUMES_IN_A_ROW) {
              throw new CallError('process never waits', `${task.name}, ${resumed} times in a row`);
            }
            task.resume();
          } catch (error) {
            this.#ready = [...batch.slice(i + 1), ...this.#ready];
            throw error;
          }
        }
      }
    } finally {
      this.#draining = false;
      if (this.#ready.length > 0) this.#askForDrain();
    }
  }

  /** Stops every process at its present wait until `unpause`; what wakes it meanwhile is not lost. */
  pause(): void {
    this.#paused = true;
  }

  unpause(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (this.#ready.length > 0) this.#askForDrain();
  }

  /** Cancels every process, the youngest first; their `finally` blocks run up to their next wait. */
  cancelAll(): void {
    for (const task of this.tasks.slice().reverse()) task.cancel();
  }

  #enqueue(task: ProcessTask<unknown>): void {
    this.#ready.push(task);
    if (!this.#draining) this.#askForDrain();
  }

  #askForDrain(): void {
    if (this.#drainPending || this.#paused) return;
    this.#drainPending = true;
    this.#driver.wakeAt(
      this.#driver.now(),
      () => {
        this.#drainPending = false;
        this.runReady();
      },
      () => false,
    );
  }

  #ended(task: ProcessTask<unknown>, observed: boolean): void {
    this.#tasks.delete(task);
    if (task.outcome?.kind !== 'threw') return;
    const { error } = task.outcome;
    if (!observed) {
      this.#failures.add(task);
      this.#driver.processFailed?.(task, error);
    }
    // A broken promise of our own must not be mistaken for an answer: it stops the run.
    if (error instanceof InvariantViolation) throw error;
  }
}
