import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Option } from 'commander';
import { CliError, EXIT } from '../exit-codes.ts';
import { EXPORTS, type ExportName } from '../export-formats.ts';
import { readTrace } from '../read-trace.ts';
import type { CliCommand } from '../run-cli.ts';

export const exportTrace: CliCommand = {
  usage: 'export <trace>',
  about: 'turn a trace into something for another program',
  examples: [
    'tcplab export trace.ndjson --to pcapng -o capture.pcapng   # for Wireshark',
    'tcplab export trace.ndjson --to pcapng --tap server -o server.pcapng',
    'tcplab export trace.ndjson --to keylog > secrets.log       # what SSLKEYLOGFILE would hold',
    'tcplab export trace.ndjson --to html -o run.html           # one file, works offline',
    'tcplab export trace.ndjson --to svg > run.svg',
    'tcplab export trace.ndjson --to csv | head',
  ],
  declare(command) {
    command
      .addOption(
        new Option('--to <format>', 'the format')
          .choices(Object.keys(EXPORTS))
          .makeOptionMandatory(),
      )
      .option('-o, --output <file>', 'where to write; stdout by default')
      .option('--tap <host>', 'the host at which a capture is taken');
  },
  run({ io, args, options }) {
    const trace = readTrace(args[0]!, io);
    const tap = options['tap'] as string | undefined;
    const hosts = trace.header.hosts.map(({ name }) => name);
    if (tap !== undefined && !hosts.includes(tap)) {
      throw new CliError(EXIT.usage, `error: --tap ${tap}: the hosts are ${hosts.join(', ')}`);
    }
    const data = EXPORTS[options['to'] as ExportName](trace, {
      tap: tap === undefined ? undefined : { host: tap },
    });
    const output = options['output'] as string | undefined;
    if (output !== undefined) writeFileSync(resolve(io.cwd, output), data);
    else if (typeof data !== 'string' && io.stdoutIsTerminal) {
      throw new CliError(EXIT.usage, 'error: these are octets, not text: name a file with -o');
    } else io.out(data);
    return EXIT.ok;
  },
};
