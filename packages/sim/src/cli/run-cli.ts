import { Command, CommanderError } from 'commander';
import { InvariantViolation } from '@tcplab/core';
import { ENGINE_VERSION } from '../version.ts';
import { COMMANDS } from './commands/index.ts';
import { CliError, ClosedPipe, EXIT, type ExitCode } from './exit-codes.ts';
import { addGlobalOptions, globalsOf, type Globals } from './global-options.ts';
import type { Io } from './io.ts';
import { writeReport } from './report-file.ts';

/** One command of the command line. */
export interface CliCommand {
  /** Name and arguments, e.g. `run <scenario>`. */
  readonly usage: string;
  /** One line. */
  readonly about: string;
  /** Command lines that show what it is for; help begins with them. */
  readonly examples: readonly string[];
  /** Adds its own options and arguments. */
  declare(command: Command): void;
  run(call: CliCall): ExitCode | Promise<ExitCode>;
}

/** One use of a command. */
export interface CliCall {
  readonly io: Io;
  readonly globals: Globals;
  readonly args: readonly string[];
  /** The command's own options, as commander names them. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The whole program, for completion. */
  readonly program: Command;
}

const EXAMPLES = [
  'tcplab list',
  'tcplab run lossy-request',
  'tcplab run lossy-request --seed 7 -o trace.ndjson --pcap capture.pcapng',
  'tcplab explain trace.ndjson 12',
  'tcplab check scenarios/*.yaml',
];

/**
 * Runs one command line.
 * @param argv without node and script
 * @returns the exit code; never throws for what the person, a file or a pipe did
 */
export async function runCli(argv: readonly string[], io: Io): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  const program = makeProgram(io, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    return exitCodeOf(error, argv, io);
  }
}

function makeProgram(io: Io, done: (code: ExitCode) => void): Command {
  const program = new Command('tcplab')
    .description('A laboratory for TCP and what rides on it.')
    .version(ENGINE_VERSION, '-V, --version', 'print the version')
    .helpCommand('help [command]', 'explain a command')
    .showHelpAfterError('(tcplab --help shows the commands, tcplab help COMMAND their options)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text),
      writeErr: (text) => io.err(text),
      getOutHelpWidth: () => io.columns ?? 80,
      getErrHelpWidth: () => io.columns ?? 80,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .addHelpText('before', `${examplesText(EXAMPLES)}\n`);
  addGlobalOptions(program);
  for (const definition of COMMANDS) addCommand(program, definition, io, done);
  return program;
}

function addCommand(
  program: Command,
  definition: CliCommand,
  io: Io,
  done: (code: ExitCode) => void,
): void {
  const command = program
    .command(definition.usage)
    .description(definition.about)
    .copyInheritedSettings(program)
    .addHelpText('before', `${examplesText(definition.examples)}\n`);
  definition.declare(command);
  addGlobalOptions(command);
  command.action(async () => {
    const options = command.optsWithGlobals();
    const call = { io, globals: globalsOf(options, io), args: command.args, options, program };
    done(await definition.run(call));
  });
}

function examplesText(examples: readonly string[]): string {
  return ['Examples:', ...examples.map((line) => `  ${line}`), ''].join('\n');
}

function exitCodeOf(error: unknown, argv: readonly string[], io: Io): ExitCode {
  if (error instanceof ClosedPipe) return EXIT.ok;
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof CliError) {
    if (error.message !== '') io.err(`${error.message}\n`);
    return error.exitCode;
  }
  if (isSystemError(error)) {
    io.err(`${systemErrorText(error)}\n`);
    return EXIT.invalid;
  }
  // Anything else is our own mistake; whoever sees it needs all of it to tell us.
  const kind =
    error instanceof InvariantViolation ? 'A promise of tcplab was broken' : 'tcplab failed';
  io.err(`${kind}: ${error instanceof Error ? error.message : String(error)}\n`);
  io.err(`The report is in ${writeReport(error, argv, io)}\n`);
  return EXIT.broken;
}

const SYSTEM_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'no permission to use it',
  EPERM: 'no permission to use it',
  EISDIR: 'this is a folder, expected a file',
  ENOTDIR: 'a part of its path is not a folder',
  ENOSPC: 'the disk is full',
  EROFS: 'it is on a read-only disk',
};

function systemErrorText(error: SystemError): string {
  const words = SYSTEM_ERRORS[error.code];
  if (words === undefined || error.path === undefined) return `tcplab: ${error.message}`;
  return `${error.path}: error: ${words}`;
}

interface SystemError extends Error {
  readonly code: string;
  readonly path?: string;
}

function isSystemError(error: unknown): error is SystemError {
  const { code, syscall } = (error ?? {}) as { code?: unknown; syscall?: unknown };
  return error instanceof Error && typeof code === 'string' && typeof syscall === 'string';
}
