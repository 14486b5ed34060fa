import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the scenario library: beside the bundled command, or beside the sources. */
export function libraryFolder(): string | undefined {
  const places = ['../scenarios/', '../../scenarios/'].map((place) =>
    fileURLToPath(new URL(place, import.meta.url)),
  );
  return places.find((folder) => existsSync(join(folder, 'handshake.yaml')));
}

/** The names of the library's scenarios, in alphabetical order. */
export function libraryNames(): readonly string[] {
  const folder = libraryFolder();
  if (folder === undefined) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.slice(0, -'.yaml'.length))
    .sort();
}

/** The file of a library scenario, or undefined when there is none of this name. */
export function libraryFile(name: string): string | undefined {
  const folder = libraryFolder();
  return folder !== undefined && libraryNames().includes(name)
    ? join(folder, `${name}.yaml`)
    : undefined;
}
