/** `pnpm tcplab …`: the command line from the sources of this repository, in this very process. */
import { pathToFileURL } from 'node:url';
import { bundleCli } from './bundle-cli.mjs';

const cli = await bundleCli();
process.setSourceMapsEnabled(true);
process.argv[1] = cli;
// pnpm runs scripts at the root; paths are meant from where the person stands.
process.chdir(process.env.INIT_CWD ?? process.cwd());
await import(pathToFileURL(cli).href);
