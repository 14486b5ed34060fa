import type { TraceRecord } from '../trace/record.ts';

/** What the connections of a host took from its memory. */
export interface TableUsage {
  readonly host: string;
  /** Most entries at one time; a socket in LISTEN is none. */
  readonly peakEntries: number;
  /** Entries at the end: connections that are still open or in TIME-WAIT. */
  readonly entriesAtEnd: number;
  /** Entries × microseconds: how much of the table was taken for how long. */
  readonly entryMicros: number;
  /** Of them in TIME-WAIT, when nothing is transferred any more. */
  readonly timeWaitMicros: number;
  /** Most payload bytes in send and receive buffers at one time. */
  readonly peakBytes: number;
  /** Bytes × milliseconds: how much memory was taken for how long. */
  readonly byteMillis: number;
}

interface HostTable {
  /** Entry → its state. */
  readonly entries: Map<number, string>;
  peak: number;
  entryMicros: number;
  timeWaitMicros: number;
  timeWaits: number;
  sinceUs: number;
  bytes: number;
  peakBytes: number;
  /** In bytes × microseconds; beyond 2^53 its last digits are not exact. */
  byteMicros: number;
}

/** Follows how many connections each host holds, from the state changes alone. */
export class ConnectionTable {
  readonly #hosts = new Map<string, HostTable>();

  take(record: TraceRecord): void {
    if (record.kind !== 'state' || record.machine !== 'tcp') return;
    const table = this.#tableOf(record.host, record.timeUs);
    account(table, record.timeUs);
    const entry = record.connection ?? -1;
    if (table.entries.get(entry) === 'TIME-WAIT') table.timeWaits -= 1;
    if (record.after === 'CLOSED' || record.after === 'LISTEN') table.entries.delete(entry);
    else table.entries.set(entry, record.after);
    if (record.after === 'TIME-WAIT') table.timeWaits += 1;
    table.peak = Math.max(table.peak, table.entries.size);
  }

  /** The host's buffers hold so many bytes from now on. */
  hold(host: string, bytes: number, nowUs: number): void {
    const known = this.#hosts.get(host);
    if (known === undefined && bytes === 0) return;
    const table = known ?? this.#tableOf(host, nowUs);
    if (table.bytes === bytes) return;
    account(table, nowUs);
    table.bytes = bytes;
    table.peakBytes = Math.max(table.peakBytes, bytes);
  }

  usage(nowUs: number): readonly TableUsage[] {
    const usages: TableUsage[] = [];
    for (const [host, table] of this.#hosts) {
      account(table, nowUs);
      usages.push({
        host,
        peakEntries: table.peak,
        entriesAtEnd: table.entries.size,
        entryMicros: table.entryMicros,
        timeWaitMicros: table.timeWaitMicros,
        peakBytes: table.peakBytes,
        byteMillis: Math.round(table.byteMicros / 1_000),
      });
    }
    return usages;
  }

  #tableOf(host: string, nowUs: number): HostTable {
    let table = this.#hosts.get(host);
    if (table === undefined) {
      const none = {
        peak: 0,
        entryMicros: 0,
        timeWaitMicros: 0,
        timeWaits: 0,
        bytes: 0,
        peakBytes: 0,
        byteMicros: 0,
      };
      table = { entries: new Map(), ...none, sinceUs: nowUs };
      this.#hosts.set(host, table);
    }
    return table;
  }
}

function account(table: HostTable, nowUs: number): void {
  const elapsed = nowUs - table.sinceUs;
  table.entryMicros += elapsed * table.entries.size;
  table.timeWaitMicros += elapsed * table.timeWaits;
  table.byteMicros += elapsed * table.bytes;
  table.sinceUs = nowUs;
}
