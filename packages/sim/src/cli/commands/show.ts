import {
  ansiPaint,
  describeStatePaths,
  drawLadder,
  plainPaint,
  statePaths,
} from '../../drawing/index.ts';
import { ExpressionError, meets, parseCondition, recordInWords } from '../../scenario/index.ts';
import type { TraceRecord } from '../../trace/index.ts';
import { CliError, EXIT } from '../exit-codes.ts';
import { hexDump } from '../print/hex-dump.ts';
import { readTrace, type Trace } from '../read-trace.ts';
import type { CliCall, CliCommand } from '../run-cli.ts';

export const show: CliCommand = {
  usage: 'show <trace>',
  about: 'show a trace: as a ladder, as events, as states, or the bytes of a packet',
  examples: [
    'tcplab show trace.ndjson',
    "tcplab show trace.ndjson --events --filter 'segment where flags has S'",
    'tcplab show trace.ndjson --states',
    'tcplab show trace.ndjson --bytes 3              # packet number 3',
    'tcplab run handshake --ndjson | tcplab show -',
  ],
  declare(command) {
    command
      .option('--ladder', 'the ladder (default)')
      .option('--events', 'a line for every record')
      .option('--states', 'the states of every machine')
      .option('--bytes <packet>', 'the octets of a packet')
      .option('--filter <expression>', 'only records that meet a condition')
      .option('--why', 'say under each step of the ladder why it happened');
  },
  run(call) {
    const { io, globals, options, args } = call;
    const trace = readTrace(args[0]!, io);
    const records = filtered(trace, options['filter'] as string | undefined);
    if (options['bytes'] !== undefined) io.out(bytesOf(trace, String(options['bytes'])));
    else if (options['states'] === true) io.out(describeStatePaths(statePaths(records)));
    else if (globals.json || globals.ndjson) {
      for (const record of records) io.out(`${JSON.stringify(record)}\n`);
    } else if (options['events'] === true) io.out(events(trace, records));
    else io.out(ladder(call, trace, records));
    return EXIT.ok;
  },
};

function filtered(trace: Trace, filter: string | undefined): readonly TraceRecord[] {
  if (filter === undefined) return trace.records;
  const hosts = hostNames(trace);
  try {
    const condition = parseCondition(filter);
    return trace.records.filter((record) => meets(condition, record, hosts));
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const caret = `${' '.repeat(error.column - 1)}${'^'.repeat(error.length)}`;
    const place = `--filter:1:${error.column}: error: ${error.message}`;
    throw new CliError(EXIT.usage, `${place}\n  ${filter}\n  ${caret}`);
  }
}

function hostNames(trace: Trace): ReadonlyMap<string, string> {
  return new Map(trace.header.hosts.map(({ name, address }) => [address, name]));
}

function events(trace: Trace, records: readonly TraceRecord[]): string {
  const hosts = hostNames(trace);
  return records.map((record) => `${recordInWords(record, hosts)}\n`).join('');
}

function ladder(call: CliCall, trace: Trace, records: readonly TraceRecord[]): string {
  const { globals, options } = call;
  return drawLadder(trace.header, records, {
    width: globals.width,
    why: options['why'] === true,
    // Who filters has chosen what to see: nothing of that is left out.
    detail: globals.verbose || options['filter'] !== undefined,
    fold: !globals.verbose,
    paint: globals.color ? ansiPaint : plainPaint,
  });
}

function bytesOf(trace: Trace, wanted: string): string {
  const number = Number(wanted);
  const dump = /^\d+$/.test(wanted) ? hexDump(trace.records, number) : undefined;
  if (dump !== undefined) return dump;
  throw new CliError(
    EXIT.usage,
    `error: --bytes ${wanted}: the trace has no packet of this number`,
  );
}
