/** RFC 6265 §5.3, with the steps that 6265bis §5.7 adds: what happens to a cookie that is received. */
import type { Cause } from '../base/cause.ts';
import { canonicalizedHostName } from './canonicalized-host-name.ts';
import { formatEpochMillis, LATEST_DATE, type EpochMillis } from './civil-time.ts';
import { isCrossSite, type CookieMoment } from './cookie-context.ts';
import { cookieKey, isExpired, type Cookie } from './cookie.ts';
import { defaultPath } from './default-path.ts';
import { domainMatch } from './domain-match.ts';
import { brokenPrefix } from './name-prefixes.ts';
import { pathMatch } from './path-match.ts';
import { COOKIE_RULES } from './rules.ts';
import { isSecureScheme } from './same-site.ts';
import type { ParsedSetCookie } from './set-cookie-string.ts';

/** What became of one Set-Cookie field. `deleted`: it was taken and had expired already. */
export interface StoreVerdict {
  readonly outcome: 'stored' | 'replaced' | 'deleted' | 'refused';
  /** The cookie's name; empty where none could be read. */
  readonly name: string;
  readonly cookie?: Cookie;
  readonly cause: Cause;
  /** Attributes that were ignored, each with its reason. */
  readonly ignored: readonly Cause[];
}

/** The cookies of a user agent by `cookieKey`, in order of insertion. */
export type CookieStore = Map<string, Cookie>;

/**
 * "Receives a cookie": checks it and inserts it into the store.
 * @param order counts cookies, to order those of one millisecond.
 */
export function receiveCookie(
  store: CookieStore,
  received: ParsedSetCookie,
  moment: CookieMoment,
  order: number,
): StoreVerdict {
  const { name, ignored } = received;
  const scope = domainOf(received, moment);
  if ('rule' in scope) return { outcome: 'refused', name, cause: scope, ignored };
  const created = createdCookie(received, moment, { ...scope, order });
  const key = cookieKey(created);
  const old = store.get(key);
  const objection = objectionTo(created, { received, moment, store, old });
  if (objection !== undefined) return { outcome: 'refused', name, cause: objection, ignored };
  // Step 11: the old cookie's creation-time goes over to the new one.
  const cookie =
    old === undefined ? created : { ...created, creation: old.creation, order: old.order };
  store.delete(key);
  if (isExpired(cookie, moment.now)) {
    const why = `${name} expires ${formatEpochMillis(cookie.expiry)}, which is not in the future`;
    return {
      outcome: 'deleted',
      name,
      cookie,
      cause: { rule: COOKIE_RULES.expired, why },
      ignored,
    };
  }
  store.set(key, cookie);
  const where = `for ${cookie.hostOnly ? 'the host' : 'the domain'} ${cookie.domain} below ${cookie.path}`;
  const outcome = old === undefined ? 'stored' : 'replaced';
  const rule = old === undefined ? COOKIE_RULES.store : COOKIE_RULES.replace;
  return { outcome, name, cookie, cause: { rule, why: `${name} is ${outcome} ${where}` }, ignored };
}

interface DomainScope {
  readonly domain: string;
  readonly hostOnly: boolean;
}

/** Steps 4 to 6: which hosts the cookie is for, or why it is ignored. */
function domainOf(received: ParsedSetCookie, moment: CookieMoment): DomainScope | Cause {
  const { host, policy } = moment;
  const attribute = canonicalizedHostName(received.attributes.domain ?? '');
  if (attribute === '') return { domain: host, hostOnly: true };
  if (policy.publicSuffixes.isPublicSuffix(attribute)) {
    if (attribute === host) return { domain: host, hostOnly: true };
    const why = `Domain=${attribute} is a public suffix, ${host} may not speak for all of it`;
    return { rule: COOKIE_RULES.publicSuffix, why };
  }
  if (domainMatch(host, attribute)) return { domain: attribute, hostOnly: false };
  return { rule: COOKIE_RULES.domainMatch, why: `${host} does not lie within Domain=${attribute}` };
}

