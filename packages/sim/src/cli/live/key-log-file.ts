import { appendFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CliError, EXIT } from '../exit-codes.ts';
import type { Io } from '../io.ts';

/**
 * Secrets of real connections go to the file that SSLKEYLOGFILE names, as curl and browsers do it, so
 * that Wireshark can read what it records. Nowhere without that variable.
 * @throws CliError when the file cannot be written
 */
export function keyLogOf(io: Io): { readonly keyLog?: (line: string) => void } {
  const file = io.env['SSLKEYLOGFILE'];
  if (file === undefined || file === '') return {};
  const path = resolve(io.cwd, file);
  const write = (text: string): void => appendFileSync(path, text, { mode: 0o600 });
  try {
    write('');
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new CliError(EXIT.invalid, `SSLKEYLOGFILE: ${file} cannot be written (${why})`);
  }
  return { keyLog: (line) => write(`${line}\n`) };
}
