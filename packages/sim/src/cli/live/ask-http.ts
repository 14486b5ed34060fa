import { utf8Text } from '@tcplab/core';
import { ClientSession, type RequestOptions } from '@tcplab/core/session';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { ask, clientTls, type AskOptions } from './ask.ts';

export interface GetOptions extends AskOptions {
  /** @default GET, with data POST */
  readonly method: string | undefined;
  /** `Name: value` lines. */
  readonly headers: readonly string[];
  readonly data: string | undefined;
  readonly redirects: boolean;
}

/** One request with a session: the body on stdout; 1 for a status from 400 on. */
export function askHttp(io: Io, options: GetOptions): Promise<ExitCode> {
  return ask(io, options, {
    name: 'get',
    *run(host) {
      const tls = clientTls(host, options, io);
      const session = new ClientSession(host, { secure: tls.secure });
      try {
        const method = options.method ?? (options.data === undefined ? 'GET' : 'POST');
        const response = yield* session.request(method, options.url, requestOptions(options));
        const body = yield* response.read();
        const { status, reason, headers } = response;
        if (options.json) {
          const { version, suite, protocol } = tls.agreed ?? {};
          const secured =
            tls.agreed === undefined ? null : { version, suite, protocol: protocol ?? null };
          const fields = headers.entries;
          const shown = { url: options.url, status, reason, headers: fields, tls: secured };
          io.out(`${JSON.stringify({ ...shown, body: utf8Text(body) })}\n`);
        } else {
          io.out(body);
        }
        if (status < 400) return EXIT.ok;
        io.err(`tcplab get: ${status} ${reason}\n`);
        return EXIT.failed;
      } finally {
        session.close();
      }
    },
  });
}

function requestOptions({ headers, data, redirects }: GetOptions): RequestOptions {
  const fields = headers.map((line): readonly [string, string] => {
    const at = line.indexOf(':');
    return at < 0 ? [line, ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  });
  return { headers: fields, allowRedirects: redirects, ...(data === undefined ? {} : { data }) };
}
