/** Cookie name prefixes, draft-ietf-httpbis-rfc6265bis §5.7 steps 19 and 20. */
import type { Cause } from '../base/cause.ts';
import { COOKIE_RULES } from './rules.ts';

export interface PrefixedCookie {
  readonly name: string;
  readonly secureOnly: boolean;
  readonly hostOnly: boolean;
  /** The Path attribute as it was given, if it was. */
  readonly pathAttribute: string | undefined;
}

/** Why the promises that the name's prefix makes are broken; undefined when they are kept. */
export function brokenPrefix(cookie: PrefixedCookie): Cause | undefined {
  const name = cookie.name.toLowerCase();
  if (name.startsWith('__secure-') && !cookie.secureOnly) {
    return { rule: COOKIE_RULES.securePrefix, why: `${cookie.name} was set without Secure` };
  }
  if (!name.startsWith('__host-')) return undefined;
  const missing: string[] = [];
  if (!cookie.secureOnly) missing.push('without Secure');
  if (!cookie.hostOnly) missing.push('with a Domain attribute');
  if (cookie.pathAttribute !== '/') missing.push('without Path=/');
  if (missing.length === 0) return undefined;
  return {
    rule: COOKIE_RULES.hostPrefix,
    why: `${cookie.name} was set ${missing.join(' and ')}`,
  };
}
