/** What a resolver remembers, and for how long. */
import { after, seconds, type Micros } from '../base/time.ts';
import type { DnsMessage, DnsRecord } from './message.ts';
import { RCODES, RECORD_TYPES } from './message.ts';
import { canonicalName, isWithin } from './name.ts';

/** RFC 8767 §4 suggests a cap of days; this is one. In seconds. */
export const MAX_CACHED_TTL = 86_400;
/** RFC 2308 §5: "values of one to three hours have been found to work well". In seconds. */
export const MAX_NEGATIVE_TTL = 10_800;
export const DEFAULT_CACHE_SIZE = 1_000;

/** What was found out about a name and type. */
export type Resolution =
  /** Records of the type, after the aliases that lead to them. */
  | { readonly kind: 'records'; readonly records: readonly DnsRecord[] }
  | { readonly kind: 'no such name' }
  | { readonly kind: 'no such data' };

interface Entry {
  readonly resolution: Resolution;
  readonly expires: Micros;
}

export class ResolverCache {
  readonly #limit: number;
  readonly #entries = new Map<string, Entry>();

  constructor(limit = DEFAULT_CACHE_SIZE) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** What is known now; what is overdue is forgotten. */
  find(name: string, type: number, now: Micros): Resolution | undefined {
    const key = keyOf(name, type);
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.expires > now) return entry?.resolution;
    this.#entries.delete(key);
    return undefined;
  }

  /** Remembers for `ttl` seconds; the entry that was made first makes room. */
  store(name: string, type: number, resolution: Resolution, ttl: number, now: Micros): void {
    if (ttl <= 0 || this.#limit === 0) return;
    const key = keyOf(name, type);
    this.#entries.delete(key);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size < this.#limit) break;
      this.#entries.delete(oldest);
    }
    this.#entries.set(key, { resolution, expires: after(now, seconds(ttl)) });
  }

  clear(): void {
    this.#entries.clear();
  }
}

/** DNS-21: the shortest TTL of the records, at most a day. */
export function positiveTtl(records: readonly DnsRecord[]): number {
  return records.reduce((least, record) => Math.min(least, record.ttl), MAX_CACHED_TTL);
}

/**
 * DNS-20: the lesser of the SOA's TTL and its minimum field. Zero, which is not kept, where no SOA of
 * an ancestor of the name came along (RFC 2308 §5).
 */
export function negativeTtl(message: DnsMessage, name: string): number {
  for (const { data, ttl, name: zone } of message.authorities) {
    if (data.type === 'SOA' && isWithin(canonicalName(name), canonicalName(zone))) {
      return Math.min(ttl, data.minimum, MAX_NEGATIVE_TTL);
    }
  }
  return 0;
}

/**
 * Reads a response to the question about `name`: follows the aliases it holds.
 * @returns what it says, and the name at which the chain of aliases ends
 */
export function readResponse(
  message: DnsMessage,
  name: string,
  type: number,
): { readonly resolution: Resolution; readonly target: string } {
  const chain: DnsRecord[] = [];
  let target = name;
  for (;;) {
    const own = message.answers.filter(
      (record) => canonicalName(record.name) === canonicalName(target),
    );
    const wanted = own.filter(
      ({ data }) =>
        type === RECORD_TYPES.ANY ||
        (data.type === 'unknown' ? data.number : RECORD_TYPES[data.type]) === type,
    );
    if (wanted.length > 0) {
      return { resolution: { kind: 'records', records: [...chain, ...wanted] }, target };
    }
    const alias = own.find((record) => record.data.type === 'CNAME');
    if (alias?.data.type !== 'CNAME' || chain.includes(alias)) break;
    chain.push(alias);
    target = alias.data.name;
  }
  const kind = message.rcode === RCODES.NXDOMAIN ? 'no such name' : 'no such data';
  return { resolution: { kind }, target };
}

function keyOf(name: string, type: number): string {
  return `${type} ${canonicalName(name)}`;
}
