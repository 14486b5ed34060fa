import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  compareScenario,
  comparisonJson,
  comparisonSvg,
  comparisonText,
  type Comparison,
} from '../../compare/index.ts';
import { parseDuration } from '../../scenario/index.ts';
import { CliError, EXIT, type ExitCode } from '../exit-codes.ts';
import { colorsOf } from '../print/colors.ts';
import { verdictsText } from '../print/verdicts.ts';
import { needScenario, problemsText } from '../read-scenario.ts';
import type { CliCall, CliCommand } from '../run-cli.ts';

/** More distances than this are no comparison any more. */
const MAX_RTTS = 20;
/** A round trip is two delays of whole microseconds; a minute of it is beyond every network. */
const MIN_RTT_US = 2;
const MAX_RTT_US = 60_000_000;
/** Narrower tables have no room for a variation. */
const DEFAULT_WIDTH = 80;

export const compare: CliCommand = {
  usage: 'compare <scenario>',
  about: 'run the variations of a scenario and show what each costs and saves',
  examples: [
    'tcplab compare http-one-session',
    'tcplab compare http-one-session --rtt 10ms,80ms,200ms',
    'tcplab compare http-one-session --svg saving.svg',
    'tcplab compare my.yaml --json',
  ],
  declare(command) {
    command
      .option('--rtt <times>', 'run it at these round-trip times, e.g. 10ms,80ms')
      .option('--svg <file>', 'draw the comparison as bars');
  },
  run(call) {
    const { io, globals, options } = call;
    const loaded = needScenario(call.args[0]!, io);
    const rtts = roundTripsOf(options['rtt'] as string | undefined);
    const comparisons = rtts.map((rtt) => {
      const result = compareScenario(loaded, runOptions(call), rtt);
      if (!result.ok) throw new CliError(EXIT.invalid, problemsText(result.problems));
      return result.comparison;
    });
    const svg = options['svg'] as string | undefined;
    if (svg !== undefined) writeFileSync(resolve(io.cwd, svg), comparisonSvg(comparisons));
    if (globals.json) {
      io.out(`${JSON.stringify({ comparisons: comparisons.map(comparisonJson) })}\n`);
    } else if (globals.ndjson) {
      for (const each of comparisons) io.out(`${JSON.stringify(comparisonJson(each))}\n`);
    } else if (!globals.quiet) print(call, comparisons);
    return tell(call, comparisons);
  },
};

function print({ io, globals }: CliCall, comparisons: readonly Comparison[]): void {
  const width = Math.max(DEFAULT_WIDTH, Math.min(globals.width, io.columns ?? DEFAULT_WIDTH));
  const { lesson } = comparisons[0]!;
  if (lesson !== undefined) io.out(`${colorsOf(globals.color).weak(lesson)}\n\n`);
  io.out(comparisons.map((each) => comparisonText(each, width)).join('\n'));
}

/** What failed, on stderr, and the exit code. */
function tell({ io }: CliCall, comparisons: readonly Comparison[]): ExitCode {
  let code: ExitCode = EXIT.ok;
  for (const { label, result } of comparisons.flatMap(({ rows }) => rows)) {
    for (const warning of result.warnings) io.err(`warning: ${label}: ${warning}\n`);
    if (result.end === 'max-events') {
      io.err(`${label}: the run was stopped after ${result.steps} events (--max-events)\n`);
      code = EXIT.limit;
    }
    if (result.passed) continue;
    io.err(`${label}:\n${verdictsText(result.verdicts, colorsOf(false), false)}`);
    if (code === EXIT.ok) code = EXIT.failed;
  }
  return code;
}

function runOptions({ globals }: CliCall) {
  const { seed, until, maxEvents } = globals;
  return {
    ...(seed === undefined ? {} : { seed }),
    ...(until === undefined ? {} : { until }),
    ...(maxEvents === undefined ? {} : { maxEvents }),
  };
}

/** In microseconds; the scenario's own distance when none is given. */
function roundTripsOf(text: string | undefined): readonly (number | undefined)[] {
  if (text === undefined) return [undefined];
  const parts = text.split(',');
  if (parts.length > MAX_RTTS) throw wrongRtt(text, `expected at most ${MAX_RTTS} round trips`);
  return parts.map((part) => {
    const result = parseDuration(part.trim());
    if (!result.ok) throw wrongRtt(part, result.message);
    const { value } = result;
    if (value >= MIN_RTT_US && value <= MAX_RTT_US && value % 2 === 0) return value;
    throw wrongRtt(part, 'expected 2us … 1min, in whole microseconds each way');
  });
}

function wrongRtt(text: string, message: string): CliError {
  return new CliError(EXIT.usage, `error: --rtt ${text}: ${message}`);
}
