import { earliest, type Micros } from '../../base/time.ts';
import type { Process, Signal } from '../../base/process.ts';

/** The client has closed its side and its handler went on for too long. */
export class ClientGone extends Error {
  override readonly name = 'ClientGone';
}

/** What is watched while a program runs. */
export interface Attention {
  /** Raised when there may be something to see. */
  readonly signal: Signal;
  now(): Micros;
  /**
   * Looks. Throws what ends the program.
   * @returns when to look again, whatever happens; NEVER where only the signal tells
   */
  look(): Micros;
}

/**
 * Runs a program and looks around at each of its waits. The program itself is woken only by what it
 * waits for. When `look` throws, or whoever runs this is cancelled, the program ends at its wait:
 * its `finally` blocks run.
 */
export function* attended<T>(program: Process<T>, attention: Attention): Process<T> {
  let over = false;
  try {
    for (;;) {
      const step = program.next();
      if (step.done === true) {
        over = true;
        return step.value;
      }
      yield* waitAttentively(step.value, attention);
    }
  } finally {
    // A program that threw has ended; asking it to end changes nothing then.
    if (!over) yield* ended(program);
  }
}

function* waitAttentively(
  { signals, deadline }: { readonly signals: readonly Signal[]; readonly deadline: Micros },
  attention: Attention,
): Process {
  let due = false;
  const unsubscribe = signals.map((signal) =>
    signal.subscribe(() => {
      due = true;
    }),
  );
  const all = [...signals, attention.signal];
  try {
    do {
      const again = attention.look();
      yield { signals: all, deadline: earliest(deadline, again) };
    } while (!due && attention.now() < deadline);
    attention.look();
  } finally {
    for (const forget of unsubscribe) forget();
  }
}

/** Ends a program at its wait; what it waits for on the way out is waited for. */
function* ended(program: Process<unknown>): Process {
  let step = program.return(undefined as never);
  while (step.done !== true) {
    yield step.value;
    step = program.next();
  }
}
