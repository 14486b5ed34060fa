/**
 * The secrets of a run's TLS connections as a key log file (SSLKEYLOGFILE, RFC 9850): with it
 * Wireshark shows what was said inside TLS. They are in the trace, because what is simulated is meant
 * to be looked into.
 */
import type { TraceRecord } from '../trace/record.ts';

/** @returns a line for each secret; empty when the run had no TLS */
export function toKeyLog(records: readonly TraceRecord[]): string {
  // Both ends of a connection log the same secrets.
  const lines = new Set<string>();
  for (const record of records) {
    if (record.kind !== 'note' || record.layer !== 'tls' || record.name !== 'key log') continue;
    const line = record.data?.['line'];
    if (typeof line === 'string') lines.add(`${line}\n`);
  }
  return [...lines].join('');
}
