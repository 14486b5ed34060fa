/** Cuts a stream of octets into records, wherever its pieces begin and end. */
import { concatBytes, EMPTY_BYTES, readU16 } from '../../base/bytes.ts';
import { MAX_EXPANSION_12, MAX_EXPANSION_13, MAX_PLAINTEXT } from '../limits.ts';
import { refuse, type Refusal } from '../refusal.ts';
import { RULES } from '../rules.ts';
import { CONTENT, RECORD_HEADER, type TlsRecord } from './record.ts';

/**
 * How records are protected now, which bounds their length. Where early data is passed over, records
 * of application data are protected while all others are plain.
 */
export type Framing = 'plain' | 'plain but for early data' | 'TLS 1.2' | 'TLS 1.3';

/** The first octet of SSL 3.0's version and of every later one. */
const SSL_MAJOR = 3;

export class RecordFramer {
  #held: Uint8Array = EMPTY_BYTES;
  #at = 0;

  push(bytes: Uint8Array): void {
    const rest = this.#held.subarray(this.#at);
    this.#held = rest.length === 0 ? bytes : concatBytes([rest, bytes]);
    this.#at = 0;
  }

  /** Octets that are no whole record yet. */
  get pending(): number {
    return this.#held.length - this.#at;
  }

  /** The next whole record; undefined until its last octet is there. */
  next(framing: Framing): TlsRecord | Refusal | undefined {
    const at = this.#at;
    const available = this.#held.length - at;
    if (available === 0) return undefined;
    const refused = checkStart(this.#held.subarray(at), framing);
    if (refused !== undefined) return refused;
    if (available < RECORD_HEADER) return undefined;
    const length = readU16(this.#held, at + 3);
    if (available < RECORD_HEADER + length) return undefined;
    this.#at = at + RECORD_HEADER + length;
    return {
      type: this.#held[at]!,
      version: readU16(this.#held, at + 1),
      header: this.#held.subarray(at, at + RECORD_HEADER),
      fragment: this.#held.subarray(at + RECORD_HEADER, this.#at),
    };
  }
}

/** What can be refused as soon as the header is there, without waiting for the fragment. */
function checkStart(bytes: Uint8Array, framing: Framing): Refusal | undefined {
  const type = bytes[0]!;
  if (type < CONTENT.change_cipher_spec || type > CONTENT.application_data) {
    const why = `no record has the type ${type}`;
    return refuse('unexpected_message', RULES.recordType, why);
  }
  // The version is to be ignored (RFC 8446 §D.1) and authenticated under keys, but below SSL 3.0 there
  // are no such records (§D.5).
  const isPlain = framing === 'plain' || framing === 'plain but for early data';
  if (isPlain && bytes.length > 1 && bytes[1]! < SSL_MAJOR) {
    const why = `a record of version ${bytes[1]}.x is older than SSL 3.0`;
    return refuse('protocol_version', RULES.recordVersion, why);
  }
  if (bytes.length < RECORD_HEADER) return undefined;
  return checkLength(readU16(bytes, 3), expansionOf(type, framing));
}

function expansionOf(type: number, framing: Framing): number {
  if (framing === 'TLS 1.2') return MAX_EXPANSION_12;
  if (framing === 'TLS 1.3') return MAX_EXPANSION_13;
  const isSealed = framing !== 'plain' && type === CONTENT.application_data;
  return isSealed ? MAX_EXPANSION_13 : 0;
}

function checkLength(length: number, expansion: number): Refusal | undefined {
  const most = MAX_PLAINTEXT + expansion;
  if (length <= most) return undefined;
  const why = `a record of ${length} octets, at most ${most} are allowed`;
  const rule = expansion === 0 ? RULES.recordOverflow : RULES.ciphertextOverflow;
  return refuse('record_overflow', rule, why);
}
