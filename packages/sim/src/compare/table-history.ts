/** How many connections hosts held at each moment of a run. */
import type { TraceRecord } from '../trace/index.ts';

/** From this moment on there are so many, until the next step. */
export interface TableStep {
  readonly timeUs: number;
  readonly entries: number;
}

interface Change {
  readonly host: string;
  readonly timeUs: number;
  readonly by: 1 | -1;
}

/** Follows connection tables from the state changes alone; a socket in LISTEN is no connection. */
export class TableHistory {
  readonly #changes: Change[] = [];
  readonly #held = new Set<string>();

  take(record: TraceRecord): void {
    if (record.kind !== 'state' || record.machine !== 'tcp') return;
    const { host, timeUs, after } = record;
    const entry = `${host} ${record.connection ?? -1}`;
    const holds = after !== 'CLOSED' && after !== 'LISTEN';
    if (holds === this.#held.has(entry)) return;
    if (holds) this.#held.add(entry);
    else this.#held.delete(entry);
    this.#changes.push({ host, timeUs, by: holds ? 1 : -1 });
  }

  /** The steps of all these hosts together. */
  stepsOf(hosts: ReadonlySet<string>): readonly TableStep[] {
    const steps: TableStep[] = [];
    let entries = 0;
    for (const { host, timeUs, by } of this.#changes) {
      if (!hosts.has(host)) continue;
      entries += by;
      if (steps.at(-1)?.timeUs === timeUs) steps.pop();
      steps.push({ timeUs, entries });
    }
    return steps;
  }
}

/** The most entries in each of `slices` equal parts of the time from 0 to `endUs`. */
export function slicesOf(
  steps: readonly TableStep[],
  endUs: number,
  slices: number,
): readonly number[] {
  return Array.from({ length: slices }, (_, slice) => {
    const from = (endUs * slice) / slices;
    const to = (endUs * (slice + 1)) / slices;
    let most = 0;
    for (const { timeUs, entries } of steps) {
      if (timeUs <= from) most = entries;
      else if (timeUs < to) most = Math.max(most, entries);
    }
    return most;
  });
}
