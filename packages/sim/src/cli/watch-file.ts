import { existsSync, statSync, watch } from 'node:fs';
import { dirname, basename, resolve } from 'node:path';
import { CliError, EXIT, type ExitCode } from './exit-codes.ts';
import { libraryFile } from './library.ts';
import type { CliCall } from './run-cli.ts';

/** Editors write a file in several steps; so long nothing must happen before it is read. */
const SETTLE_MILLISECONDS = 80;

/** Runs `action` now and whenever the file changes, until the process is interrupted. */
export function watchFile(call: CliCall, name: string, action: () => ExitCode): Promise<ExitCode> {
  const path = existsSync(resolve(call.io.cwd, name))
    ? resolve(call.io.cwd, name)
    : libraryFile(name);
  if (path === undefined || statSync(path).isDirectory()) {
    throw new CliError(EXIT.usage, `error: --watch wants a file, found "${name}"`);
  }
  const again = (): void => {
    try {
      action();
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      call.io.err(`${error.message}\n`);
    }
    call.io.err(`watching ${name}; Ctrl-C ends it\n`);
  };
  // The folder is watched: editors replace files, and a watch on the file itself would be lost.
  return new Promise((resolveCode) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const watcher = watch(dirname(path), (_event, changed) => {
      if (changed !== basename(path)) return;
      clearTimeout(timer);
      timer = setTimeout(again, SETTLE_MILLISECONDS);
    });
    call.io.onInterrupt(() => {
      watcher.close();
      clearTimeout(timer);
      resolveCode(EXIT.interrupted);
    });
    again();
  });
}
