import type { TraceHeader, TraceRecord, TraceSink } from '../trace/index.ts';

/** More records than these are not kept for a drawing that nobody could read. */
const MAX_KEPT = 200_000;

/** The first records of a run, for drawings. */
export class KeptRecords implements TraceSink {
  readonly records: TraceRecord[] = [];
  isComplete = true;
  #header: TraceHeader | undefined;

  /** The run has begun when somebody asks. */
  get header(): TraceHeader {
    return this.#header!;
  }

  begin(header: TraceHeader): void {
    this.#header = header;
  }

  record(record: TraceRecord): void {
    if (this.records.length < MAX_KEPT) this.records.push(record);
    else this.isComplete = false;
  }
}
