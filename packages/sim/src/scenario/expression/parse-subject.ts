import type { Claim, Subject } from './claim.ts';
import { parseWindow } from './parse-window.ts';
import type { TokenReader } from './token-reader.ts';

/** Words after a dotted name that make it a field and not a machine of a host. */
const NOT_HOSTS = new Set(['note', 'cost']);

/** Whether `host.machine[0]` or `host.machine` stands `ahead` tokens further on. */
export function subjectAhead(reader: TokenReader, ahead: number): boolean {
  return (
    reader.peek(ahead).kind === 'word' &&
    !NOT_HOSTS.has(reader.peek(ahead).text) &&
    reader.sees('.', ahead + 1) &&
    reader.peek(ahead + 2).kind === 'word' &&
    !['received', 'sent', 'cost'].includes(reader.peek(ahead + 2).text)
  );
}

/** Parses `client.tcp[0]`; without an index it is the first connection. @throws ExpressionError */
export function parseSubject(reader: TokenReader): Subject {
  const start = reader.next();
  reader.expect('.');
  const machine = reader.expectWord('a machine, e.g. tcp').text;
  let index = 0;
  if (reader.take('[')) {
    index = reader.expectCount('the number of the connection');
    reader.expect(']');
  }
  const text = `${start.text}.${machine}[${index}]`;
  return { host: start.text, machine, index, text, column: start.column };
}

type Untitled<Each> = Each extends unknown ? Omit<Each, 'text'> : never;

/** What is claimed of a subject; the caller adds the text it was read from. */
type SubjectClaim = Untitled<Extract<Claim, { kind: 'reaches' | 'path' | 'fails' }>>;

const VERBS = ['reaches', 'path', 'fails'];

/**
 * Parses what is claimed of a subject: `reaches S within 2s`, `path == [A, B]`, `fails with "…"`.
 * @returns undefined when a measure follows (`.state`, `.cost`, `received`). @throws ExpressionError
 */
export function parseSubjectClaim(reader: TokenReader, subject: Subject): SubjectClaim | undefined {
  if (reader.take('reaches')) {
    const state = parseState(reader);
    return { kind: 'reaches', subject, state, window: parseWindow(reader) };
  }
  if (reader.take('path')) return { kind: 'path', subject, path: parsePath(reader) };
  if (reader.take('fails')) return parseFailure(reader, subject);
  if (reader.sees('.') || reader.sees('received') || reader.sees('sent')) return undefined;
  return reader.fail(
    `expected reaches, path, fails, received, sent, .state or .cost after ${subject.text}`,
    VERBS,
  );
}

function parseFailure(reader: TokenReader, subject: Subject): SubjectClaim {
  if (!reader.take('with')) return { kind: 'fails', subject, window: parseWindow(reader) };
  const token = reader.peek();
  if (token.kind !== 'string') {
    reader.fail('expected the failure in quotes, e.g. "connection refused"');
  }
  reader.next();
  return { kind: 'fails', subject, reason: token.text, window: parseWindow(reader) };
}

function parsePath(reader: TokenReader): readonly string[] {
  reader.expect('==');
  reader.expect('[');
  const path: string[] = [];
  do path.push(parseState(reader));
  while (reader.take(','));
  reader.expect(']');
  return path;
}

/** The name of a state; several words stand in quotes. */
export function parseState(reader: TokenReader): string {
  const token = reader.peek();
  if (token.kind !== 'word' && token.kind !== 'string') {
    reader.fail('expected a state, e.g. ESTABLISHED');
  }
  return reader.next().text;
}
