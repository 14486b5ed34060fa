/** The options that every command takes. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import { parseDuration } from '../scenario/index.ts';
import type { Io } from './io.ts';

export interface Globals {
  readonly seed: number | undefined;
  readonly json: boolean;
  readonly ndjson: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color: boolean;
  readonly width: number;
  readonly watch: boolean;
  /** In microseconds. */
  readonly until: number | undefined;
  readonly maxEvents: number | undefined;
}

/** Narrower drawings cannot be read. */
const MIN_WIDTH = 60;
const DEFAULT_WIDTH = 100;
const MAX_WIDTH = 400;

export function addGlobalOptions(command: Command): void {
  command
    .addOption(
      new Option(
        '-s, --seed <n>',
        "seed of all randomness (default: the scenario's, else 1)",
      ).argParser(wholeNumber(0)),
    )
    .option('--json', 'print one JSON document')
    .option('--ndjson', 'print one JSON document per line')
    .option('-q, --quiet', 'print nothing but what was asked for and what failed')
    .option('-v, --verbose', 'print more: reasons, variables, timers')
    .option('--no-color', 'no colours (as NO_COLOR; FORCE_COLOR forces them)')
    .addOption(
      new Option('--width <columns>', 'width of drawings').argParser(wholeNumber(MIN_WIDTH)),
    )
    .option('--watch', 'run again whenever the file changes')
    .addOption(new Option('--until <time>', 'end the run at this time, e.g. 10s').argParser(time))
    .addOption(
      new Option('--max-events <n>', 'end the run after so many events').argParser(wholeNumber(1)),
    );
}

function wholeNumber(min: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < min) {
      throw new InvalidArgumentError(`Expected a whole number of at least ${min}.`);
    }
    return value;
  };
}

function time(text: string): number {
  const result = parseDuration(text);
  if (!result.ok) throw new InvalidArgumentError(`${result.message}.`);
  return result.value;
}

/** Reads the global options of a call. */
export function globalsOf(options: Readonly<Record<string, unknown>>, io: Io): Globals {
  return {
    seed: options['seed'] as number | undefined,
    json: options['json'] === true,
    ndjson: options['ndjson'] === true,
    quiet: options['quiet'] === true,
    verbose: options['verbose'] === true,
    color: wantsColor(options['color'] !== false, io),
    width: Math.min((options['width'] as number | undefined) ?? widthOf(io), MAX_WIDTH),
    watch: options['watch'] === true,
    until: options['until'] as number | undefined,
    maxEvents: options['maxEvents'] as number | undefined,
  };
}

function widthOf(io: Io): number {
  return Math.max(MIN_WIDTH, Math.min(io.columns ?? DEFAULT_WIDTH, 140));
}

/** The flag first, then NO_COLOR and FORCE_COLOR (any value but an empty one), then the terminal. */
function wantsColor(allowed: boolean, io: Io): boolean {
  if (!allowed) return false;
  const { NO_COLOR, FORCE_COLOR, TERM } = io.env;
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0';
  return io.stdoutIsTerminal && TERM !== 'dumb';
}
