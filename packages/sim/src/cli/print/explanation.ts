import { formatMicros, type Micros, type Rule } from '@tcplab/core';
import { recordInWords } from '../../scenario/index.ts';
import type { TraceConnection, TraceRecord } from '../../trace/index.ts';
import type { Trace } from '../read-trace.ts';
import { ruleNamed } from '../rule-catalogue.ts';
import { aboutTls, tlsBefore } from './tls-explanation.ts';

/** Why a record is what it is. */
export interface Explanation {
  readonly record: TraceRecord;
  readonly words: string;
  readonly why: string;
  /** What this kind of thing is for, with its place in an RFC. */
  readonly about: readonly string[];
  readonly rule?: Rule;
  /** The rule's name where the catalogue does not have it. */
  readonly ruleId?: string;
  /** What the connection's machines and variables were just before. */
  readonly before: readonly string[];
  /** What the same moment changed afterwards. */
  readonly after: readonly string[];
}

/** So many changes of one moment are shown. */
const MAX_AFTER = 20;

export function explainRecord(trace: Trace, record: TraceRecord): Explanation {
  const hosts = new Map(trace.header.hosts.map(({ name, address }) => [address, name]));
  const { rule: ruleId, why = '' } = record as { readonly rule?: string; readonly why?: string };
  const rule = ruleId === undefined ? undefined : ruleNamed(ruleId);
  return {
    record,
    words: recordInWords(record, hosts),
    why,
    about: aboutTls(trace.records, record),
    ...(rule === undefined ? {} : { rule }),
    ...(ruleId === undefined || rule !== undefined ? {} : { ruleId }),
    before: [...knownBefore(trace.records, record), ...tlsBefore(trace.records, record)],
    after: trace.records
      .filter((other) => other.id > record.id && other.timeUs === record.timeUs)
      .filter((other) => isAbout(other, record) && isChange(other))
      .slice(0, MAX_AFTER)
      .map((other) => recordInWords(other, hosts)),
  };
}

function isChange(record: TraceRecord): boolean {
  return ['state', 'variable', 'timer', 'event', 'limit', 'send'].includes(record.kind);
}

/** Whether both records are about the same connection of the same host. */
function isAbout(record: TraceRecord, subject: TraceRecord): boolean {
  const [a, b] = [record, subject].map(
    (one) => one as TraceConnection & { readonly host?: string },
  );
  return a!.host !== undefined && a!.host === b!.host && a!.connection === b!.connection;
}

/** The last known value of every machine and variable of the connection. */
function knownBefore(records: readonly TraceRecord[], record: TraceRecord): readonly string[] {
  const known = new Map<string, string>();
  for (const other of records) {
    if (other.id >= record.id) break;
    if (!isAbout(other, record)) continue;
    if (other.kind === 'state') known.set(`${other.machine} state`, other.after);
    if (other.kind === 'variable') known.set(other.name, String(other.after));
    if (other.kind === 'timer') {
      const due = `due at ${formatMicros(other.atUs as Micros)}`;
      known.set(`${other.timer} timer`, other.action === 'start' ? due : 'not running');
    }
  }
  return [...known].map(([name, value]) => `${name}: ${value}`);
}

export function explanationText(explanation: Explanation): string {
  const { words, why, about, rule, ruleId, before, after } = explanation;
  const lines = [words];
  // A note's words are what it says already.
  if (why !== '' && !words.endsWith(why)) lines.push('', `Why: ${why}`);
  if (about.length > 0) lines.push('', ...about);
  if (rule !== undefined)
    lines.push('', `Rule ${rule.id} (${rule.rfc}, ${rule.level}): ${rule.text}`);
  if (ruleId !== undefined) lines.push('', `Rule ${ruleId}`);
  if (before.length > 0) lines.push('', 'Before:', ...before.map((line) => `  ${line}`));
  if (after.length > 0)
    lines.push('', 'At the same moment, after it:', ...after.map((line) => `  ${line}`));
  return `${lines.join('\n')}\n`;
}
