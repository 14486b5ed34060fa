/** Record protection of TLS 1.3 (RFC 8446 §5.2): the true type travels inside, behind it padding. */
import { AEAD_KEY_LENGTHS, AEAD_NONCE_LENGTH, AEAD_TAG_LENGTH } from '../crypto/provider.ts';
import type { Aead, CryptoProvider } from '../crypto/provider.ts';
import { expandLabel } from '../crypto/hkdf.ts';
import { MAX_PLAINTEXT } from '../limits.ts';
import type { CipherSuite } from '../parameters/cipher-suite.ts';
import { TLS12 } from '../parameters/version.ts';
import { refuse, type Refusal } from '../refusal.ts';
import { RULES } from '../rules.ts';
import { recordNonce } from './nonce.ts';
import type { Opener, Sealer } from './protection.ts';
import {
  CONTENT,
  RECORD_HEADER,
  recordHeader,
  type OpenedRecord,
  type TlsRecord,
} from './record.ts';

interface TrafficKeys {
  readonly aead: Aead;
  readonly iv: Uint8Array;
}

/** RFC 8446 §7.3. */
function trafficKeys(crypto: CryptoProvider, suite: CipherSuite, secret: Uint8Array): TrafficKeys {
  const { hash } = suite;
  const length = AEAD_KEY_LENGTHS[suite.aead];
  const key = expandLabel(crypto, hash, secret, { label: 'key', length });
  const iv = expandLabel(crypto, hash, secret, { label: 'iv', length: AEAD_NONCE_LENGTH });
  return { aead: crypto.aead(suite.aead, key), iv };
}

export class Sealer13 implements Sealer {
  readonly #keys: TrafficKeys;
  #records = 0;
  #inner = new Uint8Array(0);

  constructor(crypto: CryptoProvider, suite: CipherSuite, secret: Uint8Array) {
    this.#keys = trafficKeys(crypto, suite, secret);
  }

  get records(): number {
    return this.#records;
  }

  seal(type: number, fragment: Uint8Array, padding: number): Uint8Array {
    const inner = this.#scratch(fragment.length + 1 + padding);
    inner.set(fragment);
    inner[fragment.length] = type;
    inner.fill(0, fragment.length + 1);
    const length = inner.length + AEAD_TAG_LENGTH;
    const header = recordHeader(CONTENT.application_data, TLS12, length);
    const nonce = recordNonce(this.#keys.iv, this.#records);
    this.#records += 1;
    const record = this.#keys.aead.seal(nonce, header, inner, RECORD_HEADER);
    record.set(header);
    return record;
  }

  /** The same memory for every record: the cipher does not keep what it is given. */
  #scratch(length: number): Uint8Array {
    if (this.#inner.length < length) this.#inner = new Uint8Array(length);
    return this.#inner.subarray(0, length);
  }
}

export class Opener13 implements Opener {
  readonly framing = 'TLS 1.3';
  readonly #keys: TrafficKeys;
  #records = 0;

  constructor(crypto: CryptoProvider, suite: CipherSuite, secret: Uint8Array) {
    this.#keys = trafficKeys(crypto, suite, secret);
  }

  get records(): number {
    return this.#records;
  }

  open(record: TlsRecord): OpenedRecord | Refusal {
    if (record.type !== CONTENT.application_data) {
      const why = `a record of type ${record.type} came without protection`;
      return refuse('unexpected_message', RULES.recordType, why);
    }
    const nonce = recordNonce(this.#keys.iv, this.#records);
    const inner = this.#keys.aead.open(nonce, record.header, record.fragment);
    if (inner === undefined) {
      const why = `record ${this.#records} under this key does not decrypt`;
      return refuse('bad_record_mac', RULES.recordMac, why);
    }
    this.#records += 1;
    return unwrap(inner);
  }
}

/** Finds the type behind the content: the last octet that is not zero (RFC 8446 §5.4). */
function unwrap(inner: Uint8Array): OpenedRecord | Refusal {
  if (inner.length > MAX_PLAINTEXT + 1) {
    const why = `a record holds ${inner.length - 1} octets of plaintext`;
    return refuse('record_overflow', RULES.recordOverflow, why);
  }
  let end = inner.length - 1;
  while (end >= 0 && inner[end] === 0) end -= 1;
  if (end < 0) {
    return refuse('unexpected_message', RULES.innerType, 'a record holds nothing but zeros');
  }
  return { type: inner[end]!, fragment: inner.subarray(0, end), isProtected: true };
}
