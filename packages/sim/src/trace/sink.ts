import { Fnv64 } from '../random/index.ts';
import { recordLine } from './ndjson.ts';
import type { TraceFooter, TraceHeader, TraceRecord } from './record.ts';

/** Somebody who listens to a run. `end` comes once. */
export interface TraceSink {
  begin?(header: TraceHeader): void;
  record(record: TraceRecord): void;
  end?(footer: TraceFooter): void;
}

/** Keeps everything in memory: for tests, small runs and drawings. */
export class TraceMemory implements TraceSink {
  header: TraceHeader | undefined;
  readonly records: TraceRecord[] = [];
  footer: TraceFooter | undefined;

  begin(header: TraceHeader): void {
    this.header = header;
  }

  record(record: TraceRecord): void {
    this.records.push(record);
  }

  end(footer: TraceFooter): void {
    this.footer = footer;
  }
}

/** Counts and fingerprints the stream of records, in constant memory. */
export class TraceDigest {
  readonly #hash = new Fnv64();
  readonly #counts = new Map<string, number>();
  #records = 0;

  /** @returns the record's line, so that nobody formats it twice */
  add(record: TraceRecord): string {
    const line = recordLine(record);
    this.#hash.text(line);
    this.#records += 1;
    this.#counts.set(record.kind, (this.#counts.get(record.kind) ?? 0) + 1);
    return line;
  }

  footer(endUs: number, end: string): TraceFooter {
    const counts: { [kind: string]: number } = {};
    for (const kind of [...this.#counts.keys()].sort()) counts[kind] = this.#counts.get(kind)!;
    return {
      format: 'tcplab-trace-end/1',
      records: this.#records,
      counts,
      endUs,
      end,
      hash: this.#hash.hex,
    };
  }
}
