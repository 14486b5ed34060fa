import * as z from 'zod';
import { patternPayload, us, type Payload } from '@tcplab/core';
import { FTP_PORT, FileTree, serveFtp } from '@tcplab/core/ftp';
import { closed } from '../schema/closed.ts';
import { duration } from '../schema/quantities.ts';
import { port } from '../schema/words.ts';
import { appKind } from './app-kind.ts';
import { bulkSize } from './settings.ts';

const file = z.union(
  [z.string().max(1_000_000), closed({ size: bulkSize })],
  'expected a text, or { size: … }',
);

const settings = closed({
  port: port.optional().describe('Default: 21.'),
  files: z
    .record(z.string().regex(/^\/[^\0]*[^/]$/, 'expected a path such as /docs/readme.txt'), file)
    .optional()
    .describe('The files by path; directories are made as needed.'),
  users: z
    .record(z.string().min(1), z.string())
    .optional()
    .describe('Passwords by user. Without users anybody may log in as anonymous.'),
  active: z.boolean().optional().describe('Serve PORT and EPRT. Default: true.'),
  passive: z.boolean().optional().describe('Serve PASV and EPSV. Default: true.'),
  allowBounce: z
    .boolean()
    .optional()
    .describe('Open data connections to any host, as old servers did. Default: false.'),
  idleTimeout: duration
    .optional()
    .describe('A silent session is closed after so long. Default: 5min.'),
});

type Settings = z.output<typeof settings>;

/** A file server with an in-memory tree of files. */
export const ftpServer = appKind({
  key: 'ftp',
  about: 'Serves files over FTP, in active and passive mode (RFC 959, RFC 2428).',
  settings,
  needs: (given) => ({ listens: [given.port ?? FTP_PORT] }),
  run(host, given) {
    const tree = new FileTree({ now: () => host.now() });
    for (const [path, contents] of Object.entries(given.files ?? {})) plant(tree, path, contents);
    const users = Object.entries(given.users ?? {}).map(([name, password]) => [name, { password }]);
    return serveFtp(host, {
      tree,
      ...(given.port === undefined ? {} : { port: given.port }),
      ...(given.users === undefined
        ? {}
        : { users: Object.fromEntries(users) as Record<string, { password: string }> }),
      ...(given.active === undefined ? {} : { active: given.active }),
      ...(given.passive === undefined ? {} : { passive: given.passive }),
      ...(given.allowBounce === undefined ? {} : { allowBounce: given.allowBounce }),
      ...(given.idleTimeout === undefined ? {} : { idleTimeout: us(given.idleTimeout) }),
    });
  },
});

function plant(
  tree: FileTree,
  path: string,
  contents: Exclude<Settings['files'], undefined>[string],
): void {
  const names = path.split('/').slice(1, -1);
  for (let depth = 1; depth <= names.length; depth += 1) {
    tree.makeDirectory(`/${names.slice(0, depth).join('/')}`);
  }
  const data: Payload | string =
    typeof contents === 'string' ? contents : patternPayload(0, contents.size);
  tree.write(path, data);
}
