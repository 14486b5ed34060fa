/** RFC 6265 §5.2: how a user agent reads the value of a Set-Cookie field. */
import type { Cause } from '../base/cause.ts';
import type { EpochMillis } from './civil-time.ts';
import { processAttribute, type CookieAttributes } from './cookie-attributes.ts';
import { COOKIE_RULES } from './rules.ts';
import { trimWsp } from './trim-wsp.ts';

/** Octets of name and value together, draft-ietf-httpbis-rfc6265bis §5.6. */
export const MAX_NAME_VALUE_OCTETS = 4_096;
/** Octets of one attribute's value, ibid. */
export const MAX_ATTRIBUTE_OCTETS = 1_024;

/** Which text judges: RFC 6265 of 2011 alone, or with what its revision adds. */
export type CookieProfile = 'rfc6265' | 'rfc6265bis';

export interface ParsedSetCookie {
  readonly name: string;
  readonly value: string;
  readonly attributes: CookieAttributes;
  /** Attributes that were ignored, each with its reason. */
  readonly ignored: readonly Cause[];
}

export type SetCookieResult =
  | { readonly ok: true; readonly cookie: ParsedSetCookie }
  | { readonly ok: false; readonly cause: Cause };

/**
 * Reads a set-cookie-string. Never throws.
 * @param text the field value, one character per octet.
 * @param now counts Max-Age from here.
 */
export function parseSetCookie(
  text: string,
  now: EpochMillis,
  profile: CookieProfile = 'rfc6265bis',
): SetCookieResult {
  const bis = profile === 'rfc6265bis';
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  if (bis && /[\x00-\x08\x0a-\x1f\x7f]/.test(text)) {
    return refused('controlCharacters', 'the value holds a control character');
  }
  const semicolon = text.indexOf(';');
  const pair = semicolon < 0 ? text : text.slice(0, semicolon);
  const equals = pair.indexOf('=');
  // Deviation: 6265bis accepts a cookie without a name; RFC 6265 step 2 and 5 ignore it, as here.
  if (equals < 0) return refused('syntax', `"${shortened(pair)}" lacks "="`);
  const name = trimWsp(pair.slice(0, equals));
  const value = trimWsp(pair.slice(equals + 1));
  if (name === '') return refused('syntax', 'the name is empty');
  if (bis && name.length + value.length > MAX_NAME_VALUE_OCTETS) {
    const size = name.length + value.length;
    return refused(
      'size',
      `${shortened(name)} has ${size} octets, the limit is ${MAX_NAME_VALUE_OCTETS}`,
    );
  }
  const unparsed = semicolon < 0 ? [] : text.slice(semicolon + 1).split(';');
  return { ok: true, cookie: { name, value, ...parseAttributes(unparsed, now, bis) } };
}

function parseAttributes(
  unparsed: readonly string[],
  now: EpochMillis,
  bis: boolean,
): Pick<ParsedSetCookie, 'attributes' | 'ignored'> {
  const attributes: CookieAttributes = {};
  const ignored: Cause[] = [];
  for (const cookieAv of unparsed) {
    const equals = cookieAv.indexOf('=');
    const name = trimWsp(equals < 0 ? cookieAv : cookieAv.slice(0, equals));
    const value = equals < 0 ? '' : trimWsp(cookieAv.slice(equals + 1));
    if (name === '' && value === '') continue;
    if (bis && value.length > MAX_ATTRIBUTE_OCTETS) {
      const why = `${shortened(name)} has ${value.length} octets, the limit is ${MAX_ATTRIBUTE_OCTETS}`;
      ignored.push({ rule: COOKIE_RULES.attributeSize, why });
      continue;
    }
    const problem = processAttribute(attributes, { name, value }, now);
    if (problem !== undefined) ignored.push(problem);
  }
  return { attributes, ignored };
}

function refused(rule: keyof typeof COOKIE_RULES, why: string): SetCookieResult {
  return { ok: false, cause: { rule: COOKIE_RULES[rule], why } };
}

/** Peers choose these texts, notes must stay small. */
function shortened(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 40)}…`;
}
