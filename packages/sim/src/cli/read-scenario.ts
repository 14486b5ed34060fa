import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  didYouMean,
  formatProblem,
  loadScenario,
  MAX_SCENARIO_BYTES,
  type LoadedScenario,
  type LoadResult,
  type Problem,
} from '../scenario/index.ts';
import { CliError, EXIT } from './exit-codes.ts';
import type { Io } from './io.ts';
import { libraryFile, libraryNames } from './library.ts';

/** Reads a scenario: a file, `-` for stdin, or the name of one of the library. */
export function loadNamed(name: string, io: Io): LoadResult {
  if (name === '-') return loadScenario(io.readStdin(MAX_SCENARIO_BYTES), '<stdin>');
  const path = resolve(io.cwd, name);
  if (existsSync(path) && !statSync(path).isDirectory()) return loadFile(path, name);
  const library = libraryFile(name);
  if (library !== undefined) return loadFile(library, `${name}.yaml`);
  const hint = didYouMean(name, libraryNames());
  if (existsSync(path)) {
    const message = 'this is a folder, expected a scenario; tcplab check FOLDER/*.yaml tests many';
    return { ok: false, problems: [problemOf(name, message)] };
  }
  const message = `there is no file and no library scenario "${name}".${hint} tcplab list shows the library`;
  return { ok: false, problems: [problemOf(name, message)] };
}

function loadFile(path: string, name: string): LoadResult {
  const { size } = statSync(path);
  if (size <= MAX_SCENARIO_BYTES) return loadScenario(readFileSync(path), name);
  // Not read at all: it could be larger than memory.
  const message = `the file is too large: ${size} bytes; a scenario has at most ${MAX_SCENARIO_BYTES}`;
  return { ok: false, problems: [problemOf(name, message)] };
}

function problemOf(file: string, message: string): Problem {
  return { severity: 'error', file, line: 1, column: 1, length: 1, message, sourceLine: '' };
}

/** Reads a scenario or ends the command with all of its problems. Warnings go to stderr. */
export function needScenario(name: string, io: Io): LoadedScenario {
  const result = loadNamed(name, io);
  if (!result.ok) throw new CliError(EXIT.invalid, problemsText(result.problems));
  if (result.warnings.length > 0) io.err(`${problemsText(result.warnings)}\n`);
  return result.loaded;
}

export function problemsText(problems: readonly Problem[]): string {
  return problems.map(formatProblem).join('\n');
}
