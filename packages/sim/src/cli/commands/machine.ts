import { drawMachineMermaid, drawMachineSvg, drawMachineTable } from '../../drawing/index.ts';
import { didYouMean } from '../../scenario/index.ts';
import { CliError, EXIT, type ExitCode } from '../exit-codes.ts';
import { allMachines, type NamedMachine } from '../machine-catalogue.ts';
import { table } from '../print/table.ts';
import type { CliCall, CliCommand } from '../run-cli.ts';

export const machine: CliCommand = {
  usage: 'machine <what> [name]',
  about: 'list the state machines, or show one of them',
  examples: [
    'tcplab machine list',
    'tcplab machine show tcp                         # a table of its arrows',
    "tcplab machine show tcp --mermaid --figure      # only the arrows of the RFC's figure",
    'tcplab machine show tls-1.3-client --svg > tls.svg',
  ],
  declare(command) {
    command
      .option('--table', 'its arrows as a table (default)')
      .option('--mermaid', 'as a Mermaid state diagram')
      .option('--svg', 'as a picture')
      .option('--figure', "only the arrows of the protocol's own figure");
  },
  run(call) {
    const [what, name] = call.args;
    if (what === 'list') return list(call);
    if (what === 'show') return show(call, name);
    throw new CliError(EXIT.usage, `error: expected list or show, found "${what}"`);
  },
};

function list({ io, globals }: CliCall): ExitCode {
  const machines = allMachines();
  if (globals.json) {
    const summaries = machines.map(({ name, description: { initial, states, arrows } }) => ({
      name,
      initial,
      states,
      arrows: arrows.length,
    }));
    io.out(`${JSON.stringify(summaries)}\n`);
    return EXIT.ok;
  }
  const rows = machines.map(({ name, description: { states, arrows } }) => [
    name,
    String(states.length),
    String(arrows.length),
  ]);
  io.out(table([['machine', 'states', 'arrows'], ...rows]));
  return EXIT.ok;
}

function show(call: CliCall, name: string | undefined): ExitCode {
  const { io, globals, options } = call;
  const { description } = find(name);
  const drawn = { arrows: options['figure'] === true ? 'figure' : 'all' } as const;
  if (globals.json) io.out(`${JSON.stringify(description)}\n`);
  else if (options['mermaid'] === true) io.out(ended(drawMachineMermaid(description, drawn)));
  else if (options['svg'] === true) io.out(ended(drawMachineSvg(description, drawn)));
  else io.out(ended(drawMachineTable(description, drawn)));
  return EXIT.ok;
}

function find(name: string | undefined): NamedMachine {
  const machines = allMachines();
  const names = machines.map((one) => one.name);
  const found = machines.find((one) => one.name === name);
  if (found !== undefined) return found;
  const hint = name === undefined ? '' : didYouMean(name, names);
  const what = name === undefined ? 'name a machine' : `there is no machine "${name}".${hint}`;
  throw new CliError(EXIT.usage, `error: ${what} They are ${names.join(', ')}`);
}

function ended(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
