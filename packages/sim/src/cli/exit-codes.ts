/** What the command's exit code says. */
export const EXIT = {
  ok: 0,
  /** An expectation of a scenario failed. */
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
  /** An input file is wrong. */
  invalid: 3,
  /** A limit was reached. */
  limit: 4,
  /** A replay differs, or a promise of our own code was broken. */
  broken: 5,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command with a sentence on stderr and an exit code. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The reader of our stdout has gone away: there is nobody left to tell. */
export class ClosedPipe extends Error {
  override readonly name = 'ClosedPipe';
}
