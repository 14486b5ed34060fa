import { resolve } from 'node:path';
import { writeFileSync } from 'node:fs';
import {
  ansiPaint,
  describeStatePaths,
  drawLadder,
  plainPaint,
  statePaths,
} from '../../drawing/index.ts';
import { toPcapng } from '../../export/index.ts';
import {
  runScenario,
  variationsOf,
  type LoadedScenario,
  type RunOptions,
  type RunResult,
  type Variation,
} from '../../scenario/index.ts';
import type { TraceSink } from '../../trace/index.ts';
import { CliError, EXIT, type ExitCode } from '../exit-codes.ts';
import { KeptRecords } from '../kept-records.ts';
import { colorsOf } from '../print/colors.ts';
import { comparisonTable, costTable, tableUsage } from '../print/cost-table.ts';
import { layerComparison, layerTable } from '../print/layer-table.ts';
import { resultJson } from '../print/result-json.ts';
import { section } from '../print/table.ts';
import { verdictsText } from '../print/verdicts.ts';
import { wrap } from '../print/wrap.ts';
import { ProgressLine } from '../progress-line.ts';
import { needScenario, problemsText } from '../read-scenario.ts';
import type { CliCall, CliCommand } from '../run-cli.ts';
import { traceFile, TraceOutput } from '../trace-output.ts';
import { watchFile } from '../watch-file.ts';

export const run: CliCommand = {
  usage: 'run <scenario>',
  about: 'run a scenario: a file, - for stdin, or a name from the library',
  examples: [
    'tcplab run lossy-request',
    'tcplab run my.yaml --seed 7 -o trace.ndjson',
    'tcplab run handshake --pcap capture.pcapng      # for Wireshark',
    'tcplab run cost-of-a-connection                 # runs every variation and compares',
    'tcplab run cost-of-a-connection --variation 2   # the second variation alone',
    'tcplab run handshake --ndjson | grep state',
  ],
  declare(command) {
    command
      .option('-o, --output <file>', 'write the trace, as NDJSON')
      .option('--pcap <file>', 'write a capture, as pcapng')
      .option('--variation <number>', 'run one variation of a file that has several')
      .option('--no-ladder', 'do not draw the ladder')
      .option('--why', 'say under each step of the ladder why it happened')
      .option('--check-invariants', 'check every promise of TCP after every event');
  },
  run(call) {
    const name = call.args[0]!;
    if (!call.globals.watch) return runOnce(call, name);
    return watchFile(call, name, () => runOnce(call, name));
  },
};

function runOnce(call: CliCall, name: string): ExitCode {
  const loaded = needScenario(name, call.io);
  const all = variationsOf(loaded);
  if (!all.ok) throw new CliError(EXIT.invalid, problemsText(all.problems));
  const chosen = choose(all.variations, call.options['variation'] as string | undefined);
  const only = chosen.length === 1 ? chosen[0] : undefined;
  return only === undefined ? runSeveral(call, chosen) : runOne(call, only);
}

function choose(all: readonly Variation[], wanted: string | undefined): readonly Variation[] {
  if (wanted === undefined) return all;
  const variation = all[Number(wanted) - 1];
  if (variation !== undefined) return [variation];
  throw new CliError(
    EXIT.usage,
    `error: --variation ${wanted}: expected a number from 1 to ${all.length}`,
  );
}

/** One run: the ladder, state changes, costs, verdicts. */
function runOne(call: CliCall, { label, loaded }: Variation): ExitCode {
  const { io, globals, options } = call;
  const kept = new KeptRecords();
  const sinks: TraceSink[] = [kept];
  const output = options['output'] as string | undefined;
  const file = output === undefined ? undefined : traceFile(resolve(io.cwd, output));
  if (file !== undefined) sinks.push(file.sink);
  if (globals.ndjson) sinks.push(new TraceOutput((text) => io.out(text)));
  let result: RunResult;
  try {
    result = execute(call, loaded, sinks);
  } finally {
    file?.close();
  }
  writeCapture(call, kept);
  if (globals.json) io.out(`${JSON.stringify(resultJson(result, label))}\n`);
  else if (!globals.ndjson && !globals.quiet) report(call, loaded, kept, result);
  else if (!result.passed) io.err(verdictsText(result.verdicts, colorsOf(false), false));
  tellOnStderr(call, result);
  return exitCodeOf(result);
}

function execute(call: CliCall, loaded: LoadedScenario, sinks: readonly TraceSink[]): RunResult {
  const { io, globals } = call;
  const progress = new ProgressLine(
    io,
    loaded.scenario.name,
    globals.until ?? loaded.scenario.until,
  );
  try {
    return runScenario(loaded, {
      ...runOptions(call),
      sinks,
      onProgress: (simulation) => progress.update(simulation),
    });
  } finally {
    progress.end();
  }
}

