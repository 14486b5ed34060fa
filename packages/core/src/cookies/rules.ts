/** What RFC 6265 and its revision (draft-ietf-httpbis-rfc6265bis) ask of a user agent. */
import type { Rule } from '../base/cause.ts';

const BIS = 'draft-ietf-httpbis-rfc6265bis';

function rule(id: string, rfc: string, level: Rule['level'], text: string): Rule {
  return { id, rfc, level, text };
}

export const COOKIE_RULES = {
  syntax: rule(
    'CK-SYNTAX',
    'RFC 6265 §5.2',
    'MUST',
    'A Set-Cookie value begins with name=value, and the name is not empty.',
  ),
  controlCharacters: rule(
    'CK-CTL',
    `${BIS} §5.6`,
    'MUST',
    'A Set-Cookie value with a control character other than a tab is ignored.',
  ),
  size: rule(
    'CK-SIZE',
    `${BIS} §5.6`,
    'MUST',
    'Name and value together are at most 4,096 octets; a larger cookie is ignored.',
  ),
  attributeSize: rule(
    'CK-AV-SIZE',
    `${BIS} §5.6`,
    'MUST',
    'An attribute value longer than 1,024 octets is ignored, the cookie is not.',
  ),
  expires: rule(
    'CK-EXPIRES',
    'RFC 6265 §5.1.1, §5.2.1',
    'MUST',
    'Expires gives the date of expiry, read token by token in any order; a value that is no date is ignored.',
  ),
  maxAge: rule(
    'CK-MAX-AGE',
    'RFC 6265 §5.2.2',
    'MUST',
    'Max-Age gives the seconds until expiry and wins over Expires; zero or less expires at once.',
  ),
  domainAttribute: rule(
    'CK-DOMAIN-AV',
    'RFC 6265 §5.2.3',
    'SHOULD',
    'An empty Domain attribute is ignored; one leading dot does not count.',
  ),
  sameSiteAttribute: rule(
    'CK-SAMESITE-AV',
    `${BIS} §5.6.7`,
    'MUST',
    'SameSite is Strict, Lax or None; any other value means the default enforcement.',
  ),
  unknownAttribute: rule(
    'CK-AV-UNKNOWN',
    'RFC 6265 §5.2',
    'MUST',
    'An attribute with an unknown name is ignored, the cookie is not.',
  ),
  publicSuffix: rule(
    'CK-SUFFIX',
    'RFC 6265 §5.3 step 5',
    'SHOULD',
    'A Domain attribute that is a public suffix is refused, unless the host is that suffix itself.',
  ),
  domainMatch: rule(
    'CK-DOMAIN',
    'RFC 6265 §5.3 step 6',
    'MUST',
    'The request host must domain-match the Domain attribute.',
  ),
  setSecure: rule(
    'CK-SET-SECURE',
    `${BIS} §5.7 step 12`,
    'MUST',
    'A Secure cookie is accepted only over a secure protocol.',
  ),
  setHttpOnly: rule(
    'CK-SET-HTTPONLY',
    'RFC 6265 §5.3 steps 10 and 11.2',
    'MUST',
    'A non-HTTP API may neither set nor replace a cookie that is HttpOnly.',
  ),
  leaveSecureAlone: rule(
    'CK-LEAVE-SECURE',
    `${BIS} §5.7 step 15`,
    'MUST',
    'An insecure response may not shadow or replace a Secure cookie of the same name.',
  ),
  setSameSite: rule(
    'CK-SET-SAMESITE',
    `${BIS} §5.7 step 17`,
    'MUST',
    'A cross-site response sets only SameSite=None cookies, except when it is a top-level navigation.',
  ),
  noneNeedsSecure: rule(
    'CK-NONE-SECURE',
    `${BIS} §5.7 step 18`,
    'MUST',
    'SameSite=None without Secure is refused.',
  ),
  securePrefix: rule(
    'CK-PREFIX-SECURE',
    `${BIS} §5.7 step 19`,
    'MUST',
    'A name that begins with __Secure- needs the Secure attribute.',
  ),
  hostPrefix: rule(
    'CK-PREFIX-HOST',
    `${BIS} §5.7 step 20`,
    'MUST',
    'A name that begins with __Host- needs Secure, Path=/ and no Domain attribute.',
  ),
  store: rule(
    'CK-STORE',
    'RFC 6265 §5.3 step 12',
    'MUST',
    'A cookie that passes every check is inserted into the store.',
  ),
  replace: rule(
    'CK-REPLACE',
    'RFC 6265 §5.3 step 11',
    'MUST',
    'A cookie with the same name, domain and path replaces the old one and keeps its creation time.',
  ),
  expired: rule(
    'CK-EXPIRED',
    'RFC 6265 §5.3',
    'MUST',
    'Expired cookies are evicted; setting a date in the past is how a server deletes a cookie.',
  ),
  excess: rule(
    'CK-EXCESS',
    'RFC 6265 §5.3',
    'MUST',
    'Excess cookies go in order: expired, then of crowded domains, then any; the least recently used first.',
  ),
  sessionOver: rule(
    'CK-SESSION-OVER',
    'RFC 6265 §5.3',
    'MUST',
    'When the session is over, cookies without Max-Age and Expires are removed.',
  ),
  hostOnly: rule(
    'CK-HOST-ONLY',
    'RFC 6265 §5.4 step 1',
    'MUST',
    'A cookie without a Domain attribute goes only to the very host that set it.',
  ),
  sendDomain: rule(
    'CK-SEND-DOMAIN',
    'RFC 6265 §5.4 step 1',
    'MUST',
    'A cookie goes to hosts that domain-match its domain.',
  ),
  sendPath: rule(
    'CK-SEND-PATH',
    'RFC 6265 §5.4 step 1',
    'MUST',
    'A cookie goes to paths that path-match its path.',
  ),
  sendSecure: rule(
    'CK-SEND-SECURE',
    'RFC 6265 §5.4 step 1',
    'MUST',
    'A Secure cookie goes only over a secure protocol.',
  ),
  sendHttpOnly: rule(
    'CK-SEND-HTTPONLY',
    'RFC 6265 §5.4 step 1',
    'MUST',
    'An HttpOnly cookie is hidden from non-HTTP APIs such as scripts.',
  ),
  sendSameSite: rule(
    'CK-SEND-SAMESITE',
    `${BIS} §5.8.3 step 1`,
    'MUST',
    'A cross-site request carries SameSite=None cookies, and Lax ones in a top-level navigation with a safe method.',
  ),
  laxAllowingUnsafe: rule(
    'CK-LAX-UNSAFE',
    `${BIS} §5.6.7.2`,
    'MAY',
    'A cookie without SameSite may for two minutes accompany a top-level navigation with an unsafe method.',
  ),
  send: rule(
    'CK-SEND',
    'RFC 6265 §5.4',
    'MUST',
    'Every cookie that meets all requirements is sent, longer paths first, then the older first.',
  ),
} as const satisfies Record<string, Rule>;
