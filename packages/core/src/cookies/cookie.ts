/** One cookie of a store, with the fields of RFC 6265 §5.3. */
import type { EpochMillis } from './civil-time.ts';

/** The same-site-flag; `Default` where no SameSite attribute was understood. */
export type SameSiteFlag = 'Strict' | 'Lax' | 'None' | 'Default';

export interface Cookie {
  readonly name: string;
  readonly value: string;
  /** Canonicalized, without a leading dot. */
  readonly domain: string;
  readonly path: string;
  /** No Domain attribute was given: only the very host gets it back. */
  readonly hostOnly: boolean;
  readonly secureOnly: boolean;
  readonly httpOnly: boolean;
  /** Max-Age or Expires was given; otherwise the cookie lasts until the session is over. */
  readonly persistent: boolean;
  readonly sameSite: SameSiteFlag;
  /** LATEST_DATE where it is not persistent. */
  readonly expiry: EpochMillis;
  readonly creation: EpochMillis;
  /** Orders cookies made in the same millisecond. */
  readonly order: number;
  readonly lastAccess: EpochMillis;
}

/** The part of a request's URI that cookies look at. */
export interface RequestUri {
  /** Lower case, e.g. `https`. */
  readonly scheme: string;
  readonly host: string;
  /** The path without the query; empty counts as `/`. */
  readonly path: string;
}

/** At most one cookie of a store has this key (RFC 6265 §5.3 step 11). */
export function cookieKey(cookie: Pick<Cookie, 'name' | 'domain' | 'path'>): string {
  return JSON.stringify([cookie.domain, cookie.path, cookie.name]);
}

/** RFC 6265 §5.3: the lifetime is over as soon as the moment of expiry has come. */
export function isExpired(cookie: Pick<Cookie, 'expiry'>, now: EpochMillis): boolean {
  return cookie.expiry <= now;
}
