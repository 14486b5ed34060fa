/** RFC 6265 §5.4 and 6265bis §5.8.3: which cookies accompany a request, and why not the others. */
import type { Cause } from '../base/cause.ts';
import { isCrossSite, type CookieMoment } from './cookie-context.ts';
import { cookieKey, type Cookie } from './cookie.ts';
import { domainMatch } from './domain-match.ts';
import { pathMatch } from './path-match.ts';
import { COOKIE_RULES } from './rules.ts';
import { isSafeMethod, isSecureScheme } from './same-site.ts';
import type { CookieStore } from './storage-model.ts';

/** Lax-allowing-unsafe lasts two minutes (6265bis §5.6.7.2). */
export const LAX_ALLOWING_UNSAFE_MILLIS = 120_000;

export interface SendVerdict {
  readonly cookie: Cookie;
  readonly sent: boolean;
  readonly cause: Cause;
}

export interface CookieHeader {
  /** The cookie-string; undefined when no cookie is sent. */
  readonly value: string | undefined;
  /** The cookies sent, in order. */
  readonly cookies: readonly Cookie[];
  /** One per cookie of the store. */
  readonly verdicts: readonly SendVerdict[];
}

/** Computes the cookie-string of a request and marks its cookies as used now. */
export function cookieHeader(store: CookieStore, moment: CookieMoment): CookieHeader {
  const verdicts: SendVerdict[] = [];
  const list: Cookie[] = [];
  const crossSite = isCrossSite(moment);
  for (const cookie of store.values()) {
    const objection = objectionTo(cookie, moment, crossSite);
    if (objection === undefined) list.push(cookie);
    const why = `${cookie.name} is for ${cookie.domain}${cookie.path} and meets every requirement`;
    const cause = objection ?? { rule: COOKIE_RULES.send, why };
    verdicts.push({ cookie, sent: objection === undefined, cause });
  }
  // Step 2.
  list.sort(
    (a, b) => b.path.length - a.path.length || a.creation - b.creation || a.order - b.order,
  );
  // Step 3.
  for (const cookie of list) {
    store.set(cookieKey(cookie), { ...cookie, lastAccess: moment.now });
  }
  const pairs = list.map((cookie) => `${cookie.name}=${cookie.value}`);
  return { value: pairs.length === 0 ? undefined : pairs.join('; '), cookies: list, verdicts };
}

/** Step 1: the first requirement that the cookie does not meet. */
function objectionTo(cookie: Cookie, moment: CookieMoment, crossSite: boolean): Cause | undefined {
  const { host, path, context, policy } = moment;
  const { name } = cookie;
  if (cookie.hostOnly && host !== cookie.domain) {
    const why = `${name} is for the host ${cookie.domain} only, not for ${host}`;
    return { rule: COOKIE_RULES.hostOnly, why };
  }
  if (!domainMatch(host, cookie.domain)) {
    const why = `${name} is for ${cookie.domain}, and ${host} does not lie within`;
    return { rule: COOKIE_RULES.sendDomain, why };
  }
  if (!pathMatch(path, cookie.path)) {
    return { rule: COOKIE_RULES.sendPath, why: `${name} is for ${cookie.path}, not for ${path}` };
  }
  if (cookie.secureOnly && !isSecureScheme(context.uri.scheme)) {
    const why = `${name} is Secure and ${context.uri.scheme} is not`;
    return { rule: COOKIE_RULES.sendSecure, why };
  }
  if (cookie.httpOnly && context.api === 'non-HTTP') {
    return { rule: COOKIE_RULES.sendHttpOnly, why: `${name} is HttpOnly and a script asked` };
  }
  if (policy.profile === 'rfc6265' || !crossSite) return undefined;
  return sameSiteObjection(cookie, moment);
}

/** 6265bis §5.8.3 step 1, last requirement; the request is cross-site. */
function sameSiteObjection(cookie: Cookie, moment: CookieMoment): Cause | undefined {
  const { context, policy, now } = moment;
  const unmarked = cookie.sameSite === 'Default';
  const flag = unmarked ? policy.defaultSameSite : cookie.sameSite;
  if (flag === 'None') return undefined;
  const from = context.initiator?.host ?? '';
  const marked = unmarked ? 'SameSite=Lax by default' : `SameSite=${flag}`;
  const told = `${cookie.name} is ${marked} and a page of ${from} caused the request`;
  if (flag === 'Strict') return { rule: COOKIE_RULES.sendSameSite, why: told };
  if (context.api === 'non-HTTP' || context.topLevelNavigation !== true) {
    return { rule: COOKIE_RULES.sendSameSite, why: `${told}, which is no top-level navigation` };
  }
  const method = context.method ?? 'GET';
  if (isSafeMethod(method)) return undefined;
  const young = now - cookie.creation < LAX_ALLOWING_UNSAFE_MILLIS;
  if (unmarked && policy.laxAllowingUnsafe && young) return undefined;
  if (unmarked && policy.laxAllowingUnsafe) {
    const why = `${told} with ${method}, and the cookie is older than two minutes`;
    return { rule: COOKIE_RULES.laxAllowingUnsafe, why };
  }
  return { rule: COOKIE_RULES.sendSameSite, why: `${told} with ${method}, which is not safe` };
}
