import { readFileSync } from 'node:fs';
import { loadScenario } from '../../scenario/index.ts';
import { CliError, EXIT } from '../exit-codes.ts';
import { libraryFile, libraryNames } from '../library.ts';
import { colorsOf } from '../print/colors.ts';
import type { CliCommand } from '../run-cli.ts';

interface Entry {
  readonly name: string;
  readonly title: string;
  readonly lesson: string;
}

export const list: CliCommand = {
  usage: 'list',
  about: 'list the scenario library, a line each with what it teaches',
  examples: ['tcplab list', 'tcplab list --json', 'tcplab run handshake'],
  declare() {},
  run({ io, globals }) {
    const entries = libraryNames().map(entryOf);
    if (entries.length === 0)
      throw new CliError(EXIT.invalid, 'the scenario library is not installed');
    if (globals.json) io.out(`${JSON.stringify(entries)}\n`);
    else if (globals.ndjson) for (const entry of entries) io.out(`${JSON.stringify(entry)}\n`);
    else {
      const colors = colorsOf(globals.color);
      const width = Math.max(...entries.map(({ name }) => name.length));
      for (const { name, lesson } of entries) {
        io.out(`${colors.strong(name.padEnd(width))}  ${lesson}\n`);
      }
    }
    return EXIT.ok;
  },
};

function entryOf(name: string): Entry {
  const file = libraryFile(name)!;
  const result = loadScenario(readFileSync(file), file);
  if (!result.ok) throw new CliError(EXIT.invalid, `${file}: the library is damaged`);
  const { scenario } = result.loaded;
  return { name, title: scenario.name, lesson: scenario.lesson ?? '' };
}
