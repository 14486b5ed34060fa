/**
 * cookies: HTTP State Management, RFC 6265, with SameSite, name prefixes and limits of its revision
 * (draft-ietf-httpbis-rfc6265bis). A file per algorithm, under the RFC's own name for it.
 *
 * Start reading at `cookie-jar.ts`, then `set-cookie-string.ts` (§5.2), `storage-model.ts` (§5.3)
 * and `cookie-header.ts` (§5.4). Each cookie that is refused, sent or withheld says why (`rules.ts`).
 * Deliberately absent: the public suffix list itself (`public-suffixes.ts` takes one), the mapping
 * tables of IDNA, partitioned cookies (CHIPS), and 6265bis's cookies without a name.
 */
export * from './canonicalized-host-name.ts';
export * from './civil-time.ts';
export { PLAIN_RFC6265_POLICY, type CookieContext, type CookiePolicy } from './cookie-context.ts';
export * from './cookie-date.ts';
export * from './cookie-header.ts';
export * from './cookie-jar-json.ts';
export * from './cookie-jar.ts';
export * from './cookie.ts';
export * from './default-path.ts';
export * from './domain-match.ts';
export * from './path-match.ts';
export * from './public-suffixes.ts';
export { MAX_COOKIES, MAX_COOKIES_PER_DOMAIN, type Eviction } from './remove-excess-cookies.ts';
export * from './rules.ts';
export * from './same-site.ts';
export * from './server-cookies.ts';
export * from './set-cookie-string.ts';
export type { StoreVerdict } from './storage-model.ts';
