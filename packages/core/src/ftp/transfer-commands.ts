/** RETR, STOR, STOU, APPE, LIST, NLST, MLSD: what a data connection is for. */
import { bytesPayload, EMPTY_PAYLOAD, type Payload } from '../base/payload.ts';
import { utf8Bytes } from '../base/utf8.ts';
import { asciiPosition, type AsciiPosition } from './ascii.ts';
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
  STOU: { argument: 'optional', run: storeUnique },
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
  const place = restartPlace(session, contents);
  if (place === undefined) return noSuchPlace(path, contents.length);
  const send = contents.slice(place.at, contents.length);
  const what = `${path} (${send.length} octets)`;
  return { what, ascii: session.type === 'ascii', send, afterCr: place.insideLineEnd };
}

/** FTP-13: where the transfer begins in the file; undefined when the file is shorter. */
function restartPlace(session: FtpSession, contents: Payload): AsciiPosition | undefined {
  const count = session.machine.state === 'restart at' ? session.restartAt : 0;
  if (session.type === 'ascii' && count > 0) return asciiPosition(contents.toBytes(), count);
  return count > contents.length ? undefined : { at: count, insideLineEnd: false };
}

/** RFC 1123 §4.1.3.4: 554 may follow a command that follows REST. */
function noSuchPlace(path: string, length: number): Answer {
  return answer('restart', 554, `${path} of ${length} octets has no such place`);
}

function store(session: FtpSession, argument: string, append: boolean): Answer | TransferPlan {
  const refusal = writeRefusal(session);
  // RFC 959 §5.4 lists 553 for STOR, and for APPE too.
  if (refusal !== undefined) return { ...refusal, code: 553 };
  const path = resolvePath(session.directory, argument);
  if (path === undefined) return pathProblem(argument);
  const { tree } = session.settings;
  const problem = tree.canWrite(path);
  if (problem !== undefined) return { ...treeAnswer(path, problem), code: storeCode(problem) };
  const found = tree.read(path);
  const old = typeof found === 'string' ? EMPTY_PAYLOAD : found;
  const place = restartPlace(session, old);
  if (place === undefined || place.insideLineEnd) return noSuchPlace(path, old.length);
  const from = append ? old.length : place.at;
  return { what: path, ascii: session.type === 'ascii', store: { path, from } };
}

/**
 * STOU: as STOR, under a name that nothing has (RFC 959 §4.1.3). An argument is no part of its syntax,
 * but some clients send one: it says what the name begins with.
 */
function storeUnique(session: FtpSession, argument: string): Answer | TransferPlan {
  const { tree } = session.settings;
  const wish = argument === '' ? 'unique' : argument;
  const wished = resolvePath(session.directory, wish);
  if (wished === undefined) return pathProblem(wish);
  let path = argument === '' ? `${wished}.1` : wished;
  for (let n = 2; tree.stat(path) !== undefined; n += 1) path = `${wished}.${n}`;
  const plan = store(session, path, false);
  if ('code' in plan || session.data.kind === 'none') return plan;
  // Nobody else may be told the same name while this file is on its way.
  tree.write(path, '');
  return { ...plan, store: { path, from: 0, reserved: true } };
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
    entries.map((one) => factsLine(one, one.name, session.facts)),
  );
}

/** Listings are always text, whatever the type is set to (RFC 959 §4.1.3: "type should be ASCII"). */
function lines(path: string, all: readonly string[]): TransferPlan {
  const text = all.map((line) => `${line}\r\n`).join('');
  return { what: `the listing of ${path}`, ascii: false, send: bytesPayload(utf8Bytes(text)) };
}
