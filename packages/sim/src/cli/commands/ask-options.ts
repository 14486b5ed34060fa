/** The options that all clients on real sockets take. */
import type { Command } from 'commander';
import type { AskOptions } from '../live/index.ts';
import type { CliCall } from '../run-cli.ts';

export function declareAskOptions(command: Command): Command {
  return command
    .option('--cacert <file>', 'PEM file with the certificates to trust; otherwise those of Node')
    .option('--cert <file>', "PEM file with the client's chain, where a server asks (with --key)")
    .option('--key <file>', 'PEM file with its private key')
    .option('--insecure', 'take any certificate')
    .option('--tls <versions>', '1.2, 1.3 or 1.2,1.3')
    .option('--trace-dir <folder>', 'write a trace of what the protocols noted');
}

export function askOptions({ args, globals, options }: CliCall): AskOptions {
  return {
    url: args[0]!,
    verbose: globals.verbose,
    json: globals.json,
    seed: globals.seed,
    cacert: options['cacert'] as string | undefined,
    cert: options['cert'] as string | undefined,
    key: options['key'] as string | undefined,
    insecure: options['insecure'] === true,
    tls: options['tls'] as string | undefined,
    traceDir: options['traceDir'] as string | undefined,
  };
}

/** For options that may be given several times. */
export function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}
