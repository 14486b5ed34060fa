/** RFC 6265 §5.3, end: which cookies go when there are too many. */
import type { Cause } from '../base/cause.ts';
import { formatEpochMillis, type EpochMillis } from './civil-time.ts';
import { isExpired, type Cookie } from './cookie.ts';
import { COOKIE_RULES } from './rules.ts';
import type { CookieStore } from './storage-model.ts';

/** RFC 6265 §6.1: at least so many per domain. */
export const MAX_COOKIES_PER_DOMAIN = 50;
/** RFC 6265 §6.1: at least so many in all. */
export const MAX_COOKIES = 3_000;

export interface Eviction {
  readonly cookie: Cookie;
  readonly cause: Cause;
}

/** Takes out every expired cookie. */
export function evictExpired(store: CookieStore, now: EpochMillis): Eviction[] {
  const evicted: Eviction[] = [];
  for (const [key, cookie] of store) {
    if (!isExpired(cookie, now)) continue;
    store.delete(key);
    const why = `${cookie.name} expired ${formatEpochMillis(cookie.expiry)}`;
    evicted.push({ cookie, cause: { rule: COOKIE_RULES.expired, why } });
  }
  return evicted;
}

/** Takes out excess cookies after one of `domain` was inserted; expired ones are gone already. */
export function removeExcessCookies(store: CookieStore, domain: string): Eviction[] {
  const evicted: Eviction[] = [];
  const ofDomain = [...store].filter(([, cookie]) => cookie.domain === domain);
  evictOldest(ofDomain, ofDomain.length - MAX_COOKIES_PER_DOMAIN, (key, cookie) => {
    store.delete(key);
    const why = `${domain} has more than ${MAX_COOKIES_PER_DOMAIN} cookies, ${cookie.name} was used longest ago`;
    evicted.push({ cookie, cause: { rule: COOKIE_RULES.excess, why } });
  });
  if (store.size > MAX_COOKIES) {
    evictOldest([...store], store.size - MAX_COOKIES, (key, cookie) => {
      store.delete(key);
      const why = `the store has more than ${MAX_COOKIES} cookies, ${cookie.name} was used longest ago`;
      evicted.push({ cookie, cause: { rule: COOKIE_RULES.excess, why } });
    });
  }
  return evicted;
}

/** The earliest last access goes first; among equals the one made first. */
function evictOldest(
  entries: (readonly [string, Cookie])[],
  count: number,
  evict: (key: string, cookie: Cookie) => void,
): void {
  if (count <= 0) return;
  entries.sort(([, a], [, b]) => a.lastAccess - b.lastAccess || a.order - b.order);
  for (const [key, cookie] of entries.slice(0, count)) evict(key, cookie);
}
