/** Who sends or receives a cookie, and in which situation. */
import { canonicalizedHostName } from './canonicalized-host-name.ts';
import type { EpochMillis } from './civil-time.ts';
import type { RequestUri } from './cookie.ts';
import { NO_PUBLIC_SUFFIXES, type PublicSuffixes } from './public-suffixes.ts';
import { sameSite, type SchemeAndHost } from './same-site.ts';
import type { CookieProfile } from './set-cookie-string.ts';

export interface CookieContext {
  readonly uri: RequestUri;
  /** `non-HTTP`: a script reads or writes cookies. @default 'HTTP' */
  readonly api?: 'HTTP' | 'non-HTTP';
  /** @default 'GET' */
  readonly method?: string;
  /** The page that causes the request. Absent: no other site takes part, as in a program's own requests. */
  readonly initiator?: SchemeAndHost;
  /** The request loads what the address bar shows, as a followed link does. @default false */
  readonly topLevelNavigation?: boolean;
}

/** How strictly a jar judges. */
export interface CookiePolicy {
  /** @default 'rfc6265bis' */
  readonly profile: CookieProfile;
  readonly publicSuffixes: PublicSuffixes;
  /** How a cookie without SameSite is treated. @default 'Lax' */
  readonly defaultSameSite: 'Lax' | 'None';
  /** Lax-allowing-unsafe: two minutes of grace for cookies without SameSite. @default false */
  readonly laxAllowingUnsafe: boolean;
  /** Longest life of a persistent cookie in seconds; 6265bis §5.5 recommends 400 days. @default none */
  readonly ageLimit: number | undefined;
}

/** RFC 6265 alone, without public suffixes: what other libraries implement. */
export const PLAIN_RFC6265_POLICY: CookiePolicy = {
  profile: 'rfc6265',
  publicSuffixes: NO_PUBLIC_SUFFIXES,
  defaultSameSite: 'None',
  laxAllowingUnsafe: false,
  ageLimit: undefined,
};

/** A context at one moment, with the host in its canonical spelling. */
export interface CookieMoment {
  readonly context: CookieContext;
  readonly host: string;
  readonly path: string;
  readonly now: EpochMillis;
  readonly policy: CookiePolicy;
}

export function cookieMoment(
  context: CookieContext,
  now: EpochMillis,
  policy: CookiePolicy,
): CookieMoment {
  const { uri } = context;
  const path = uri.path === '' ? '/' : uri.path;
  return { context, host: canonicalizedHostName(uri.host), path, now, policy };
}

/** 6265bis §5.2: a request that nobody else caused is same-site. */
export function isCrossSite({ context, policy }: CookieMoment): boolean {
  if (context.initiator === undefined) return false;
  return !sameSite(context.initiator, context.uri, policy.publicSuffixes);
}