function runOptions(call: CliCall): RunOptions {
  const { seed, until, maxEvents } = call.globals;
  return {
    ...(seed === undefined ? {} : { seed }),
    ...(until === undefined ? {} : { until }),
    ...(maxEvents === undefined ? {} : { maxEvents }),
    checkInvariants: call.options['checkInvariants'] === true,
  };
}

function writeCapture(call: CliCall, kept: KeptRecords): void {
  const pcap = call.options['pcap'] as string | undefined;
  if (pcap === undefined) return;
  if (!kept.isComplete) {
    throw new CliError(
      EXIT.limit,
      'the run is too long for --pcap; write the trace with -o and use tcplab export',
    );
  }
  writeFileSync(resolve(call.io.cwd, pcap), toPcapng(kept.header, kept.records));
}

function report(call: CliCall, loaded: LoadedScenario, kept: KeptRecords, result: RunResult): void {
  const { io, globals, options } = call;
  const colors = colorsOf(globals.color);
  const { lesson } = loaded.scenario;
  if (lesson !== undefined) io.out(`${lessonText(call, lesson)}\n`);
  if (options['ladder'] !== false) {
    const drawing = drawLadder(kept.header, kept.records, {
      width: globals.width,
      why: options['why'] === true || globals.verbose,
      detail: globals.verbose,
      paint: globals.color ? ansiPaint : plainPaint,
    });
    io.out(drawing);
    if (!kept.isComplete) io.out(`… only the first ${kept.records.length} records are drawn\n`);
  }
  const paths = describeStatePaths(statePaths(kept.records), globals.width);
  io.out(section('States', paths, colors.strong));
  io.out(section('Costs', costTable(result.costs, globals.width), colors.strong));
  const layers = layerTable(result.costs);
  if (layers !== undefined) io.out(section('Costs by layer', layers, colors.strong));
  if (result.costs.tables.length > 0) {
    io.out(section('Connection tables', tableUsage(result.costs, globals.width), colors.strong));
  }
  if (result.verdicts.length > 0) {
    const verdicts = verdictsText(result.verdicts, colors, true);
    io.out(section('Expectations', verdicts, colors.strong));
  }
}

function lessonText({ globals }: CliCall, lesson: string): string {
  const colors = colorsOf(globals.color);
  return wrap(lesson, globals.width)
    .map((line) => `${colors.weak(line)}\n`)
    .join('');
}

/** Several runs: one table. */
function runSeveral(call: CliCall, variations: readonly Variation[]): ExitCode {
  const { io, globals, options } = call;
  if (options['output'] !== undefined || options['pcap'] !== undefined || globals.ndjson) {
    throw new CliError(
      EXIT.usage,
      `error: this scenario has ${variations.length} variations; choose one with --variation to write its trace`,
    );
  }
  const runs = variations.map(({ label, loaded }) => ({
    label,
    loaded,
    result: execute(call, loaded, []),
  }));
  if (globals.json) {
    const documents = runs.map(({ label, result }) => resultJson(result, label));
    io.out(`${JSON.stringify({ variations: documents })}\n`);
  } else if (!globals.quiet) {
    const { name, lesson } = variations[0]!.loaded.scenario;
    const colors = colorsOf(globals.color);
    io.out(`${colors.strong(name)}\n`);
    if (lesson !== undefined) io.out(lessonText(call, lesson));
    io.out(section('Comparison', comparisonTable(runs, globals.width), colors.strong));
    const layers = layerComparison(runs.map(({ label, result: { costs } }) => ({ label, costs })));
    for (const { title, text } of layers) io.out(section(title, text, colors.strong));
  }
  for (const { label, result } of runs) {
    if (result.passed) continue;
    io.err(`${label}:\n${verdictsText(result.verdicts, colorsOf(false), false)}`);
  }
  tellOnStderr(call, runs[0]!.result);
  const codes = runs.map(({ result }) => exitCodeOf(result));
  return codes.find((code) => code !== EXIT.ok) ?? EXIT.ok;
}

function tellOnStderr(call: CliCall, result: RunResult): void {
  const { io, globals } = call;
  for (const warning of result.warnings) io.err(`warning: ${warning}\n`);
  if (result.end === 'max-events') {
    io.err(`the run was stopped after ${result.steps} events (--max-events)\n`);
  }
  if (!globals.quiet) io.err(`seed ${result.seed} · hash ${result.footer.hash}\n`);
}

function exitCodeOf(result: RunResult): ExitCode {
  if (result.end === 'max-events') return EXIT.limit;
  return result.passed ? EXIT.ok : EXIT.failed;
}