function createdCookie(
  received: ParsedSetCookie,
  moment: CookieMoment,
  scope: DomainScope & { readonly order: number },
): Cookie {
  const { attributes, name, value } = received;
  const { now } = moment;
  // Step 3: Max-Age wins over Expires.
  const expiry = attributes.maxAge ?? attributes.expires;
  return {
    name,
    value,
    domain: scope.domain,
    // Step 7.
    path: attributes.path || defaultPath(moment.path),
    hostOnly: scope.hostOnly,
    secureOnly: attributes.secure === true,
    httpOnly: attributes.httpOnly === true,
    persistent: expiry !== undefined,
    sameSite: attributes.sameSite ?? 'Default',
    expiry: expiry === undefined ? LATEST_DATE : withinAgeLimit(expiry, moment),
    creation: now,
    order: scope.order,
    lastAccess: now,
  };
}

function withinAgeLimit(expiry: EpochMillis, { now, policy }: CookieMoment): EpochMillis {
  if (policy.ageLimit === undefined) return expiry;
  return Math.min(expiry, now + policy.ageLimit * 1_000);
}

interface Situation {
  readonly received: ParsedSetCookie;
  readonly moment: CookieMoment;
  readonly store: CookieStore;
  readonly old: Cookie | undefined;
}

/** Steps 10 to 11.2 of RFC 6265 and 12 to 21 of 6265bis: the first check that fails. */
function objectionTo(cookie: Cookie, situation: Situation): Cause | undefined {
  const { received, moment, store, old } = situation;
  const bis = moment.policy.profile === 'rfc6265bis';
  const secure = isSecureScheme(moment.context.uri.scheme);
  const { name } = cookie;
  if (bis && cookie.secureOnly && !secure) {
    return { rule: COOKIE_RULES.setSecure, why: `${name} is Secure and came over plain HTTP` };
  }
  if (moment.context.api === 'non-HTTP' && (cookie.httpOnly || old?.httpOnly === true)) {
    return { rule: COOKIE_RULES.setHttpOnly, why: `${name} is HttpOnly and a script set it` };
  }
  if (!bis) return undefined;
  if (!cookie.secureOnly && !secure) {
    for (const other of store.values()) {
      if (!shadowsSecure(cookie, other)) continue;
      const why = `plain HTTP may not touch ${name}, which is Secure for ${other.domain}${other.path}`;
      return { rule: COOKIE_RULES.leaveSecureAlone, why };
    }
  }
  const sameSite = sameSiteObjection(cookie, moment);
  if (sameSite !== undefined) return sameSite;
  const pathAttribute = received.attributes.path === undefined ? undefined : cookie.path;
  return brokenPrefix({ ...cookie, pathAttribute });
}

/** 6265bis step 15: same name, overlapping domains, and a path at or below the Secure cookie's. */
function shadowsSecure(cookie: Cookie, other: Cookie): boolean {
  if (!other.secureOnly || other.name !== cookie.name) return false;
  if (!pathMatch(cookie.path, other.path)) return false;
  return domainMatch(other.domain, cookie.domain) || domainMatch(cookie.domain, other.domain);
}

/** 6265bis steps 17 and 18. */
function sameSiteObjection(cookie: Cookie, moment: CookieMoment): Cause | undefined {
  const { name, sameSite } = cookie;
  if (sameSite === 'None') {
    if (cookie.secureOnly) return undefined;
    return { rule: COOKIE_RULES.noneNeedsSecure, why: `${name} is SameSite=None without Secure` };
  }
  if (sameSite === 'Default' && moment.policy.defaultSameSite === 'None') return undefined;
  if (!isCrossSite(moment) || moment.context.topLevelNavigation === true) return undefined;
  const from = moment.context.initiator?.host ?? '';
  const why = `${name} would be set by a request that a page of ${from} caused`;
  return { rule: COOKIE_RULES.setSameSite, why };
}
