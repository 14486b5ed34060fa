/** Turns messages and data into records: joins a flight's messages, cuts what is too long. */
import { concatBytes, EMPTY_BYTES } from '../../base/bytes.ts';
import type { Sealer } from './protection.ts';
import { CONTENT } from './record.ts';

/** What went into records since somebody asked last. */
export interface WrittenRecords {
  readonly records: number;
  /** Octets of the records, headers and protection included. */
  readonly bytes: number;
  /** Of them octets of handshake messages and of application data, as they were before protection. */
  readonly handshake: number;
  readonly data: number;
}

const NOTHING_WRITTEN: WrittenRecords = { records: 0, bytes: 0, handshake: 0, data: 0 };

export class RecordWriter {
  readonly #output: Uint8Array[] = [];
  readonly #largest: number;
  readonly #padTo: number;
  #handshake: Uint8Array[] = [];
  #sealer: Sealer;
  #written = NOTHING_WRITTEN;

  /**
   * @param largest octets of plaintext in one record, at most 16,384
   * @param padTo application data is padded to a multiple of this; 1 for none
   */
  constructor(sealer: Sealer, largest: number, padTo: number) {
    this.#sealer = sealer;
    this.#largest = largest;
    this.#padTo = padTo;
  }

  get sealer(): Sealer {
    return this.#sealer;
  }

  /** Queues a handshake message; neighbours under the same key share records. */
  handshake(bytes: Uint8Array): void {
    this.#handshake.push(bytes);
  }

  /** Writes a record of another type, after all messages before it. */
  write(type: number, bytes: Uint8Array): void {
    this.#flush();
    this.#cut(type, bytes);
  }

  /** From now on records are sealed with `sealer`. */
  changeTo(sealer: Sealer): void {
    this.#flush();
    this.#sealer = sealer;
  }

  /** The next record to send. */
  poll(): Uint8Array | undefined {
    this.#flush();
    return this.#output.shift();
  }

  /** What was written since the last call; undefined where nothing was. */
  takeWritten(): WrittenRecords | undefined {
    const written = this.#written;
    if (written.records === 0) return undefined;
    this.#written = NOTHING_WRITTEN;
    return written;
  }

  #flush(): void {
    if (this.#handshake.length === 0) return;
    const bytes = concatBytes([...this.#handshake, EMPTY_BYTES]);
    this.#handshake = [];
    this.#cut(CONTENT.handshake, bytes);
  }

  #cut(type: number, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length || at === 0; at += this.#largest) {
      const fragment = bytes.subarray(at, at + this.#largest);
      const excess = type === CONTENT.application_data ? fragment.length % this.#padTo : 0;
      const room = this.#largest - fragment.length;
      const padding = excess === 0 ? 0 : Math.min(this.#padTo - excess, room);
      const record = this.#sealer.seal(type, fragment, padding);
      this.#output.push(record);
      this.#account(type, fragment.length, record.length);
    }
  }

  #account(type: number, inside: number, length: number): void {
    const { records, bytes, handshake, data } = this.#written;
    this.#written = {
      records: records + 1,
      bytes: bytes + length,
      handshake: handshake + (type === CONTENT.handshake ? inside : 0),
      data: data + (type === CONTENT.application_data ? inside : 0),
    };
  }
}
