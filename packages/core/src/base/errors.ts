/** The three kinds of error this project throws (the peer's mistakes are verdicts, never thrown). */

/** Our own bug: a promise of the code was broken. The driver adds seed, step and replay command. */
export class InvariantViolation extends Error {
  override readonly name = 'InvariantViolation';
}

/** Stops the run when `condition` is false. `message` says what was expected and what came. */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InvariantViolation(message);
}

/** The user's code asked for something that the protocol forbids now; the words are the RFC's. */
export class CallError extends Error {
  override readonly name = 'CallError';
  /** The RFC's words, e.g. `connection closing`. */
  readonly reason: string;

  constructor(reason: string, detail?: string) {
    super(detail === undefined ? reason : `${reason}: ${detail}`);
    this.reason = reason;
  }
}

/** How a connection can end other than in order. */
export type ConnectionEnd =
  | 'connection refused'
  | 'connection reset'
  | 'connection aborted'
  | 'connection timed out'
  | 'connection closed'
  | 'host unreachable'
  | 'name not found'
  | 'protocol error';

/** What a program sees when its byte stream ended otherwise than by an orderly close. */
export class ConnectionError extends Error {
  override readonly name: string = 'ConnectionError';
  readonly reason: ConnectionEnd;

  constructor(reason: ConnectionEnd, detail?: string) {
    super(detail === undefined ? reason : `${reason}: ${detail}`);
    this.reason = reason;
  }
}

/** A program waited longer than it said it would. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}
