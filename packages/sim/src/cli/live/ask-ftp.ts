import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CallError, parseUrl, percentDecode, type Process } from '@tcplab/core';
import { FtpError, openFtp, type FtpClient, type RemoteEntry } from '@tcplab/core/ftp';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { ask, type AskOptions } from './ask.ts';

export interface FtpOptions extends AskOptions {
  /** Upload this file to the URL's path. */
  readonly put: string | undefined;
  /** Write the file here and not to stdout. */
  readonly output: string | undefined;
  /** The server opens data connections. */
  readonly active: boolean;
}

/** Fetches a file, lists a directory (a path that ends in `/`), or uploads; 1 when the server declines. */
export function askFtp(io: Io, options: FtpOptions): Promise<ExitCode> {
  return ask(io, options, {
    name: 'ftp',
    *run(host) {
      const url = parseUrl(options.url);
      if (url.scheme !== 'ftp') {
        throw new CallError('invalid URL', `expected ftp, found ${url.scheme}`);
      }
      const mode = options.active ? 'active' : 'passive';
      const client = yield* openFtp(host, url.host, { port: url.port, mode });
      try {
        yield* client.login(url.username, url.password);
        yield* transfer(client, remotePath(url.path), { io, options });
        yield* client.quit();
        return EXIT.ok;
      } finally {
        client.close();
      }
    },
  });
}

/** RFC 1738 §3.2.2: the path begins in the directory of the login; at the root with `%2F` in front. */
function remotePath(path: string): string {
  return percentDecode(path.replace(/^\//, ''));
}

function* transfer(
  client: FtpClient,
  path: string,
  { io, options }: { readonly io: Io; readonly options: FtpOptions },
): Process {
  if (options.put !== undefined) {
    const bytes = readFileSync(resolve(io.cwd, options.put));
    yield* client.put(path, new Uint8Array(bytes));
  } else if (path === '' || path.endsWith('/')) {
    const entries = yield* listed(client, path);
    if (options.json) {
      const rows = entries.map(({ name, type, size, modified }) => ({
        name,
        type,
        size: size ?? null,
        modified: modified ?? null,
      }));
      io.out(`${JSON.stringify(rows)}\n`);
    } else {
      for (const { name, type } of entries) io.out(`${name}${type === 'dir' ? '/' : ''}\n`);
    }
  } else {
    const bytes = yield* client.get(path);
    if (options.output === undefined) io.out(bytes);
    else writeFileSync(resolve(io.cwd, options.output), bytes);
  }
}

/** MLSD is younger than many servers (RFC 3659): those that do not know it still tell names. */
function* listed(client: FtpClient, path: string): Process<readonly RemoteEntry[]> {
  try {
    return yield* client.entries(path);
  } catch (error) {
    const unknown = error instanceof FtpError && [500, 502].includes(error.reply.code);
    if (!unknown) throw error;
    const names = yield* client.names(path);
    return names.map((name) => ({
      name: name.slice(name.lastIndexOf('/') + 1),
      type: 'unknown',
      size: undefined,
      modified: undefined,
    }));
  }
}
