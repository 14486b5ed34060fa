/** Commands about files and directories that need no data connection (RFC 959 §4.1.3, RFC 3659). */
import { timeValue } from './calendar.ts';
import type { TreeProblem } from './file-tree.ts';
import { factsLine } from './listing.ts';
import { resolvePath } from './path.ts';
import {
  answer,
  pathProblem,
  type Answer,
  type CommandHandler,
  type FtpSession,
} from './session.ts';

type PathCommand = (session: FtpSession, path: string) => Answer;

export const FILE_COMMANDS: Readonly<Record<string, CommandHandler>> = {
  CWD: { argument: 'required', run: onPath(changeDirectory) },
  CDUP: { argument: 'none', run: (session) => onPath(changeDirectory)(session, '..') },
  PWD: {
    argument: 'none',
    run: (session) => answer('transferReplies', 257, `${quoted(session.directory)} is current`),
  },
  DELE: { argument: 'required', run: onPath(writing(removeFile)) },
  MKD: { argument: 'required', run: onPath(writing(makeDirectory)) },
  RMD: { argument: 'required', run: onPath(writing(removeDirectory)) },
  RNFR: { argument: 'required', run: onPath(writing(renameFrom)) },
  RNTO: { argument: 'required', run: onPath(writing(renameTo)) },
  SIZE: { argument: 'required', run: onPath(size) },
  MDTM: { argument: 'required', run: onPath(modified) },
  MLST: { argument: 'optional', run: onPath(facts) },
  REST: { argument: 'required', run: restart },
};

/** What the tree did not do, as a reply. 552 is for transfers; a command gets 452 (RFC 959 §4.2.2). */
export function treeAnswer(path: string, problem: TreeProblem): Answer {
  const full = problem === 'no space left';
  return answer(full ? 'quota' : 'argument', full ? 452 : 550, `${path}: ${problem}`);
}

/** The answer to whoever may only read. */
export function writeRefusal(session: FtpSession): Answer | undefined {
  const writable = session.user?.writable ?? true;
  return writable ? undefined : answer('notLoggedIn', 550, `${session.userName} may only read`);
}

function onPath(command: PathCommand): CommandHandler['run'] {
  return (session, argument) => {
    const path = resolvePath(session.directory, argument);
    return path === undefined ? pathProblem(argument) : command(session, path);
  };
}

function writing(command: PathCommand): PathCommand {
  return (session, path) => writeRefusal(session) ?? command(session, path);
}

function changeDirectory(session: FtpSession, path: string): Answer {
  const entry = session.settings.tree.stat(path);
  if (entry?.kind !== 'directory') {
    return treeAnswer(path, entry === undefined ? 'not found' : 'not a directory');
  }
  session.directory = path;
  // RFC 959 §5.4 lists 200 for CDUP, §4.1.1 says that its codes are those of CWD: 250.
  return answer('traversal', 250, `${quoted(path)} is current`);
}

function removeFile(session: FtpSession, path: string): Answer {
  const problem = session.settings.tree.removeFile(path);
  return problem === undefined
    ? answer('transferReplies', 250, `${path} deleted`)
    : treeAnswer(path, problem);
}

function makeDirectory(session: FtpSession, path: string): Answer {
  const problem = session.settings.tree.makeDirectory(path);
  return problem === undefined
    ? answer('transferReplies', 257, `${quoted(path)} created`)
    : treeAnswer(path, problem);
}

function removeDirectory(session: FtpSession, path: string): Answer {
  const problem = session.settings.tree.removeDirectory(path);
  return problem === undefined
    ? answer('transferReplies', 250, `${path} removed`)
    : treeAnswer(path, problem);
}

function renameFrom(session: FtpSession, path: string): Answer {
  if (session.settings.tree.stat(path) === undefined) return treeAnswer(path, 'not found');
  session.renameFrom = path;
  session.machine.follow('RNFR');
  return answer('rename', 350, 'RNTO, please');
}

function renameTo(session: FtpSession, path: string): Answer {
  if (session.machine.state !== 'rename from') return answer('rename', 503, 'RNFR comes first');
  session.machine.follow('RNTO');
  const problem = session.settings.tree.rename(session.renameFrom, path);
  if (problem === undefined) return answer('rename', 250, `${session.renameFrom} is now ${path}`);
  return answer('rename', 553, `${path}: ${problem}`);
}

function size(session: FtpSession, path: string): Answer {
  const entry = session.settings.tree.stat(path);
  if (entry?.kind !== 'file') {
    return treeAnswer(path, entry === undefined ? 'not found' : 'is a directory');
  }
  // RFC 3659 §4.3 counts what a transfer would carry; in ASCII the file would have to be read for it.
  if (session.type === 'ascii') return answer('size', 550, 'SIZE needs type I');
  return answer('size', 213, String(entry.size));
}

function modified(session: FtpSession, path: string): Answer {
  const entry = session.settings.tree.stat(path);
  if (entry?.kind !== 'file') {
    return treeAnswer(path, entry === undefined ? 'not found' : 'is a directory');
  }
  return answer('modified', 213, timeValue(entry.modified));
}

function facts(session: FtpSession, path: string): Answer {
  const entry = session.settings.tree.stat(path);
  if (entry === undefined) return treeAnswer(path, 'not found');
  return answer('facts', 250, `facts of ${path}`, factsLine(entry, path, session.facts), 'end');
}

function restart(session: FtpSession, argument: string): Answer {
  const at = /^\d{1,15}$/.test(argument) ? Number(argument) : Number.NaN;
  if (!(at <= Number.MAX_SAFE_INTEGER)) return answer('argument', 501, 'expected a number');
  session.restartAt = at;
  session.machine.follow('REST');
  return answer('restart', 350, `the next transfer goes on at ${at}`);
}

/** RFC 959, appendix II: quotation marks in a path are doubled. */
function quoted(path: string): string {
  return `"${path.replaceAll('"', '""')}"`;
}
