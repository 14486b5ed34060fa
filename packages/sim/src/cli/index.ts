/**
 * cli: the `tcplab` command. A file per command in `commands/`, what they print in `print/`.
 *
 * Start reading at `run-cli.ts`. Everything a command touches of the outside comes through `Io`
 * (`io.ts`), so that tests call the command line in process. Data goes to stdout, everything else to
 * stderr. Deliberately absent: questions to the person; every run can be a script.
 */
export { EXIT, type ExitCode } from './exit-codes.ts';
export type { Io } from './io.ts';
export { nodeIo } from './node-io.ts';
export { runCli } from './run-cli.ts';
