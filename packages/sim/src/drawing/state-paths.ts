/** The way of each connection end through its states, with times: what to compare with the figure. */
import type { TraceRecord } from '../trace/record.ts';

export interface StatePath {
  readonly host: string;
  /** `tcp`, `congestion` … */
  readonly machine: string;
  /** `10.0.0.1:49152 → 10.0.0.2:80`, local end first; empty for a machine that belongs to no connection. */
  readonly ends: string;
  readonly states: readonly {
    readonly state: string;
    readonly sinceUs: number;
    /** The arrow that led here; empty for the state in which the end began. */
    readonly arrow: string;
  }[];
}

/** The paths of one machine (all machines without a name), in the order in which they began. */
export function statePaths(
  records: readonly TraceRecord[],
  machine?: string,
): readonly StatePath[] {
  interface Growing extends StatePath {
    readonly states: { state: string; sinceUs: number; arrow: string }[];
  }
  const paths: Growing[] = [];
  const current = new Map<string, Growing>();
  for (const record of records) {
    const change = changeOf(record);
    if (change === undefined || (machine !== undefined && change.machine !== machine)) continue;
    const { host, ends, before, after, arrow } = change;
    const sinceUs = record.timeUs;
    const key = `${host}\n${change.machine}\n${change.connection}\n${ends}`;
    let path = current.get(key);
    if (path === undefined || path.states.at(-1)?.state !== before) {
      const begin = { state: before, sinceUs, arrow: '' };
      path = { host, machine: change.machine, ends, states: [begin] };
      current.set(key, path);
      paths.push(path);
    }
    path.states.push({ state: after, sinceUs, arrow });
  }
  return paths;
}

interface Change {
  readonly host: string;
  readonly machine: string;
  readonly connection: string;
  readonly ends: string;
  readonly before: string;
  readonly after: string;
  readonly arrow: string;
}

/** A machine's step: TCP's are records of their own, those of TLS are notes. */
function changeOf(record: TraceRecord): Change | undefined {
  if (record.kind === 'state') {
    const { host, machine, before, after, arrow } = record;
    const connection = String(record.connection ?? '');
    return { host, machine, connection, ends: record.ends ?? '', before, after, arrow };
  }
  if (record.kind !== 'note' || record.layer !== 'tls' || record.name !== 'state') return undefined;
  const text = (key: string): string => String(record.data?.[key] ?? '');
  return {
    host: record.host,
    machine: text('machine'),
    connection: '',
    ends: record.stream ?? '',
    before: text('before'),
    after: text('after'),
    arrow: text('arrow'),
  };
}

/**
 * A path after the other: `client 10.0.0.1:49152 → 10.0.0.2:80`, and below it, indented,
 * `CLOSED → SYN-SENT (0 ms) → ESTABLISHED (100 ms)`, broken before `width` columns.
 */
export function describeStatePaths(paths: readonly StatePath[], width = 80): string {
  return paths.map((path) => `${nameOf(path)}\n${stepLines(path, width).join('\n')}\n`).join('');
}

function nameOf({ host, machine, ends }: StatePath): string {
  const name = machine === 'tcp' ? host : `${host}, ${machine}`;
  return ends === '' ? name : `${name} ${ends}`;
}

function stepLines({ states }: StatePath, width: number): readonly string[] {
  const lines: string[] = [];
  let line = ' ';
  for (const { state, sinceUs, arrow } of states) {
    const step = arrow === '' ? state : `→ ${state} (${inMilliseconds(sinceUs)} ms)`;
    if (line.length + 1 + step.length > width && line.trim() !== '') {
      lines.push(line);
      line = '   ';
    }
    line += ` ${step}`;
  }
  return [...lines, line];
}

function inMilliseconds(timeUs: number): string {
  const rest = timeUs % 1_000;
  const whole = String((timeUs - rest) / 1_000);
  return rest === 0 ? whole : `${whole}.${String(rest).padStart(3, '0').replace(/0+$/, '')}`;
}
