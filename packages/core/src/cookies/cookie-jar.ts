/** The user agent's cookie store on a run's clock. */
import type { Cause } from '../base/cause.ts';
import type { Micros } from '../base/time.ts';
import { DEFAULT_EPOCH, type EpochMillis } from './civil-time.ts';
import { cookieMoment, type CookieContext, type CookiePolicy } from './cookie-context.ts';
import { cookieHeader, type CookieHeader } from './cookie-header.ts';
import { cookieKey, type Cookie } from './cookie.ts';
import { SINGLE_LABEL_SUFFIXES } from './public-suffixes.ts';
import { evictExpired, removeExcessCookies, type Eviction } from './remove-excess-cookies.ts';
import { COOKIE_RULES } from './rules.ts';
import { parseSetCookie } from './set-cookie-string.ts';
import { receiveCookie, type CookieStore, type StoreVerdict } from './storage-model.ts';

export interface CookieJarOptions extends Partial<CookiePolicy> {
  /** The date and time at which the run begins. @default 2026-01-01T00:00:00Z */
  readonly epoch?: EpochMillis;
  /** Cookies to begin with, as `cookies()` of another jar gave them. */
  readonly cookies?: readonly Cookie[];
}

export class CookieJar {
  readonly policy: CookiePolicy;
  readonly epoch: EpochMillis;
  readonly #store: CookieStore = new Map();
  #nextOrder = 0;
  #evictions: Eviction[] = [];

  constructor(options: CookieJarOptions = {}) {
    this.epoch = options.epoch ?? DEFAULT_EPOCH;
    this.policy = {
      profile: options.profile ?? 'rfc6265bis',
      publicSuffixes: options.publicSuffixes ?? SINGLE_LABEL_SUFFIXES,
      defaultSameSite: options.defaultSameSite ?? 'Lax',
      laxAllowingUnsafe: options.laxAllowingUnsafe ?? false,
      ageLimit: options.ageLimit,
    };
    for (const cookie of options.cookies ?? []) this.#insert(cookie);
  }

  /** How many cookies are stored; expired ones count until the next call that names a time. */
  get size(): number {
    return this.#store.size;
  }

  /**
   * Takes one Set-Cookie field. Never throws.
   * @param text the field's value, one character per octet.
   */
  setCookie(text: string, context: CookieContext, now: Micros): StoreVerdict {
    const date = this.dateOf(now);
    this.#evictions.push(...evictExpired(this.#store, date));
    const parsed = parseSetCookie(text, date, this.policy.profile);
    if (!parsed.ok) return { outcome: 'refused', name: '', cause: parsed.cause, ignored: [] };
    const moment = cookieMoment(context, date, this.policy);
    const verdict = receiveCookie(this.#store, parsed.cookie, moment, this.#nextOrder);
    this.#nextOrder += 1;
    if (verdict.outcome === 'stored') {
      this.#evictions.push(...removeExcessCookies(this.#store, verdict.cookie!.domain));
    }
    return verdict;
  }

  /** The Cookie field of a request, and for every cookie of the jar why it is sent or withheld. */
  cookieHeader(context: CookieContext, now: Micros): CookieHeader {
    const date = this.dateOf(now);
    this.#evictions.push(...evictExpired(this.#store, date));
    return cookieHeader(this.#store, cookieMoment(context, date, this.policy));
  }

  /** All cookies that have not expired, in order of insertion. */
  cookies(now: Micros): readonly Cookie[] {
    this.#evictions.push(...evictExpired(this.#store, this.dateOf(now)));
    return [...this.#store.values()];
  }

  /** Removes the cookies that `matches` names; all without it. @returns how many went */
  clear(matches: (cookie: Cookie) => boolean = () => true): number {
    const before = this.#store.size;
    for (const [key, cookie] of this.#store) if (matches(cookie)) this.#store.delete(key);
    return before - this.#store.size;
  }

  /** "The current session is over" (RFC 6265 §5.3): what is not persistent goes. */
  endSession(): readonly Cause[] {
    const causes: Cause[] = [];
    for (const [key, cookie] of this.#store) {
      if (cookie.persistent) continue;
      this.#store.delete(key);
      const why = `${cookie.name} has neither Max-Age nor Expires and the session is over`;
      causes.push({ rule: COOKIE_RULES.sessionOver, why });
    }
    return causes;
  }

  /** What was evicted since the last call: expired and excess cookies. */
  takeEvictions(): readonly Eviction[] {
    const taken = this.#evictions;
    this.#evictions = [];
    return taken;
  }

  /** The date and time of a moment of the run. */
  dateOf(now: Micros): EpochMillis {
    return this.epoch + Math.floor(now / 1_000);
  }

  #insert(cookie: Cookie): void {
    this.#store.set(cookieKey(cookie), cookie);
    this.#nextOrder = Math.max(this.#nextOrder, cookie.order + 1);
  }
}
