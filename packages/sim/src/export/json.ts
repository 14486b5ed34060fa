/** A run as one JSON document: `{ header, records: […], footer }`. For streams, NDJSON is the better form. */
import type { TraceFooter, TraceHeader, TraceRecord } from '../trace/record.ts';

/** Writes the document a piece at a time. */
export class JsonWriter {
  #records = 0;

  begin(header: TraceHeader): string {
    return `{"header":${JSON.stringify(header)},"records":[`;
  }

  record(record: TraceRecord): string {
    this.#records += 1;
    return `${this.#records === 1 ? '\n' : ',\n'}${JSON.stringify(record)}`;
  }

  /** @param footer absent when the run was not finished */
  end(footer: TraceFooter | undefined): string {
    return `\n],"footer":${footer === undefined ? 'null' : JSON.stringify(footer)}}\n`;
  }
}

/** The whole document of a run that is in memory. */
export function toJson(
  header: TraceHeader,
  records: readonly TraceRecord[],
  footer?: TraceFooter,
): string {
  const writer = new JsonWriter();
  const parts = [writer.begin(header), ...records.map((record) => writer.record(record))];
  return `${parts.join('')}${writer.end(footer)}`;
}
