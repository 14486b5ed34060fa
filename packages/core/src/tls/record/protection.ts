/** How one direction's records are protected. Each object is one key with its count of records. */
import type { Refusal } from '../refusal.ts';
import type { OpenedRecord, TlsRecord } from './record.ts';
import type { Framing } from './record-framer.ts';

/** Protects what is sent. */
export interface Sealer {
  /** Records sealed under this key. */
  readonly records: number;
  /** The whole record. `padding`: zeros to add where the version can hide lengths. */
  seal(type: number, fragment: Uint8Array, padding: number): Uint8Array;
}

/** Takes the protection off what is received. */
export interface Opener {
  readonly framing: Framing;
  /** Records opened under this key. */
  readonly records: number;
  open(record: TlsRecord): OpenedRecord | Refusal;
}
