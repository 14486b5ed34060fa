/** Which commands the server knows, under which names. */
import { closeData, DATA_COMMANDS } from './data-commands.ts';
import { FILE_COMMANDS } from './file-commands.ts';
import { INFO_COMMANDS } from './info-commands.ts';
import { LOGIN_COMMANDS } from './login-commands.ts';
import { answer, type Answer, type CommandHandler, type FtpSession } from './session.ts';
import { TRANSFER_COMMANDS } from './transfer-commands.ts';

/** Old names of commands, RFC 1123 §4.1.3.1. */
export const SYNONYMS: Readonly<Record<string, string>> = {
  XCWD: 'CWD',
  XCUP: 'CDUP',
  XMKD: 'MKD',
  XPWD: 'PWD',
  XRMD: 'RMD',
};

export const COMMANDS: ReadonlyMap<string, CommandHandler> = new Map(
  Object.entries({
    ...LOGIN_COMMANDS,
    ...DATA_COMMANDS,
    ...FILE_COMMANDS,
    ...INFO_COMMANDS,
    ...TRANSFER_COMMANDS,
    ABOR: { argument: 'none', run: abortNothing },
    HELP: { open: true, argument: 'optional', run: help },
  } satisfies Record<string, CommandHandler>),
);

const DATA_SETUP = ['PASV', 'EPSV', 'PORT', 'EPRT'];

/** FTP-13: what may stand between REST and its transfer, because clients put it there. */
export const BETWEEN_REST: ReadonlySet<string> = new Set([
  ...DATA_SETUP,
  'RETR',
  'STOR',
  'STOU',
  'APPE',
  'REST',
]);

function abortNothing(session: FtpSession): Answer {
  closeData(session);
  return answer('abort', 226, 'no transfer to abort');
}

function help(_: FtpSession, argument: string): Answer {
  if (argument !== '') {
    const known = COMMANDS.has(argument.toUpperCase());
    return known
      ? answer('features', 214, `${argument.toUpperCase()} is known`)
      : answer('argument', 501, `${argument.slice(0, 20)} is unknown`);
  }
  return answer('features', 214, 'commands:', [...COMMANDS.keys()].join(' '), 'end');
}
