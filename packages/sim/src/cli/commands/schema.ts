import { schemaOfScenario } from '../../scenario/index.ts';
import { CliError, EXIT } from '../exit-codes.ts';
import type { CliCommand } from '../run-cli.ts';

export const schema: CliCommand = {
  usage: 'schema [what]',
  about: 'print the JSON Schema of scenario files, for editors',
  examples: [
    'tcplab schema scenario > scenario.schema.json',
    '# and as the first line of a scenario:',
    '# yaml-language-server: $schema=scenario.schema.json',
  ],
  declare() {},
  run({ io, args }) {
    const what = args[0] ?? 'scenario';
    if (what !== 'scenario') {
      throw new CliError(EXIT.usage, `error: there is no schema of "${what}"; expected scenario`);
    }
    io.out(`${JSON.stringify(schemaOfScenario(), undefined, 2)}\n`);
    return EXIT.ok;
  },
};
