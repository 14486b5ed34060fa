import { CliError, EXIT } from '../exit-codes.ts';
import { explainRecord, explanationText } from '../print/explanation.ts';
import { whyNot } from '../print/why-not.ts';
import { readTrace, type Trace } from '../read-trace.ts';
import { parseDuration } from '../../scenario/index.ts';
import type { TraceRecord } from '../../trace/index.ts';
import type { CliCommand } from '../run-cli.ts';

export const explain: CliCommand = {
  usage: 'explain <trace> [event]',
  about: 'say why something happened, or why nothing did',
  examples: [
    'tcplab explain trace.ndjson 12                 # record 12: its rule, before and after',
    "tcplab explain trace.ndjson '#15'              # packet #15 of the ladder: why it was sent",
    'tcplab explain trace.ndjson --at 400ms         # what everybody waits for at 400 ms',
    'tcplab explain trace.ndjson --at 1s --on client',
  ],
  declare(command) {
    command
      .option('--at <time>', 'why nothing happens at this moment')
      .option('--on <host>', 'only this host');
  },
  run({ io, args, options, globals }) {
    const trace = readTrace(args[0]!, io);
    const [, event] = args;
    const at = options['at'] as string | undefined;
    if ((event === undefined) === (at === undefined)) {
      throw new CliError(
        EXIT.usage,
        "error: name an event by its number, a packet as '#15' (in quotes), or a moment with --at",
      );
    }
    if (event !== undefined) {
      const explanation = explainRecord(trace, recordNamed(trace, event));
      io.out(globals.json ? `${JSON.stringify(explanation)}\n` : explanationText(explanation));
      return EXIT.ok;
    }
    const moment = parseDuration(at!);
    if (!moment.ok) throw new CliError(EXIT.usage, `error: --at: ${moment.message}`);
    const host = options['on'] as string | undefined;
    const hosts = trace.header.hosts.map(({ name }) => name);
    if (host !== undefined && !hosts.includes(host)) {
      throw new CliError(EXIT.usage, `error: --on ${host}: the hosts are ${hosts.join(', ')}`);
    }
    const answers = whyNot(trace, moment.value, host);
    io.out(
      globals.json ? `${JSON.stringify(answers)}\n` : answers.map((line) => `${line}\n`).join(''),
    );
    return EXIT.ok;
  },
};

/** A record by its number, or, as the ladder names packets, the sending of packet `#15`. */
function recordNamed(trace: Trace, event: string): TraceRecord {
  const { records } = trace;
  if (event.startsWith('#')) {
    const sent = records.filter((record) => record.kind === 'send');
    const found = sent.find(({ packet }) => `#${packet.id}` === event);
    if (found !== undefined) return found;
    throw new CliError(EXIT.usage, `error: no host sent a packet ${event}`);
  }
  const found = records.find(({ id }) => String(id) === event);
  if (found !== undefined) return found;
  const last = records.at(-1)?.id ?? 0;
  throw new CliError(
    EXIT.usage,
    `error: there is no event ${event}; they are 1 … ${last}. A packet of the ladder is named '#15', in quotes`,
  );
}
