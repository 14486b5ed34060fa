/** A DNS message to octets, RFC 1035 §4.1, names compressed as §4.1.4. */
import { latin1Bytes, readU16, writeU16, writeU32 } from '../base/bytes.ts';
import { CallError } from '../base/errors.ts';
import { isIpv4 } from '../base/host-name.ts';
import { ipv6Bytes } from '../base/ipv6-text.ts';
import {
  RECORD_TYPES,
  typeOf,
  type DnsData,
  type DnsMessage,
  type DnsRecord,
  type Edns,
} from './message.ts';
import { labelsOf, nameOf } from './name.ts';

/** The length field of TCP has 16 bits. */
export const MAX_DNS_MESSAGE = 65_535;
/** RFC 1035 §4.2.1: what every host takes over UDP. */
export const PLAIN_UDP_SIZE = 512;

const TC = 0x0200;
/** A pointer has 14 bits for the offset. */
const MAX_POINTER = 0x3fff;

/**
 * The octets of a message.
 * @param limit octets at most. Additional records that do not fit are left out; if an answer or
 *   authority does not fit, all records are and TC is set (RFC 2181 §9).
 * @throws CallError `invalid name`, `invalid record`, `message too large`
 */
export function encodeMessage(message: DnsMessage, limit = MAX_DNS_MESSAGE): Uint8Array {
  const writer = new MessageWriter(limit);
  writer.header(message);
  for (const question of message.questions) {
    writer.name(question.name, true);
    writer.u16(question.type);
    writer.u16(question.class);
  }
  const reserved = message.edns === undefined ? 0 : optSize(message.edns);
  if (writer.length + reserved > limit) {
    throw new CallError('message too large', `the question alone does not fit into ${limit}`);
  }
  const mark = writer.length;
  const answers = writer.records(message.answers, 6, reserved);
  const authorities = answers && writer.records(message.authorities, 8, reserved);
  if (authorities) writer.records(message.additionals, 10, reserved);
  else writer.truncate(mark);
  if (message.edns !== undefined) writer.opt(message.edns, message.rcode);
  return writer.finish();
}

function optSize(edns: Edns): number {
  return edns.options.reduce((sum, option) => sum + 4 + option.data.length, 11);
}

class MessageWriter {
  readonly #limit: number;
  #bytes = new Uint8Array(512);
  #length = 0;
  /** Where each name that was written begins, by its text. */
  readonly #places = new Map<string, number>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get length(): number {
    return this.#length;
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  header(message: DnsMessage): void {
    this.u16(message.id);
    this.u16(
      (message.isResponse ? 0x8000 : 0) |
        ((message.opcode & 15) << 11) |
        (message.authoritative ? 0x0400 : 0) |
        (message.truncated ? TC : 0) |
        (message.recursionDesired ? 0x0100 : 0) |
        (message.recursionAvailable ? 0x0080 : 0) |
        (message.rcode & 15),
    );
    this.u16(message.questions.length);
    for (let i = 0; i < 3; i += 1) this.u16(0);
  }

  /** Writes whole records while they fit, and counts them at `countAt`. @returns whether all fitted */
  records(records: readonly DnsRecord[], countAt: number, reserved: number): boolean {
    for (const [index, record] of records.entries()) {
      const mark = this.#length;
      this.#record(record);
      if (this.#length + reserved > this.#limit) {
        this.#cut(mark);
        return false;
      }
      writeU16(this.#bytes, countAt, index + 1);
    }
    return true;
  }

  /** Takes all records away and says so. */
  truncate(mark: number): void {
    this.#cut(mark);
    writeU16(this.#bytes, 2, readU16(this.#bytes, 2) | TC);
    for (const countAt of [6, 8, 10]) writeU16(this.#bytes, countAt, 0);
  }

  opt(edns: Edns, rcode: number): void {
    this.#octet(0);
    this.u16(RECORD_TYPES.OPT);
    this.u16(edns.udpSize);
    this.#octet(rcode >> 4);
    this.#octet(edns.version);
    this.u16(edns.dnssecOk ? 0x8000 : 0);
    this.u16(optSize(edns) - 11);
    for (const option of edns.options) {
      this.u16(option.code);
      this.u16(option.data.length);
      this.#put(option.data);
    }
    writeU16(this.#bytes, 10, readU16(this.#bytes, 10) + 1);
  }

  u16(value: number): void {
    this.#grow(2);
    writeU16(this.#bytes, this.#length, value);
    this.#length += 2;
  }

  /** RFC 1035 §4.1.4: the rest of a name that stands in the message already becomes a pointer. */
  name(name: string, compress: boolean): void {
    const labels = labelsOf(name);
    if (labels === undefined) throw new CallError('invalid name', JSON.stringify(name));
    for (const [index, label] of labels.entries()) {
      const rest = nameOf(labels.slice(index));
      const place = compress ? this.#places.get(rest) : undefined;
      if (place !== undefined) return this.u16(0xc000 | place);
      if (this.#length <= MAX_POINTER) this.#places.set(rest, this.#length);
      this.#octet(label.length);
      this.#put(latin1Bytes(label));
    }
    this.#octet(0);
  }

  #record(record: DnsRecord): void {
    this.name(record.name, true);
    this.u16(typeOf(record.data));
    this.u16(record.class);
    this.#u32(record.ttl);
    const lengthAt = this.#length;
    this.u16(0);
    this.#data(record.data);
    writeU16(this.#bytes, lengthAt, this.#length - lengthAt - 2);
  }

  #data(data: DnsData): void {
    switch (data.type) {
      case 'A':
        if (!isIpv4(data.address)) throw new CallError('invalid record', `A ${data.address}`);
        return this.#put(Uint8Array.from(data.address.split('.'), Number));
      case 'AAAA': {
        const bytes = ipv6Bytes(data.address);
        if (bytes === undefined) throw new CallError('invalid record', `AAAA ${data.address}`);
        return this.#put(bytes);
      }
      case 'CNAME':
      case 'NS':
      case 'PTR':
        return this.name(data.name, true);
      case 'MX':
        this.u16(data.preference);
        return this.name(data.exchange, true);
      case 'TXT':
        return this.#texts(data.texts);
      case 'SOA':
        this.name(data.primary, true);
        this.name(data.mailbox, true);
        for (const value of [data.serial, data.refresh, data.retry, data.expire, data.minimum]) {
          this.#u32(value);
        }
        return;
      case 'unknown':
        return this.#put(data.bytes);
    }
  }

  #texts(texts: readonly string[]): void {
    for (const text of texts) {
      if (text.length > 255) throw new CallError('invalid record', 'a TXT text has 255 octets');
      this.#octet(text.length);
      this.#put(latin1Bytes(text));
    }
  }

  #cut(to: number): void {
    this.#length = to;
    for (const [name, place] of this.#places) if (place >= to) this.#places.delete(name);
  }

  #octet(value: number): void {
    this.#grow(1);
    this.#bytes[this.#length] = value;
    this.#length += 1;
  }

  #u32(value: number): void {
    this.#grow(4);
    writeU32(this.#bytes, this.#length, value);
    this.#length += 4;
  }

  #put(bytes: Uint8Array): void {
    this.#grow(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #grow(by: number): void {
    if (this.#length + by <= this.#bytes.length) return;
    const larger = new Uint8Array((this.#length + by) * 2);
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}
