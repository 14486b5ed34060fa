/** What a client waited for in a run: each handshake and each answer, with its beginning and end. */
import type { TraceRecord } from '../trace/index.ts';

export type WaitKind = 'handshake' | 'TLS' | 'request';

export interface Wait {
  readonly kind: WaitKind;
  /** The connection: host and both ends. */
  readonly connection: string;
  readonly startUs: number;
  readonly endUs: number;
}

/** Collects waits from the records of a run. Only who opened a connection waits for it. */
export class WaitCollector {
  readonly #waits: Wait[] = [];
  /** What has begun and is not over, by connection. */
  readonly #begun = new Map<string, number>();
  readonly #opened = new Set<string>();

  get waits(): readonly Wait[] {
    return this.#waits;
  }

  take(record: TraceRecord): void {
    if (record.kind === 'state' && record.machine === 'tcp') {
      const connection = `${record.host} ${record.ends ?? ''}`;
      if (record.after === 'SYN-SENT') this.#opens(connection, record.timeUs);
      else if (record.after === 'ESTABLISHED' && this.#opened.has(connection)) {
        this.#ends('handshake', connection, record.timeUs);
        this.#begun.set(`TLS ${connection}`, record.timeUs);
      }
    }
    if (record.kind !== 'note' || record.stream === undefined) return;
    const connection = `${record.host} ${record.stream}`;
    if (!this.#opened.has(connection)) return;
    if (record.layer === 'tls' && record.name === 'established') {
      this.#ends('TLS', connection, record.timeUs);
    }
    if (record.layer !== 'http') return;
    if (record.name === 'request') this.#begun.set(`request ${connection}`, record.timeUs);
    if (record.name === 'response') this.#ends('request', connection, record.timeUs);
  }

  #opens(connection: string, at: number): void {
    this.#opened.add(connection);
    this.#begun.set(`handshake ${connection}`, at);
  }

  #ends(kind: WaitKind, connection: string, endUs: number): void {
    const startUs = this.#begun.get(`${kind} ${connection}`);
    this.#begun.delete(`${kind} ${connection}`);
    if (startUs !== undefined) this.#waits.push({ kind, connection, startUs, endUs });
  }
}
