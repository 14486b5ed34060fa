import { InvariantViolation } from '@tcplab/core';
import {
  loadScenario,
  recordInWords,
  runScenario,
  type LoadedScenario,
} from '../../scenario/index.ts';
import { TraceDigest, type TraceRecord, type TraceSink } from '../../trace/index.ts';
import { ENGINE_VERSION } from '../../version.ts';
import { CliError, EXIT, type ExitCode } from '../exit-codes.ts';
import { problemsText } from '../read-scenario.ts';
import { readTrace, type Trace } from '../read-trace.ts';
import { writeReport } from '../report-file.ts';
import type { CliCall, CliCommand } from '../run-cli.ts';

export const replay: CliCommand = {
  usage: 'replay <trace>',
  about: 'run a trace again and compare, record by record',
  examples: ['tcplab run lossy-request -o trace.ndjson', 'tcplab replay trace.ndjson'],
  declare() {},
  run(call) {
    const trace = readTrace(call.args[0]!, call.io);
    const comparison = compare(trace, scenarioOf(trace));
    if (comparison.difference !== undefined) return tell(call, trace, comparison.difference);
    const { hash } = comparison;
    const count = trace.records.length;
    if (call.globals.json) {
      call.io.out(`${JSON.stringify({ same: true, records: count, hash })}\n`);
    } else if (!call.globals.quiet) {
      call.io.out(`the same: ${count} records, hash ${hash}\n`);
    }
    return EXIT.ok;
  },
};

function scenarioOf(trace: Trace): LoadedScenario {
  const { scenario, name } = trace.header;
  if (scenario === undefined) {
    throw new CliError(
      EXIT.invalid,
      `${trace.file}: error: the trace carries no scenario; a program made it and only that program can repeat it`,
    );
  }
  const result = loadScenario(scenario, `${name} (in ${trace.file})`);
  if (!result.ok) throw new CliError(EXIT.invalid, problemsText(result.problems));
  return result.loaded;
}

interface Comparison {
  readonly hash: string;
  readonly difference?: string;
}

/** Runs again and stops where the old run stopped. */
function compare(trace: Trace, loaded: LoadedScenario): Comparison {
  const sink = new Comparer(trace);
  const { footer, header } = trace;
  const stoppedByTime = footer?.end === 'until' ? { until: footer.endUs } : {};
  runScenario(loaded, { seed: header.seed, ...stoppedByTime, sinks: [sink] });
  const { hash } = sink.digest.footer(0, '');
  if (sink.difference !== undefined) return { hash, difference: sink.difference };
  if (sink.seen < trace.records.length) {
    const missing = trace.records[sink.seen]!;
    return { hash, difference: `record ${missing.id} does not happen again` };
  }
  // A run that a limit of events cut off is compared as far as it went.
  const wasCut = footer === undefined || footer.end === 'max-events';
  if (!wasCut && sink.extra > 0) return { hash, difference: `${sink.extra} more records happen` };
  if (!wasCut && footer.hash !== hash) {
    return {
      hash,
      difference: `the trace says its hash is ${footer.hash}, its records give ${hash}`,
    };
  }
  return { hash };
}

class Comparer implements TraceSink {
  readonly digest = new TraceDigest();
  difference: string | undefined;
  seen = 0;
  extra = 0;
  readonly #old: readonly TraceRecord[];
  readonly #hosts: ReadonlyMap<string, string>;

  constructor(trace: Trace) {
    this.#old = trace.records;
    this.#hosts = new Map(trace.header.hosts.map(({ name, address }) => [address, name]));
  }

  record(record: TraceRecord): void {
    const old = this.#old[this.seen];
    if (old === undefined) {
      this.extra += 1;
      return;
    }
    this.seen += 1;
    this.digest.add(record);
    if (this.difference === undefined && JSON.stringify(old) !== JSON.stringify(record)) {
      const before = recordInWords(old, this.#hosts);
      const now = recordInWords(record, this.#hosts);
      this.difference = `record ${record.id} differs\n  before: ${before}\n  now:    ${now}`;
    }
  }
}

function tell(call: CliCall, trace: Trace, difference: string): ExitCode {
  const versions =
    trace.header.engine === ENGINE_VERSION
      ? ''
      : `\n  the trace was made by version ${trace.header.engine}, this is ${ENGINE_VERSION}`;
  const message = `the replay differs: ${difference}${versions}`;
  const report = writeReport(new InvariantViolation(message), ['replay', trace.file], call.io);
  if (call.globals.json) call.io.out(`${JSON.stringify({ same: false, difference })}\n`);
  call.io.err(`${message}\nThe report is in ${report}\n`);
  return EXIT.broken;
}
