import { InvalidArgumentError, Option } from 'commander';
import { askWebSocket } from '../live/index.ts';
import type { CliCommand } from '../run-cli.ts';
import { askOptions, collect, declareAskOptions } from './ask-options.ts';

export const ws: CliCommand = {
  usage: 'ws <url>',
  about: 'talk to a real WebSocket server; 1 when the connection does not end in order',
  examples: [
    'tcplab ws --send hello ws://127.0.0.1:9001/',
    'seq 3 | tcplab ws --json ws://127.0.0.1:9001/',
    'tcplab ws --echo ws://127.0.0.1:9001/',
  ],
  declare(command) {
    declareAskOptions(command)
      .option(
        '--send <text>',
        'a message, as often as needed; otherwise lines of stdin',
        collect,
        [],
      )
      .addOption(
        new Option(
          '--receive <n>',
          'wait for so many messages; otherwise as many as are sent',
        ).argParser(count),
      )
      .option('--echo', 'send back whatever comes, until the server closes')
      .option('--protocol <name>', 'offer a subprotocol, as often as needed', collect, [])
      .option('--deflate', 'offer compression');
  },
  run(call) {
    const { options } = call;
    return askWebSocket(call.io, {
      ...askOptions(call),
      messages: options['send'] as readonly string[],
      receive: options['receive'] as number | undefined,
      echo: options['echo'] === true,
      protocols: options['protocol'] as readonly string[],
      deflate: options['deflate'] === true,
    });
  },
};

function count(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a number of messages.');
}
