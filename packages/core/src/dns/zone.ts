/** A zone as data, and how names are found in it. */
import { CallError } from '../base/errors.ts';
import { CLASS_IN, typeOf, type DnsData, type DnsRecord, type SoaData } from './message.ts';
import { canonicalName, isWithin, labelsOf, parentName } from './name.ts';

/** TTL of records that name none, in seconds. */
export const DEFAULT_TTL = 3_600;
/** Records in one zone. */
export const MAX_ZONE_RECORDS = 100_000;

export interface ZoneRecord {
  /** Absolute, without a final dot. */
  readonly name: string;
  /** In seconds. @default DEFAULT_TTL */
  readonly ttl?: number;
  readonly data: DnsData;
}

/** What a zone knows about a name. */
export type ZoneFinding =
  /** The records of the name; `wildcard` when they were made from a `*`. */
  | { readonly kind: 'name'; readonly records: readonly DnsRecord[]; readonly wildcard: boolean }
  /** The name lies at or below a cut: these NS records say where to ask. */
  | { readonly kind: 'referral'; readonly records: readonly DnsRecord[] }
  | { readonly kind: 'nothing' };

export class Zone {
  /** Canonical name of the apex. */
  readonly origin: string;
  readonly soa: DnsRecord & { readonly data: { readonly type: 'SOA' } & SoaData };
  readonly #nodes = new Map<string, DnsRecord[]>();

  /**
   * @throws CallError `invalid zone`: no single SOA at the origin, a record outside, a name that is none,
   *   a CNAME beside other records, or too many records
   */
  constructor(origin: string, records: readonly ZoneRecord[]) {
    this.origin = canonicalName(origin);
    if (records.length > MAX_ZONE_RECORDS) throw invalid(`more than ${MAX_ZONE_RECORDS} records`);
    for (const { name, ttl, data } of records) {
      this.#add({ name, class: CLASS_IN, ttl: ttl ?? DEFAULT_TTL, data });
    }
    const soas = (this.#nodes.get(this.origin) ?? []).filter((one) => one.data.type === 'SOA');
    const soa = soas[0];
    if (soa === undefined || soas.length !== 1 || soa.data.type !== 'SOA') {
      throw invalid(`${origin} needs exactly one SOA record at its origin`);
    }
    this.soa = { ...soa, data: soa.data };
    for (const [name, node] of this.#nodes) {
      // RFC 1034 §3.6.2: "If a CNAME RR is present at a node, no other data should be present".
      if (node.length > 1 && node.some((one) => one.data.type === 'CNAME')) {
        throw invalid(`${name} has a CNAME beside other records`);
      }
    }
  }

  /** Whether the zone is where to look for a canonical name. */
  covers(name: string): boolean {
    return isWithin(name, this.origin);
  }

  /** Steps 3 a–c of RFC 1034 §4.3.2 for a canonical name within the zone. */
  find(name: string): ZoneFinding {
    const cut = this.#cutAbove(name);
    if (cut !== undefined) return { kind: 'referral', records: cut };
    const node = this.#nodes.get(name);
    if (node !== undefined) return { kind: 'name', records: node, wildcard: false };
    // RFC 4592 §3.3.1: the closest encloser is the closest ancestor that exists.
    let encloser = parentName(name) ?? '';
    while (!this.#nodes.has(encloser) && encloser !== this.origin) {
      encloser = parentName(encloser) ?? '';
    }
    const star = this.#nodes.get(encloser === '' ? '*' : `*.${encloser}`);
    if (star === undefined) return { kind: 'nothing' };
    return { kind: 'name', records: named(star, name), wildcard: true };
  }

  /** Addresses of a name that the zone knows, as authority or as glue. */
  addressesOf(name: string): readonly DnsRecord[] {
    const node = this.#nodes.get(canonicalName(name)) ?? [];
    return node.filter((one) => one.data.type === 'A' || one.data.type === 'AAAA');
  }

  /** The NS records of the highest cut at or above the name, the apex excepted. */
  #cutAbove(name: string): readonly DnsRecord[] | undefined {
    let found: readonly DnsRecord[] | undefined;
    for (let at: string | undefined = name; at !== undefined && at !== this.origin;) {
      const servers = (this.#nodes.get(at) ?? []).filter((one) => one.data.type === 'NS');
      if (servers.length > 0) found = servers;
      at = parentName(at);
    }
    return found;
  }

  #add(record: DnsRecord): void {
    const name = canonicalName(record.name);
    if (labelsOf(record.name) === undefined) throw invalid(`${record.name} is no domain name`);
    if (!this.covers(name)) throw invalid(`${record.name} is not within ${this.origin}`);
    const node = this.#nodes.get(name);
    if (node === undefined) this.#nodes.set(name, [record]);
    else node.push(record);
    // RFC 4592 §2.2.2: the names between the apex and a record exist, though without records.
    for (let at = parentName(name); at !== undefined && this.covers(at); at = parentName(at)) {
      if (!this.#nodes.has(at)) this.#nodes.set(at, []);
    }
  }
}

/** The same records under another name. */
export function named(records: readonly DnsRecord[], name: string): DnsRecord[] {
  return records.map(({ class: klass, ttl, data }) => ({ name, class: klass, ttl, data }));
}

/** The records of one type among many; CNAME records are matched by their own type only. */
export function ofType(records: readonly DnsRecord[], type: number): DnsRecord[] {
  return records.filter((record) => typeOf(record.data) === type);
}

function invalid(detail: string): CallError {
  return new CallError('invalid zone', detail);
}
