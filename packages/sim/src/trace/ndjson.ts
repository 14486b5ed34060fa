import type { TraceFooter, TraceHeader, TraceRecord } from './record.ts';

/** One line of a trace file, with its line feed. Keys stand in the order in which they were set. */
export function recordLine(record: TraceRecord | TraceHeader | TraceFooter): string {
  return `${JSON.stringify(record)}\n`;
}
