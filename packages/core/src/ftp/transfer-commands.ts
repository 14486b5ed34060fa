/** RETR, STOR, APPE, LIST, NLST, MLSD: what a data connection is for. */
import { bytesPayload } from '../base/payload.ts';
import { utf8Bytes } from '../base/utf8.ts';
import { treeAnswer, writeRefusal } from './file-commands.ts';
import type { FileFacts } from './file-tree.ts';
import { factsLine, listLine } from './listing.ts';
import { resolvePath } from './path.ts';
import {
  answer,
  pathProblem,
  type Answer,
  type CommandHandler,
  type FtpSession,
  type TransferPlan,
} from './session.ts';

export const TRANSFER_COMMANDS: Readonly<Record<string, CommandHandler>> = {
  RETR: { argument: 'required', run: retrieve },
  STOR: { argument: 'required', run: (session, name) => store(session, name, false) },
  APPE: { argument: 'required', run: (session, name) => store(session, name, true) },
  LIST: { argument: 'optional', run: (session, name) => listing(session, name, listLine) },
  NLST: { argument: 'optional', run: (session, name) => listing(session, name, (one) => one.name) },
  MLSD: { argument: 'optional', run: factsListing },
};

function retrieve(session: FtpSession, argument: string): Answer | TransferPlan {
  const path = resolvePath(session.directory, argument);
  if (path === undefined) return pathProblem(argument);
  const contents = session.settings.tree.read(path);
  if (typeof contents === 'string') return treeAnswer(path, contents);
  const from = session.machine.state === 'restart at' ? session.restartAt : 0;
  if (from > contents.length) {
    return answer('restart', 554, `${path} has only ${contents.length} octets`);
  }
  const send = contents.slice(from, contents.length);
  const what = `${path} (${send.length} octets)`;
  return { what, ascii: session.type === 'ascii', send };
}

function store(session: FtpSession, argument: string, append: boolean): Answer | TransferPlan {
  const refusal = writeRefusal(session);
  if (refusal !== undefined) return refusal;
  const path = resolvePath(session.directory, argument);
  if (path === undefined) return pathProblem(argument);
  const { tree } = session.settings;
  const problem = tree.canWrite(path);
  if (problem !== undefined) return { ...treeAnswer(path, problem), code: storeCode(problem) };
  const old = tree.stat(path)?.size ?? 0;
  const restarted = session.machine.state === 'restart at' ? session.restartAt : 0;
  if (restarted > old) return answer('restart', 554, `${path} has only ${old} octets`);
  const from = append ? old : restarted;
  return { what: path, ascii: session.type === 'ascii', store: { path, from } };
}

/** RFC 959 §5.4 lists 452 and 553 for STOR where a file cannot be made. */
function storeCode(problem: string): number {
  return problem === 'no space left' ? 452 : 553;
}

function listing(
  session: FtpSession,
  argument: string,
  line: (facts: FileFacts, now: number) => string,
): Answer | TransferPlan {
  // Many clients pass options to the `ls` that once stood behind LIST; they mean nothing here.
  const name = argument.replace(/^-\S*\s*/, '');
  const path = resolvePath(session.directory, name);
  if (path === undefined) return pathProblem(name);
  const { tree } = session.settings;
  const entry = tree.stat(path);
  if (entry === undefined) return { ...treeAnswer(path, 'not found'), code: 450 };
  const entries = tree.list(path);
  const shown = typeof entries === 'string' ? [entry] : entries;
  return lines(
    path,
    shown.map((one) => line(one, tree.date())),
  );
}

function factsListing(session: FtpSession, argument: string): Answer | TransferPlan {
  const path = resolvePath(session.directory, argument);
  if (path === undefined) return pathProblem(argument);
  const { tree } = session.settings;
  const entries = tree.list(path);
  // RFC 3659 §7.2: MLSD of something else than a directory is answered with 501.
  if (typeof entries === 'string') {
    return { ...treeAnswer(path, entries), code: entries === 'not found' ? 550 : 501 };
  }
  return lines(
    path,
    entries.map((one) => factsLine(one)),
  );
}

/** Listings are always text, whatever the type is set to (RFC 959 §4.1.3: "type should be ASCII"). */
function lines(path: string, all: readonly string[]): TransferPlan {
  const text = all.map((line) => `${line}\r\n`).join('');
  return { what: `the listing of ${path}`, ascii: false, send: bytesPayload(utf8Bytes(text)) };
}
