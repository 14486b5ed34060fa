/** Commands that only tell something: SYST, STAT, HELP, FEAT, OPTS, NOOP, ALLO and those not served. */
import { listLine } from './listing.ts';
import { resolvePath } from './path.ts';
import { treeAnswer } from './file-commands.ts';
import {
  answer,
  pathProblem,
  type Answer,
  type CommandHandler,
  type FtpSession,
} from './session.ts';

/** FTP-06: commands of the RFCs that this server knows and does not serve. */
const NOT_SERVED = ['SMNT', 'STOU', 'SITE', 'AUTH', 'ADAT', 'PBSZ', 'PROT', 'LANG', 'HOST'];

export const INFO_COMMANDS: Readonly<Record<string, CommandHandler>> = {
  SYST: { open: true, argument: 'none', run: () => answer('features', 215, 'UNIX Type: L8') },
  NOOP: { open: true, argument: 'none', run: () => answer('features', 200, 'still here') },
  ALLO: { argument: 'required', run: () => answer('features', 202, 'no need to reserve') },
  FEAT: { open: true, argument: 'none', run: features },
  OPTS: { open: true, argument: 'required', run: options },
  STAT: { argument: 'optional', run: status },
  ...Object.fromEntries(
    NOT_SERVED.map((verb) => [
      verb,
      {
        open: true,
        argument: 'optional',
        run: () => answer('unknown', 502, `${verb} is not served`),
      } satisfies CommandHandler,
    ]),
  ),
};

function features(session: FtpSession): Answer {
  const { active, passive } = session.settings;
  return answer(
    'features',
    211,
    'beyond RFC 959:',
    ...(active ? ['EPRT'] : []),
    ...(passive ? ['EPSV'] : []),
    'MDTM',
    'MLST type*;size*;modify*;',
    'REST STREAM',
    'SIZE',
    'TVFS',
    'UTF8',
    'end',
  );
}

function options(_: FtpSession, argument: string): Answer {
  if (/^UTF8 ON$/i.test(argument)) return answer('features', 200, 'UTF-8 is always on');
  return answer('argument', 501, 'no such option');
}

function status(session: FtpSession, argument: string): Answer {
  if (argument === '') {
    const { userName, directory, type, machine } = session;
    const lines = [`user ${userName}`, `in ${directory}`, `type ${type}`, machine.state];
    return answer('features', 211, 'status:', ...lines, 'end');
  }
  const path = resolvePath(session.directory, argument);
  if (path === undefined) return pathProblem(argument);
  const { tree } = session.settings;
  const entry = tree.stat(path);
  if (entry === undefined) return treeAnswer(path, 'not found');
  const entries = tree.list(path);
  const shown = typeof entries === 'string' ? [entry] : entries;
  const lines = shown.map((one) => listLine(one, tree.date()));
  return answer('features', entry.kind === 'file' ? 213 : 212, `${path}:`, ...lines, 'end');
}
