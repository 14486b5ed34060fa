import type { Command } from 'commander';
import { CliError, EXIT } from '../exit-codes.ts';
import { libraryNames } from '../library.ts';
import type { CliCommand } from '../run-cli.ts';

export const completion: CliCommand = {
  usage: 'completion <shell>',
  about: 'print a completion script for bash, zsh or fish',
  examples: [
    'tcplab completion bash > ~/.local/share/bash-completion/completions/tcplab',
    'tcplab completion zsh > "${fpath[1]}/_tcplab"',
    'tcplab completion fish > ~/.config/fish/completions/tcplab.fish',
  ],
  declare() {},
  run({ io, args, program }) {
    const shell = args[0]!;
    const script = SCRIPTS.get(shell);
    if (script === undefined) {
      throw new CliError(EXIT.usage, `error: expected bash, zsh or fish, found "${shell}"`);
    }
    io.out(script(wordsOf(program)));
    return EXIT.ok;
  },
};

interface Words {
  readonly commands: readonly {
    readonly name: string;
    readonly about: string;
    readonly flags: readonly string[];
  }[];
  readonly library: readonly string[];
}

function wordsOf(program: Command): Words {
  const commands = program.commands.map((command) => ({
    name: command.name(),
    about: command.description(),
    flags: command.options.flatMap(({ long }) =>
      long === undefined || long === null ? [] : [long],
    ),
  }));
  return { commands, library: libraryNames() };
}

const SCRIPTS: ReadonlyMap<string, (words: Words) => string> = new Map([
  ['bash', bash],
  ['zsh', zsh],
  ['fish', fish],
]);

function bash({ commands, library }: Words): string {
  const cases = commands.map(({ name, flags }) => {
    const names = name === 'run' || name === 'check' ? ` ${library.join(' ')}` : '';
    return `    ${name}) words="${flags.join(' ')}${names}" ;;`;
  });
  return `_tcplab() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${commands.map(({ name }) => name).join(' ')}"
  else
    case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current") $(compgen -f -- "$current"))
}
complete -o filenames -F _tcplab tcplab
`;
}

function zsh({ commands, library }: Words): string {
  const descriptions = commands.map(({ name, about }) => `    '${name}:${quoted(about)}'`);
  const cases = commands.map(({ name, flags }) => {
    const names = name === 'run' || name === 'check' ? ` ${library.join(' ')}` : '';
    return `    ${name}) compadd -- ${flags.join(' ')}${names} ;;`;
  });
  return `#compdef tcplab
_tcplab() {
  local -a commands
  commands=(
${descriptions.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  case "$words[2]" in
${cases.join('\n')}
  esac
  _files
}
_tcplab "$@"
`;
}

function fish({ commands, library }: Words): string {
  const lines = commands.flatMap(({ name, about, flags }) => [
    `complete -c tcplab -n __fish_use_subcommand -a ${name} -d '${quoted(about)}'`,
    ...flags.map(
      (flag) => `complete -c tcplab -n '__fish_seen_subcommand_from ${name}' -l ${flag.slice(2)}`,
    ),
  ]);
  const names = `complete -c tcplab -n '__fish_seen_subcommand_from run check' -a '${library.join(' ')}'`;
  return `${[...lines, names].join('\n')}\n`;
}

function quoted(text: string): string {
  return text.replaceAll("'", "'\\''");
}
