import { NEVER, Signal, type Micros, type Process } from '@tcplab/core';

/** Answers a question once; later answers are ignored. */
export interface Settle<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

/** What came of a question that was asked with a deadline. */
export type Answer<T> = { readonly value: T } | 'timeout';

/**
 * Waits for a callback. `start` asks the question and returns what undoes it; that is called when
 * the deadline comes first or the process is cancelled at this wait.
 * @throws what was given to `reject`
 */
export function* fromCallback<T>(
  start: (settle: Settle<T>) => (() => void) | void,
  deadline: { readonly at: Micros; now(): Micros } = { at: NEVER, now: () => 0 as Micros },
): Process<Answer<T>> {
  const answered = new Signal();
  let answer: { readonly value: T } | { readonly error: unknown } | undefined;
  const settle = (given: typeof answer): void => {
    answer ??= given;
    answered.raise();
  };
  const undo = start({
    resolve: (value) => settle({ value }),
    reject: (error) => settle({ error }),
  });
  try {
    // oxlint-disable-next-line no-unmodified-loop-condition -- the callback sets it meanwhile
    while (answer === undefined && deadline.now() < deadline.at) {
      yield { signals: [answered], deadline: deadline.at };
    }
  } finally {
    if (answer === undefined) undo?.();
  }
  if (answer === undefined) return 'timeout';
  if ('error' in answer) throw answer.error;
  return answer;
}

/** Waits for a promise inside a process. @throws what the promise was rejected with */
export function* fromPromise<T>(promise: Promise<T>): Process<T> {
  const answer = yield* fromCallback<T>(({ resolve, reject }) => {
    promise.then(resolve, reject);
  });
  return (answer as { readonly value: T }).value;
}
