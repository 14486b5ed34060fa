import {
  CallError,
  NEVER,
  Signal,
  type Micros,
  type Process,
  type Task,
  type Wait,
} from '@tcplab/core';

/** How a process ended. */
export type Outcome<T> =
  | { readonly kind: 'returned'; readonly value: T }
  | { readonly kind: 'threw'; readonly error: unknown }
  | { readonly kind: 'cancelled' };

/** What a task asks of the scheduler that made it. */
export interface TaskOwner {
  now(): Micros;
  wakeAt(at: Micros, wake: () => void, withdrawn: () => boolean): void;
  /** Asks for `resume` in its turn. */
  enqueue(task: ProcessTask<unknown>): void;
  /** The process has ended; `observed` when somebody waits in `join`. */
  ended(task: ProcessTask<unknown>, observed: boolean): void;
  /** Somebody was given the failure. */
  observed(task: ProcessTask<unknown>): void;
}

/** One process on its way. Made by `ProcessScheduler.spawn`. */
export class ProcessTask<T = unknown> implements Task<T> {
  readonly name: string;
  /** Raised once, when the process has ended and `outcome` is set. */
  readonly ended = new Signal();
  readonly #process: Process<T>;
  readonly #owner: TaskOwner;
  readonly #wake = (): void => this.#becomeReady();
  #outcome: Outcome<T> | undefined;
  #state: 'ready' | 'running' | 'waiting' | 'done' = 'ready';
  #subscriptions: (() => void)[] = [];
  #deadline: Micros = NEVER;
  /** The earliest moment at which the driver will call us; NEVER when it will not. */
  #armed: Micros = NEVER;
  #cancelRequested = false;
  #cancelled = false;
  #joiners = 0;

  constructor(process: Process<T>, name: string, owner: TaskOwner) {
    this.#process = process;
    this.name = name;
    this.#owner = owner;
  }

  get done(): boolean {
    return this.#outcome !== undefined;
  }

  /** How the process ended; undefined while it runs. */
  get outcome(): Outcome<T> | undefined {
    return this.#outcome;
  }

  /** @throws CallError `task cancelled` when it ended by `cancel`; else what the process threw */
  *join(): Process<T> {
    if (this.#state === 'running') throw new CallError('task joins itself', this.name);
    this.#joiners += 1;
    try {
      while (this.#outcome === undefined) yield { signals: [this.ended], deadline: NEVER };
    } finally {
      this.#joiners -= 1;
    }
    const outcome = this.#outcome;
    if (outcome.kind === 'returned') return outcome.value;
    if (outcome.kind === 'cancelled') throw new CallError('task cancelled', this.name);
    this.#owner.observed(this as ProcessTask<unknown>);
    throw outcome.error;
  }

  /** Calls `settled` at the end, at once when it has come. It counts as a join. For drivers. */
  observe(settled: (outcome: Outcome<T>) => void): void {
    this.#joiners += 1;
    if (this.#outcome === undefined) {
      this.ended.subscribe(() => settled(this.#outcome!));
    } else {
      this.#owner.observed(this as ProcessTask<unknown>);
      settled(this.#outcome);
    }
  }

  /**
   * Ends the process at its wait, at once: its `finally` blocks have run, up to a wait of their own,
   * when this returns. A process that cancels itself ends at its next wait.
   */
  cancel(): void {
    if (this.#state === 'done') return;
    this.#cancelRequested = true;
    if (this.#state !== 'running') this.#step();
  }

  /** Runs the process to its next wait. For the scheduler. */
  resume(): void {
    if (this.#state === 'ready') this.#step();
  }

  #step(): void {
    this.#unsubscribe();
    this.#state = 'running';
    let result: IteratorResult<Wait, T>;
    try {
      do {
        if (this.#cancelRequested) {
          this.#cancelRequested = false;
          this.#cancelled = true;
          result = this.#process.return(undefined as T);
        } else {
          result = this.#process.next();
        }
        // Whoever asked for the end while we ran gets it at this wait.
      } while (result.done !== true && this.#cancelRequested);
    } catch (error) {
      this.#finish({ kind: 'threw', error });
      return;
    }
    if (result.done === true) {
      this.#finish(
        this.#cancelled ? { kind: 'cancelled' } : { kind: 'returned', value: result.value },
      );
    } else {
      this.#wait(result.value);
    }
  }

  #wait(wait: Wait): void {
    this.#state = 'waiting';
    this.#deadline = wait.deadline;
    if (wait.deadline <= this.#owner.now()) {
      this.#becomeReady();
      return;
    }
    for (const signal of wait.signals) this.#subscriptions.push(signal.subscribe(this.#wake));
    this.#arm();
  }

  /**
   * Lazy timer: an entry of the driver that comes before our deadline is kept and re-armed when it
   * fires, so a program that waits often with far deadlines leaves one entry behind, not one a wait.
   */
  #arm(): void {
    const at = this.#deadline;
    if (at === NEVER) return;
    if (this.#armed <= at && this.#armed > this.#owner.now()) return;
    this.#armed = at;
    this.#owner.wakeAt(
      at,
      () => this.#alarm(at),
      () => this.#withdrawn(at),
    );
  }

  #alarm(at: Micros): void {
    if (this.#armed !== at) return;
    this.#armed = NEVER;
    if (this.#state !== 'waiting' || this.#deadline === NEVER) return;
    if (this.#deadline <= this.#owner.now()) this.#becomeReady();
    else this.#arm();
  }

  #withdrawn(at: Micros): boolean {
    if (this.#armed === at && this.#state !== 'done' && this.#deadline !== NEVER) return false;
    // The entry is thrown away, so the next deadline needs a new one.
    if (this.#armed === at) this.#armed = NEVER;
    return true;
  }

  #becomeReady(): void {
    if (this.#state !== 'waiting') return;
    this.#unsubscribe();
    this.#state = 'ready';
    this.#owner.enqueue(this as ProcessTask<unknown>);
  }

  #unsubscribe(): void {
    this.#deadline = NEVER;
    if (this.#subscriptions.length === 0) return;
    for (const unsubscribe of this.#subscriptions) unsubscribe();
    this.#subscriptions = [];
  }

  #finish(outcome: Outcome<T>): void {
    this.#state = 'done';
    this.#outcome = outcome;
    const observed = this.#joiners > 0;
    this.ended.raise();
    this.#owner.ended(this as ProcessTask<unknown>, observed);
  }
}
