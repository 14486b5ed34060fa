import { askFtp } from '../live/index.ts';
import type { CliCommand } from '../run-cli.ts';
import { askOptions } from './ask-options.ts';

export const ftp: CliCommand = {
  usage: 'ftp <url>',
  about: 'fetch a file, list a directory or upload, with a real FTP server; 1 when it declines',
  examples: [
    'tcplab ftp ftp://127.0.0.1:2121/',
    'tcplab ftp -v ftp://ann:secret@127.0.0.1:2121/welcome.txt',
    'tcplab ftp --put notes.txt ftp://127.0.0.1:2121/pub/notes.txt',
  ],
  declare(command) {
    command
      .option('--put <file>', "upload this file to the URL's path")
      .option('-o, --output <file>', 'write the file here; otherwise to stdout')
      .option('--active', 'let the server open data connections')
      .option('--trace-dir <folder>', 'write a trace of what the protocol noted');
  },
  run(call) {
    const { options } = call;
    return askFtp(call.io, {
      ...askOptions(call),
      put: options['put'] as string | undefined,
      output: options['output'] as string | undefined,
      active: options['active'] === true,
    });
  },
};
