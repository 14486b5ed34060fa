/** Listings: lines for people (LIST), names (NLST) and facts for programs (MLST, MLSD: RFC 3659 §7). */
import { listTime, timeValue } from './calendar.ts';
import type { FileFacts } from './file-tree.ts';

/** A line as `ls -l` prints it, which is what clients have come to parse. */
export function listLine(facts: FileFacts, now: number): string {
  const rights = facts.kind === 'directory' ? 'drwxr-xr-x' : '-rw-r--r--';
  const size = String(facts.size).padStart(12, ' ');
  return `${rights} 1 ftp ftp ${size} ${listTime(facts.modified, now)} ${facts.name}`;
}

/** The facts that MLST and MLSD can tell; OPTS chooses among them (RFC 3659 §7.9). */
export const MLST_FACTS: readonly MlstFact[] = ['type', 'size', 'modify'];

export type MlstFact = 'type' | 'size' | 'modify';

/** `type=file;size=3;modify=20260101000000; name` */
export function factsLine(facts: FileFacts, name = facts.name, wanted = MLST_FACTS): string {
  const values: Readonly<Record<MlstFact, string | undefined>> = {
    type: facts.kind === 'directory' ? 'dir' : 'file',
    size: facts.kind === 'file' ? String(facts.size) : undefined,
    modify: timeValue(facts.modified),
  };
  const told = wanted.filter((fact) => values[fact] !== undefined);
  return `${told.map((fact) => `${fact}=${values[fact]};`).join('')} ${name}`;
}

/** One entry as a client reads it from an MLSD line. */
export interface RemoteEntry {
  readonly name: string;
  /** `file`, `dir`, `cdir`, `pdir` or what the server says. */
  readonly type: string;
  readonly size: number | undefined;
  /** `YYYYMMDDHHMMSS` in UTC. */
  readonly modified: string | undefined;
}

/** Reads a line of facts; undefined when it is none. */
export function parseFactsLine(line: string): RemoteEntry | undefined {
  const match = /^((?:[^=;\s]+=[^;]*;)*) (.+)$/s.exec(line);
  if (match === null) return undefined;
  const facts = new Map<string, string>();
  for (const fact of match[1]!.split(';')) {
    const at = fact.indexOf('=');
    if (at > 0) facts.set(fact.slice(0, at).toLowerCase(), fact.slice(at + 1));
  }
  const size = facts.get('size') ?? '';
  return {
    name: match[2]!,
    type: (facts.get('type') ?? 'unknown').toLowerCase(),
    size: /^\d{1,15}$/.test(size) ? Number(size) : undefined,
    modified: facts.get('modify'),
  };
}
