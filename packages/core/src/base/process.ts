/**
 * Processes: programs as generator functions, in the sense of SimPy.
 *
 * A process yields a `Wait` ("wake me when this signal is raised, or at that time") and is resumed
 * by its driver. The simulation resumes processes synchronously and in a fixed order, which
 * promises cannot do; the bridge to real sockets resumes the same processes from callbacks.
 *
 * A wait may end early (a signal is a hint, not a promise): always re-check the condition, or use
 * `until`, which does.
 */
import { NEVER, type Micros } from './time.ts';

/** What a suspended process waits for: any of `signals`, or the moment `deadline`. */
export interface Wait {
  readonly signals: readonly Signal[];
  readonly deadline: Micros;
}

/** A program that may wait. Run it with `yield*` from another process. */
export type Process<T = void> = Generator<Wait, T, void>;

/** Something that may change and that processes wait for: a condition variable. */
export class Signal {
  readonly #waiters = new Set<() => void>();

  /** Calls `wake` at every raise until the returned function is called. For drivers. */
  subscribe(wake: () => void): () => void {
    this.#waiters.add(wake);
    return () => this.#waiters.delete(wake);
  }

  /** Wakes everyone who waits now, in the order in which they began to wait. */
  raise(): void {
    if (this.#waiters.size === 0) return;
    // A copy: who is woken may wait again at once, and that is the next raise's business.
    // oxlint-disable-next-line unicorn/no-useless-spread
    for (const wake of [...this.#waiters]) wake();
  }
}

/** Waits until one of the signals is raised or `deadline` comes. */
export function* waitFor(signals: readonly Signal[], deadline: Micros = NEVER): Process {
  yield { signals, deadline };
}

/**
 * Waits on `signal` until `condition()` holds.
 * @returns true when it holds; false when `deadline` came first, as `now()` tells.
 */
export function* until(
  signal: Signal,
  condition: () => boolean,
  now: () => Micros,
  deadline: Micros = NEVER,
): Process<boolean> {
  while (!condition()) {
    if (now() >= deadline) return false;
    yield { signals: [signal], deadline };
  }
  return true;
}
