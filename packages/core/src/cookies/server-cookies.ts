/** The server's side: RFC 6265 §4.1 writes Set-Cookie, §4.2 reads Cookie. */
import { CallError } from '../base/errors.ts';
import { trimWsp } from './trim-wsp.ts';

/** More pairs than a jar sends to one host; the rest of a hostile header is not read. */
export const MAX_COOKIE_PAIRS = 300;

export interface SetCookieAttributes {
  /** Whole seconds; 0 or less deletes the cookie. */
  readonly maxAge?: number;
  readonly domain?: string;
  readonly path?: string;
  readonly secure?: boolean;
  readonly httpOnly?: boolean;
  readonly sameSite?: 'Strict' | 'Lax' | 'None';
}

/**
 * The value of a Set-Cookie field in the well-behaved profile of RFC 6265 §4.1.1.
 * @throws CallError `invalid cookie` where a part cannot be written in that grammar.
 */
export function setCookieString(
  name: string,
  value: string,
  attributes: SetCookieAttributes = {},
): string {
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name)) {
    throw new CallError('invalid cookie', `the name ${JSON.stringify(name)} is no token`);
  }
  if (!/^(?:"[!#-+\--:<-[\]-~]*"|[!#-+\--:<-[\]-~]*)$/.test(value)) {
    throw new CallError('invalid cookie', `the value of ${name} holds a character to be encoded`);
  }
  const parts = [`${name}=${value}`];
  const { maxAge, domain, path, sameSite } = attributes;
  if (maxAge !== undefined && !Number.isSafeInteger(maxAge)) {
    throw new CallError('invalid cookie', `Max-Age of ${name} is no whole number of seconds`);
  }
  if (maxAge !== undefined) parts.push(`Max-Age=${maxAge}`);
  if (domain !== undefined) parts.push(`Domain=${checkedAttribute(name, domain)}`);
  if (path !== undefined) parts.push(`Path=${checkedAttribute(name, path)}`);
  if (attributes.secure === true) parts.push('Secure');
  if (attributes.httpOnly === true) parts.push('HttpOnly');
  if (sameSite !== undefined) parts.push(`SameSite=${sameSite}`);
  return parts.join('; ');
}

function checkedAttribute(name: string, value: string): string {
  if (/^[ -:<-~]*$/.test(value)) return value;
  throw new CallError('invalid cookie', `an attribute of ${name} holds ";" or a control character`);
}

/**
 * The pairs of a Cookie field in their order. Never throws; what has no "=" or no name is left out.
 * Where a name comes twice, the first is the one with the longer path or the greater age.
 */
export function parseCookieHeader(text: string): readonly (readonly [string, string])[] {
  const pairs: (readonly [string, string])[] = [];
  for (const part of text.split(';', MAX_COOKIE_PAIRS)) {
    const equals = part.indexOf('=');
    const name = equals < 0 ? '' : trimWsp(part.slice(0, equals));
    if (name !== '') pairs.push([name, trimWsp(part.slice(equals + 1))]);
  }
  return pairs;
}

/** The value of the first cookie of this name, or undefined. */
export function cookieValue(text: string | undefined, name: string): string | undefined {
  if (text === undefined) return undefined;
  return parseCookieHeader(text).find(([given]) => given === name)?.[1];
}
