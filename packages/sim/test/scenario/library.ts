/** The scenario library as files, for tests. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const LIBRARY = fileURLToPath(new URL('../../scenarios/', import.meta.url));

export const LIBRARY_FILES: readonly string[] = readdirSync(LIBRARY)
  .filter((name) => name.endsWith('.yaml'))
  .sort();

export function libraryText(file: string): string {
  return readFileSync(`${LIBRARY}${file}`, 'utf8');
}
