/** Commands that only tell something: SYST, STAT, SITE, FEAT, OPTS, NOOP, ALLO and those not served. */
import { listLine, MLST_FACTS } from './listing.ts';
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
const NOT_SERVED = ['SMNT', 'AUTH', 'ADAT', 'PBSZ', 'PROT', 'LANG', 'HOST'];

export const INFO_COMMANDS: Readonly<Record<string, CommandHandler>> = {
  SYST: { open: true, argument: 'none', run: () => answer('features', 215, 'UNIX Type: L8') },
  NOOP: {
    open: true,
    argument: 'none',
    strayCode: 500,
    run: () => answer('features', 200, 'still here'),
  },
  ALLO: { argument: 'required', run: allocate },
  SITE: { argument: 'required', run: site },
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
    `MLST ${MLST_FACTS.map((fact) => `${fact}${session.facts.includes(fact) ? '*' : ''};`).join('')}`,
    'REST STREAM',
    'SIZE',
    'TVFS',
    'UTF8',
    'end',
  );
}

/** RFC 959 §5.3.2: how much, and the largest record or page. */
function allocate(_: FtpSession, argument: string): Answer {
  return /^\d+(?: +R +\d+)?$/i.test(argument.trim())
    ? answer('features', 202, 'no need to reserve')
    : answer('argument', 501, 'expected a number, perhaps R and another one');
}

/** RFC 959 §5.4 has no 502 for SITE: what it does not know is a command that it does not recognize. */
function site(_: FtpSession, argument: string): Answer {
  if (/^HELP\b/i.test(argument)) return answer('features', 200, 'SITE serves HELP only');
  return answer('unknown', 500, `SITE ${argument.slice(0, 20)} is unknown`);
}

function options(session: FtpSession, argument: string): Answer {
  if (/^UTF8 ON$/i.test(argument)) return answer('features', 200, 'UTF-8 is always on');
  const mlst = /^MLST(?: (\S*))?$/i.exec(argument);
  if (mlst !== null) {
    // RFC 3659 §7.9: facts that are not known are ignored, and none at all may be chosen.
    const wanted = (mlst[1] ?? '').toLowerCase().split(';');
    session.facts = MLST_FACTS.filter((fact) => wanted.includes(fact));
    const chosen = session.facts.map((fact) => `${fact};`).join('');
    return answer('facts', 200, `MLST OPTS ${chosen}`.trim());
  }
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
  // RFC 959 §5.4 lists 450 for STAT, not 550.
  if (entry === undefined) return { ...treeAnswer(path, 'not found'), code: 450 };
  const entries = tree.list(path);
  const shown = typeof entries === 'string' ? [entry] : entries;
  const lines = shown.map((one) => listLine(one, tree.date()));
  return answer('features', entry.kind === 'file' ? 213 : 212, `${path}:`, ...lines, 'end');
}
