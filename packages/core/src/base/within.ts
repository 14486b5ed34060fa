import type { Process, Wait } from './process.ts';
import { NEVER, type Micros } from './time.ts';

/**
 * Runs a process that must come to its end before `deadline`, whatever it waits for on the way. One
 * that gets what it waited for at the very deadline still goes on until it has to wait again.
 * @param late makes the error that is thrown when it is late; the process's `finally` blocks run.
 */
export function* within<T>(
  process: Process<T>,
  deadline: Micros,
  now: () => Micros,
  late: () => Error,
): Process<T> {
  if (deadline === NEVER) return yield* process;
  let running = true;
  try {
    for (;;) {
      const step = process.next();
      if (step.done === true) {
        running = false;
        return step.value;
      }
      if (now() >= deadline) throw late();
      yield earlier(step.value, deadline);
    }
  } finally {
    // Late, or whoever waits for this was cancelled: either way the process ends here.
    if (running) process.return(undefined as T);
  }
}

function earlier(wait: Wait, deadline: Micros): Wait {
  return wait.deadline <= deadline ? wait : { signals: wait.signals, deadline };
}
