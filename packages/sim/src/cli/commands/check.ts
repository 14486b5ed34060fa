import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Option } from 'commander';
import { runScenario, variationsOf, type Problem, type RunResult } from '../../scenario/index.ts';
import { CliError, EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { libraryNames } from '../library.ts';
import { colorsOf } from '../print/colors.ts';
import { REPORTERS, type CheckedFile, type ReporterName } from '../print/reporters.ts';
import { loadNamed } from '../read-scenario.ts';
import type { CliCall, CliCommand } from '../run-cli.ts';

export const check: CliCommand = {
  usage: 'check [files...]',
  about: 'validate scenarios and test what they expect',
  examples: [
    'tcplab check my.yaml',
    'tcplab check scenarios/ --reporter junit > report.xml',
    'tcplab check --library',
    'cat my.yaml | tcplab check -',
  ],
  declare(command) {
    // The library alone wants no files.
    command
      .usage('[options] <files...>')
      .addOption(
        new Option('--reporter <name>', 'how to report')
          .choices(Object.keys(REPORTERS))
          .default('pretty'),
      );
    command.option('--library', 'check the scenario library too');
    command.option('--validate-only', 'do not run anything');
  },
  run(call) {
    const names = expand(call);
    if (names.length === 0) throw new CliError(EXIT.usage, 'error: there is no scenario to check');
    const files = names.map((name) => checkFile(name, call));
    const reporter = call.globals.json ? 'json' : (call.options['reporter'] as ReporterName);
    const text = REPORTERS[reporter](files, {
      colors: colorsOf(call.globals.color && reporter === 'pretty'),
      quiet: call.globals.quiet,
      verbose: call.globals.verbose,
    });
    call.io.out(text);
    return worst(files);
  },
};

/** Folders stand for the scenarios in them. */
function expand({ args, io, options }: CliCall): readonly string[] {
  const names = args.flatMap((name) => {
    const path = resolve(io.cwd, name);
    if (name === '-' || !isFolder(path)) return [name];
    return readdirSync(path)
      .filter((file) => /\.(ya?ml|json)$/.test(file))
      .sort()
      .map((file) => join(name, file));
  });
  return options['library'] === true ? [...names, ...libraryNames()] : names;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function checkFile(name: string, call: CliCall): CheckedFile {
  const started = call.io.clock();
  const result = loadNamed(name, call.io);
  if (!result.ok) return problemsOf(name, result.problems, call.io, started);
  const warnings = result.warnings;
  const variations = variationsOf(result.loaded);
  if (!variations.ok) return problemsOf(name, variations.problems, call.io, started);
  const runs: { label: string; result: RunResult }[] = [];
  if (call.options['validateOnly'] !== true) {
    const { seed, until, maxEvents } = call.globals;
    for (const { label, loaded } of variations.variations) {
      const options = {
        ...(seed === undefined ? {} : { seed }),
        ...(until === undefined ? {} : { until }),
        ...(maxEvents === undefined ? {} : { maxEvents }),
        checkInvariants: true,
      };
      runs.push({ label, result: runScenario(loaded, options) });
    }
  }
  return { name, problems: warnings, runs, milliseconds: call.io.clock() - started };
}

function problemsOf(
  name: string,
  problems: readonly Problem[],
  io: Io,
  started: number,
): CheckedFile {
  return { name, problems, runs: [], milliseconds: io.clock() - started };
}

/** An invalid file outweighs a failed expectation, and that a limit. */
function worst(files: readonly CheckedFile[]): ExitCode {
  const isInvalid = files.some(({ problems }) =>
    problems.some(({ severity }) => severity === 'error'),
  );
  if (isInvalid) return EXIT.invalid;
  const results = files.flatMap(({ runs }) => runs.map(({ result }) => result));
  if (results.some((result) => !result.passed)) return EXIT.failed;
  return results.some((result) => result.end === 'max-events') ? EXIT.limit : EXIT.ok;
}
