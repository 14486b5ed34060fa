/** RFC 6265 §5.2.1–5.2.6 and SameSite: what each attribute of a Set-Cookie field means. */
import type { Cause } from '../base/cause.ts';
import { EARLIEST_DATE, LATEST_DATE, type EpochMillis } from './civil-time.ts';
import { parseCookieDate } from './cookie-date.ts';
import type { SameSiteFlag } from './cookie.ts';
import { COOKIE_RULES } from './rules.ts';

/**
 * The cookie-attribute-list. The storage model takes the last attribute of each name, so the last
 * one written here is all there is to keep.
 */
export interface CookieAttributes {
  /** The expiry-time that Expires gave. */
  expires?: EpochMillis;
  /** The expiry-time that Max-Age gave. */
  maxAge?: EpochMillis;
  /** Lower case, without a leading dot; may be empty. */
  domain?: string;
  /** Empty where the default-path is to be taken. */
  path?: string;
  secure?: true;
  httpOnly?: true;
  sameSite?: SameSiteFlag;
}

/**
 * Takes one attribute into the list.
 * @returns why it was ignored, or undefined when it was taken.
 */
export function processAttribute(
  list: CookieAttributes,
  attribute: { readonly name: string; readonly value: string },
  now: EpochMillis,
): Cause | undefined {
  const { value } = attribute;
  switch (attribute.name.toLowerCase()) {
    case 'expires':
      return expires(list, value);
    case 'max-age':
      return maxAge(list, value, now);
    case 'domain':
      return domain(list, value);
    case 'path':
      // §5.2.4: what is no absolute path stands for the default-path.
      list.path = value.startsWith('/') ? value : '';
      return undefined;
    case 'secure':
      list.secure = true;
      return undefined;
    case 'httponly':
      list.httpOnly = true;
      return undefined;
    case 'samesite':
      return sameSite(list, value);
    default:
      return ignored(
        'unknownAttribute',
        `no attribute has the name ${attribute.name.slice(0, 40)}`,
      );
  }
}

/** §5.2.1. */
function expires(list: CookieAttributes, value: string): Cause | undefined {
  const moment = parseCookieDate(value);
  if (moment === undefined) return ignored('expires', 'the value of Expires is no date');
  list.expires = moment;
  return undefined;
}

/** §5.2.2. Seconds beyond the last representable date stop there. */
function maxAge(list: CookieAttributes, value: string, now: EpochMillis): Cause | undefined {
  if (!/^-?\d+$/.test(value)) return ignored('maxAge', 'the value of Max-Age is no whole number');
  const seconds = Number(value);
  list.maxAge = seconds <= 0 ? EARLIEST_DATE : Math.min(LATEST_DATE, now + seconds * 1_000);
  return undefined;
}

/** §5.2.3. */
function domain(list: CookieAttributes, value: string): Cause | undefined {
  if (value === '') return ignored('domainAttribute', 'the value of Domain is empty');
  list.domain = (value.startsWith('.') ? value.slice(1) : value).toLowerCase();
  return undefined;
}

/** 6265bis §5.6.7. */
function sameSite(list: CookieAttributes, value: string): Cause | undefined {
  const known = (['Strict', 'Lax', 'None'] as const).find(
    (flag) => flag.toLowerCase() === value.toLowerCase(),
  );
  list.sameSite = known ?? 'Default';
  if (known !== undefined) return undefined;
  return ignored('sameSiteAttribute', 'the value of SameSite is none of Strict, Lax, None');
}

function ignored(rule: keyof typeof COOKIE_RULES, why: string): Cause {
  return { rule: COOKIE_RULES[rule], why };
}
