import { askHttp } from '../live/index.ts';
import type { CliCommand } from '../run-cli.ts';
import { askOptions, collect, declareAskOptions } from './ask-options.ts';

export const get: CliCommand = {
  usage: 'get <url>',
  about: 'ask a real HTTP or HTTPS server with our client session; 1 for a status from 400 on',
  examples: [
    'tcplab get http://127.0.0.1:8080/',
    'tcplab get -v --cacert ca.pem https://localhost:8443/bytes/1000',
    'tcplab get --cert me.pem --key me.key --cacert ca.pem https://localhost:8443/',
    'SSLKEYLOGFILE=keys.log tcplab get --insecure https://localhost:8443/',
    "tcplab get --json -d 'name=value' http://127.0.0.1:8080/echo",
  ],
  declare(command) {
    declareAskOptions(command)
      .option('-X, --request <method>', 'the method; otherwise GET, or POST with data')
      .option('-H, --header <line>', 'a field of the request, as often as needed', collect, [])
      .option('-d, --data <text>', 'the content of the request')
      .option('--no-redirects', 'do not follow redirections');
  },
  run(call) {
    const { options } = call;
    return askHttp(call.io, {
      ...askOptions(call),
      method: options['request'] as string | undefined,
      headers: options['header'] as readonly string[],
      data: options['data'] as string | undefined,
      redirects: options['redirects'] !== false,
    });
  },
};
