/** The entry of the `tcplab` command: fifteen lines of platform around `runCli`. */
import { nodeIo } from './node-io.ts';
import { runCli } from './run-cli.ts';

process.exitCode = await runCli(process.argv.slice(2), nodeIo());
