/** The interface of everything that turns a stream of records into a file, a piece at a time. */
import type { TraceHeader, TraceRecord } from '../trace/record.ts';

/** Each call gives the next octets of the file, often none. Nothing of the run is kept. */
export interface CaptureWriter {
  begin(header: TraceHeader): Uint8Array;
  record(record: TraceRecord): Uint8Array;
  end(): Uint8Array;
}

/** The whole file of a run that is in memory. */
export function writeCapture(
  writer: CaptureWriter,
  header: TraceHeader,
  records: readonly TraceRecord[],
): Uint8Array {
  const chunks = [writer.begin(header)];
  for (const record of records) chunks.push(writer.record(record));
  chunks.push(writer.end());
  let size = 0;
  for (const chunk of chunks) size += chunk.length;
  const file = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    file.set(chunk, at);
    at += chunk.length;
  }
  return file;
}
