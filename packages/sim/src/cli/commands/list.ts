import { readFileSync } from 'node:fs';
import { loadScenario } from '../../scenario/index.ts';
import { CliError, EXIT } from '../exit-codes.ts';
import { libraryFile, libraryNames } from '../library.ts';
import { colorsOf } from '../print/colors.ts';
import { wrap } from '../print/wrap.ts';
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
  run({ io, globals, options }) {
    const entries = libraryNames().map(entryOf);
    if (entries.length === 0)
      throw new CliError(EXIT.invalid, 'the scenario library is not installed');
    if (globals.json) io.out(`${JSON.stringify(entries)}\n`);
    else if (globals.ndjson) for (const entry of entries) io.out(`${JSON.stringify(entry)}\n`);
    else {
      const colors = colorsOf(globals.color);
      const width = Math.max(...entries.map(({ name }) => name.length));
      for (const { name, lesson } of entries) {
        // A pipe gets a line each, whatever its length; a person gets what fits the terminal.
        const fits = io.stdoutIsTerminal || options['width'] !== undefined;
        const lines = fits ? wrap(lesson, Math.max(30, globals.width - width - 2)) : [lesson];
        io.out(`${colors.strong(name.padEnd(width))}  ${lines[0]}\n`);
        for (const line of lines.slice(1)) io.out(`${' '.repeat(width + 2)}${line}\n`);
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
