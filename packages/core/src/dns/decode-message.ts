/** Octets to a DNS message, RFC 1035 §4.1. Safe for any octets: it never throws or reads outside. */
import { latin1Text, readU16, readU32 } from '../base/bytes.ts';
import type { Rule } from '../base/cause.ts';
import { ipv6Text } from '../base/ipv6-text.ts';
import {
  RECORD_TYPES,
  type DnsData,
  type DnsMessage,
  type DnsQuestion,
  type DnsRecord,
  type Edns,
} from './message.ts';
import { MAX_NAME_OCTETS, nameOf } from './name.ts';
import { DNS_RULES } from './rules.ts';

export const DNS_HEADER_SIZE = 12;

/** What is wrong with a message. */
export interface DnsProblem {
  /** Offset of the octet that is wrong. */
  readonly at: number;
  readonly expected: string;
  readonly rule: Rule;
}

export type DnsDecoded =
  | { readonly ok: true; readonly message: DnsMessage }
  | { readonly ok: false; readonly problem: DnsProblem };

/** The message, or the first problem. Octets after the last entry are ignored. */
export function decodeMessage(bytes: Uint8Array): DnsDecoded {
  if (bytes.length < DNS_HEADER_SIZE) {
    const expected = `a header of ${DNS_HEADER_SIZE} octets`;
    return { ok: false, problem: { at: bytes.length, expected, rule: DNS_RULES.header } };
  }
  const reader = new MessageReader(bytes);
  const message = reader.message();
  return message === undefined ? { ok: false, problem: reader.problem! } : { ok: true, message };
}

/** A record, or what the OPT pseudo-record says. */
type Entry =
  | { readonly record: DnsRecord }
  | { readonly edns: Edns; readonly extendedRcode: number };

class MessageReader {
  readonly #bytes: Uint8Array;
  #at = DNS_HEADER_SIZE;
  problem: DnsProblem | undefined;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  message(): DnsMessage | undefined {
    const bytes = this.#bytes;
    const flags = readU16(bytes, 2);
    const questions = this.#section(readU16(bytes, 4), () => this.#question());
    const answers = this.#entries(6);
    const authorities = this.#entries(8);
    const additionals = this.#entries(10);
    if (questions === undefined || additionals === undefined || this.problem !== undefined) {
      return undefined;
    }
    const all = [answers, authorities, additionals].flatMap((entries) => entries ?? []);
    const opts = all.flatMap((entry) => ('edns' in entry ? [entry] : []));
    if (opts.length > 1) return this.#fail(DNS_RULES.oneOpt, 'at most one OPT record');
    return {
      id: readU16(bytes, 0),
      isResponse: (flags & 0x8000) !== 0,
      opcode: (flags >> 11) & 15,
      authoritative: (flags & 0x0400) !== 0,
      truncated: (flags & 0x0200) !== 0,
      recursionDesired: (flags & 0x0100) !== 0,
      recursionAvailable: (flags & 0x0080) !== 0,
      rcode: (flags & 15) | ((opts[0]?.extendedRcode ?? 0) << 4),
      questions,
      answers: recordsOf(answers),
      authorities: recordsOf(authorities),
      additionals: recordsOf(additionals),
      ...(opts[0] === undefined ? {} : { edns: opts[0].edns }),
    };
  }

