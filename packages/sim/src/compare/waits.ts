/**
 * What a client waited for in a run: each handshake and each answer, with its beginning and end. A
 * handshake ends when data may leave, so that one with early data takes no time.
 */
import type { TraceRecord } from '../trace/index.ts';

type Note = Extract<TraceRecord, { kind: 'note' }>;

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
  /** When a connection could be used for what it is there for. */
  readonly #ready = new Map<string, number>();

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
    if (this.#opened.has(connection)) this.#takeNote(connection, record);
  }

  #takeNote(connection: string, note: Note): void {
    const { timeUs } = note;
    switch (`${note.layer} ${note.name}`) {
      case 'tls established':
        this.#ends('TLS', connection, this.#dataWaitedUntil(connection, note));
        break;
      case 'http request':
        this.#begun.set(`request ${connection}`, timeUs);
        break;
      case 'http response':
        this.#ends('request', connection, timeUs);
        break;
      case 'app answer':
        // A program without HTTP tells of the answer alone: it asked as soon as it could.
        this.#begun.set(`request ${connection}`, this.#ready.get(connection) ?? timeUs);
        this.#ends('request', connection, timeUs);
        break;
    }
  }

  /** Early data that was taken has left with the ClientHello: it did not wait for TLS at all. */
  #dataWaitedUntil(connection: string, { timeUs, data }: Note): number {
    const isEarly = data?.['earlyData'] === 'accepted';
    return isEarly ? (this.#begun.get(`TLS ${connection}`) ?? timeUs) : timeUs;
  }

  #opens(connection: string, at: number): void {
    this.#opened.add(connection);
    this.#begun.set(`handshake ${connection}`, at);
  }

  #ends(kind: WaitKind, connection: string, endUs: number): void {
    const startUs = this.#begun.get(`${kind} ${connection}`);
    this.#begun.delete(`${kind} ${connection}`);
    if (startUs === undefined) return;
    this.#waits.push({ kind, connection, startUs, endUs });
    this.#ready.set(connection, endUs);
  }
}
