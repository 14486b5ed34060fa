/** Record protection of TLS 1.2 with AEAD (RFC 5246 §6.2.3.3, RFC 5288 §3, RFC 7905 §2). */
import { concatBytes, EMPTY_BYTES } from '../../base/bytes.ts';
import { Writer } from '../codec/writer.ts';
import { AEAD_TAG_LENGTH, type Aead, type CryptoProvider } from '../crypto/provider.ts';
import { MAX_PLAINTEXT } from '../limits.ts';
import type { WriteKeys } from '../keys/key-schedule-12.ts';
import type { CipherSuite } from '../parameters/cipher-suite.ts';
import { TLS12 } from '../parameters/version.ts';
import { refuse, type Refusal } from '../refusal.ts';
import { RULES } from '../rules.ts';
import { recordNonce } from './nonce.ts';
import type { Opener, Sealer } from './protection.ts';
import { encodeRecord, type OpenedRecord, type TlsRecord } from './record.ts';

/** AES-GCM sends eight octets of its nonce in every record; we send the record's number. */
const EXPLICIT_NONCE = 8;

export class Sealer12 implements Sealer {
  readonly #aead: Aead;
  readonly #iv: Uint8Array;
  #records = 0;

  constructor(crypto: CryptoProvider, suite: CipherSuite, keys: WriteKeys) {
    this.#aead = crypto.aead(suite.aead, keys.key);
    this.#iv = keys.iv;
  }

  get records(): number {
    return this.#records;
  }

  seal(type: number, fragment: Uint8Array): Uint8Array {
    const sequence = this.#records;
    this.#records += 1;
    const explicit = this.#iv.length === 4 ? number64(sequence) : EMPTY_BYTES;
    const nonce = nonceFor(this.#iv, sequence, explicit);
    const aad = additionalData({ sequence, type, version: TLS12, length: fragment.length });
    const sealed = this.#aead.seal(nonce, aad, fragment);
    return encodeRecord(type, TLS12, concatBytes([explicit, sealed]));
  }
}

export class Opener12 implements Opener {
  readonly framing = 'TLS 1.2';
  readonly #aead: Aead;
  readonly #iv: Uint8Array;
  #records = 0;

  constructor(crypto: CryptoProvider, suite: CipherSuite, keys: WriteKeys) {
    this.#aead = crypto.aead(suite.aead, keys.key);
    this.#iv = keys.iv;
  }

  get records(): number {
    return this.#records;
  }

  open({ type, version, fragment }: TlsRecord): OpenedRecord | Refusal {
    const explicitLength = this.#iv.length === 4 ? EXPLICIT_NONCE : 0;
    const length = fragment.length - explicitLength - AEAD_TAG_LENGTH;
    const sequence = this.#records;
    const nonce = nonceFor(this.#iv, sequence, fragment.subarray(0, explicitLength));
    const opened =
      length < 0
        ? undefined
        : this.#aead.open(
            nonce,
            additionalData({ sequence, type, version, length }),
            fragment.subarray(explicitLength),
          );
    if (opened === undefined) {
      const why = `record ${sequence} under this key does not decrypt`;
      return refuse('bad_record_mac', RULES.recordMac, why);
    }
    if (opened.length > MAX_PLAINTEXT) {
      const why = `a record holds ${opened.length} octets of plaintext`;
      return refuse('record_overflow', RULES.recordOverflow, why);
    }
    this.#records += 1;
    return { type, fragment: opened, isProtected: true };
  }
}

function nonceFor(iv: Uint8Array, sequence: number, explicit: Uint8Array): Uint8Array {
  return iv.length === 4 ? concatBytes([iv, explicit]) : recordNonce(iv, sequence);
}

function additionalData(of: {
  sequence: number;
  type: number;
  version: number;
  length: number;
}): Uint8Array {
  const writer = new Writer().bytes(number64(of.sequence));
  return writer.u8(of.type).u16(of.version).u16(of.length).toBytes();
}

function number64(value: number): Uint8Array {
  return new Writer()
    .u32(Math.floor(value / 0x1_0000_0000))
    .u32(value >>> 0)
    .toBytes();
}