  #entries(countAt: number): Entry[] | undefined {
    return this.#section(readU16(this.#bytes, countAt), () => this.#entry());
  }

  #section<T>(count: number, read: () => T | undefined): T[] | undefined {
    const entries: T[] = [];
    for (let i = 0; i < count; i += 1) {
      const entry = this.problem === undefined ? read() : undefined;
      if (entry === undefined) return undefined;
      entries.push(entry);
    }
    return entries;
  }

  #question(): DnsQuestion | undefined {
    const name = this.#name();
    if (name === undefined || !this.#has(4)) return undefined;
    return { name, type: this.#u16(), class: this.#u16() };
  }

  #entry(): Entry | undefined {
    const name = this.#name();
    if (name === undefined || !this.#has(10)) return undefined;
    const type = this.#u16();
    const classOrSize = this.#u16();
    const ttl = this.#u32();
    const length = this.#u16();
    if (!this.#has(length)) return undefined;
    const end = this.#at + length;
    if (type === RECORD_TYPES.OPT) return this.#opt(name, classOrSize, ttl, end);
    const data = this.#data(type, end);
    if (data === undefined) return undefined;
    if (this.#at !== end) {
      return this.#fail(DNS_RULES.recordData, `data that end at octet ${end}`);
    }
    // DNS-28: a TTL of 2^31 or more counts as zero.
    const record = { name, class: classOrSize, ttl: ttl > 0x7fffffff ? 0 : ttl, data };
    return { record };
  }

  #opt(name: string, udpSize: number, ttl: number, end: number): Entry | undefined {
    if (name !== '') return this.#fail(DNS_RULES.oneOpt, 'an OPT record at the root');
    const options: { code: number; data: Uint8Array }[] = [];
    while (this.#at < end) {
      if (end - this.#at < 4) return this.#fail(DNS_RULES.recordData, 'a whole EDNS option');
      const code = this.#u16();
      const length = this.#u16();
      if (length > end - this.#at) {
        return this.#fail(DNS_RULES.recordData, 'an EDNS option within its record');
      }
      options.push({ code, data: this.#take(length) });
    }
    const edns = {
      udpSize,
      version: (ttl >>> 16) & 255,
      dnssecOk: (ttl & 0x8000) !== 0,
      options,
    };
    return { edns, extendedRcode: ttl >>> 24 };
  }

  #data(type: number, end: number): DnsData | undefined {
    const length = end - this.#at;
    switch (type) {
      case RECORD_TYPES.A:
        if (length !== 4) return this.#fail(DNS_RULES.recordData, 'an address of 4 octets');
        return { type: 'A', address: [...this.#take(4)].join('.') };
      case RECORD_TYPES.AAAA:
        if (length !== 16) return this.#fail(DNS_RULES.recordData, 'an address of 16 octets');
        return { type: 'AAAA', address: ipv6Text(this.#take(16)) };
      case RECORD_TYPES.CNAME:
        return this.#nameData('CNAME', end);
      case RECORD_TYPES.NS:
        return this.#nameData('NS', end);
      case RECORD_TYPES.PTR:
        return this.#nameData('PTR', end);
      case RECORD_TYPES.MX: {
        if (length < 3) return this.#fail(DNS_RULES.recordData, 'a preference and a name');
        const preference = this.#u16();
        const exchange = this.#name(end);
        return exchange === undefined ? undefined : { type: 'MX', preference, exchange };
      }
      case RECORD_TYPES.TXT:
        return this.#texts(end);
      case RECORD_TYPES.SOA:
        return this.#soa(end);
      default:
        return { type: 'unknown', number: type, bytes: this.#take(length) };
    }
  }

  #nameData(type: 'CNAME' | 'NS' | 'PTR', end: number): DnsData | undefined {
    const name = this.#name(end);
    return name === undefined ? undefined : { type, name };
  }

  #texts(end: number): DnsData | undefined {
    const texts: string[] = [];
    while (this.#at < end) {
      const length = this.#bytes[this.#at]!;
      this.#at += 1;
      if (length > end - this.#at) {
        return this.#fail(DNS_RULES.recordData, 'a text within its record');
      }
      texts.push(latin1Text(this.#take(length)));
    }
    return { type: 'TXT', texts };
  }

  #soa(end: number): DnsData | undefined {
    const primary = this.#name(end);
    const mailbox = primary === undefined ? undefined : this.#name(end);
    if (primary === undefined || mailbox === undefined) return undefined;
    if (end - this.#at !== 20) return this.#fail(DNS_RULES.recordData, 'five numbers of 4 octets');
    const [serial, refresh, retry] = [this.#u32(), this.#u32(), this.#u32()];
    const [expire, minimum] = [this.#u32(), this.#u32()];
    return { type: 'SOA', primary, mailbox, serial, refresh, retry, expire, minimum };
  }

  /** RFC 1035 §4.1.4. What stands here, as opposed to where pointers lead, lies before `end`. */
  #name(end = this.#bytes.length): string | undefined {
    const labels: string[] = [];
    let octets = 1;
    let at = this.#at;
    let limit = end;
    let after: number | undefined;
    // DNS-04: each pointer leads to before the place where the present run of labels began.
    let runStart = at;
    for (;;) {
      const length = this.#bytes[at];
      if (length === undefined || at >= limit) return this.#failAt(at, DNS_RULES.section, 'a name');
      if (length >= 0xc0) {
        const low = this.#bytes[at + 1];
        const target = ((length & 0x3f) << 8) | (low ?? 0);
        if (low === undefined || at + 1 >= limit || target >= runStart) {
          return this.#failAt(at, DNS_RULES.pointer, `a pointer to before octet ${runStart}`);
        }
        after ??= at + 2;
        at = runStart = target;
        limit = this.#bytes.length;
        continue;
      }
      if (length > 63) return this.#failAt(at, DNS_RULES.nameLength, 'a label of at most 63');
      if (length === 0) break;
      octets += length + 1;
      if (octets > MAX_NAME_OCTETS) {
        return this.#failAt(at, DNS_RULES.nameLength, 'a name of at most 255 octets');
      }
      if (at + 1 + length > limit) return this.#failAt(at, DNS_RULES.section, 'a whole label');
      labels.push(latin1Text(this.#bytes.subarray(at + 1, at + 1 + length)));
      at += length + 1;
    }
    this.#at = after ?? at + 1;
    return nameOf(labels);
  }

  #has(length: number): boolean {
    if (this.#at + length <= this.#bytes.length) return true;
    this.#fail(DNS_RULES.section, `${length} more octets`);
    return false;
  }

  #fail(rule: Rule, expected: string): undefined {
    return this.#failAt(this.#at, rule, expected);
  }

  #failAt(at: number, rule: Rule, expected: string): undefined {
    this.problem ??= { at, expected, rule };
    return undefined;
  }

  #take(length: number): Uint8Array {
    const taken = this.#bytes.slice(this.#at, this.#at + length);
    this.#at += length;
    return taken;
  }

  #u16(): number {
    this.#at += 2;
    return readU16(this.#bytes, this.#at - 2);
  }

  #u32(): number {
    this.#at += 4;
    return readU32(this.#bytes, this.#at - 4);
  }
}

function recordsOf(entries: readonly Entry[] | undefined): DnsRecord[] {
  return (entries ?? []).flatMap((entry) => ('record' in entry ? [entry.record] : []));
}
