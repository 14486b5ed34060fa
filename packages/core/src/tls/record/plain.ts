/** Records before there are keys. */
import { TLS10, TLS12 } from '../parameters/version.ts';
import { encodeRecord, type OpenedRecord, type TlsRecord } from './record.ts';
import type { Opener, Sealer } from './protection.ts';

export class PlainSealer implements Sealer {
  #records = 0;
  readonly #first: number;

  /** RFC 8446 §5.1: the record of the first ClientHello may say TLS 1.0 for old middleboxes' sake. */
  constructor(role: 'client' | 'server') {
    this.#first = role === 'client' ? TLS10 : TLS12;
  }

  get records(): number {
    return this.#records;
  }

  seal(type: number, fragment: Uint8Array): Uint8Array {
    this.#records += 1;
    return encodeRecord(type, this.#records === 1 ? this.#first : TLS12, fragment);
  }
}

export class PlainOpener implements Opener {
  readonly framing = 'plain';
  #records = 0;

  get records(): number {
    return this.#records;
  }

  open({ type, fragment }: TlsRecord): OpenedRecord {
    this.#records += 1;
    return { type, fragment, isProtected: false };
  }
}
