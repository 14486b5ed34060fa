/** What the command line touches of its surroundings. */
export interface Io {
  /** Relative paths start here. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdoutIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
  /** Width of the terminal behind stdout; undefined when there is none. */
  readonly columns: number | undefined;
  /** Data. Text is written as UTF-8. @throws ClosedPipe when nobody reads any more */
  out(data: string | Uint8Array): void;
  /** Everything else. */
  err(text: string): void;
  /** All of stdin; more than `limit` bytes are not read to the end. */
  readStdin(limit: number): Uint8Array;
  /** Calls back once when the person interrupts (Ctrl-C). Until then an interrupt ends the process. */
  onInterrupt(action: () => void): void;
  /** A clock for progress and rates, in milliseconds. Never for results. */
  clock(): number;
}
