/** A jar as text, so that a program can keep it from one run to the next. */
import { CallError } from '../base/errors.ts';
import type { Json } from '../base/program-host.ts';
import type { Micros } from '../base/time.ts';
import type { Cookie } from './cookie.ts';
import { CookieJar, type CookieJarOptions } from './cookie-jar.ts';

export const COOKIE_JAR_FORMAT = 'tcplab-cookies/1';

const FIELDS = {
  name: 'string',
  value: 'string',
  domain: 'string',
  path: 'string',
  hostOnly: 'boolean',
  secureOnly: 'boolean',
  httpOnly: 'boolean',
  persistent: 'boolean',
  sameSite: 'string',
  expiry: 'number',
  creation: 'number',
  order: 'number',
  lastAccess: 'number',
} as const satisfies Record<keyof Cookie, string>;

/** All cookies that have not expired, those of the session included, as JSON text. */
export function cookieJarToJson(jar: CookieJar, now: Micros): string {
  return JSON.stringify({ format: COOKIE_JAR_FORMAT, cookies: jar.cookies(now) });
}

/**
 * A jar with the cookies of a text that `cookieJarToJson` made.
 * @throws CallError `invalid cookie jar` naming the cookie and the field that is wrong.
 */
export function cookieJarFromJson(
  text: string,
  options: Omit<CookieJarOptions, 'cookies'> = {},
): CookieJar {
  let parsed: Json;
  try {
    parsed = JSON.parse(text) as Json;
  } catch {
    throw new CallError('invalid cookie jar', 'the text is no JSON');
  }
  const { format, cookies } = recordOf(parsed, 'the jar');
  if (format !== COOKIE_JAR_FORMAT) {
    throw new CallError('invalid cookie jar', `expected format ${COOKIE_JAR_FORMAT}`);
  }
  if (!Array.isArray(cookies)) throw new CallError('invalid cookie jar', 'cookies is no list');
  return new CookieJar({ ...options, cookies: (cookies as Json[]).map(cookieOf) });
}

function cookieOf(json: Json, index: number): Cookie {
  const record = recordOf(json, `cookie ${index}`);
  const cookie: { [field: string]: Json } = {};
  for (const [field, type] of Object.entries(FIELDS)) {
    const value = record[field];
    if (value === undefined || !isGood(value, type)) {
      throw new CallError('invalid cookie jar', `cookie ${index}: ${field} is no good ${type}`);
    }
    cookie[field] = value;
  }
  if (!['Strict', 'Lax', 'None', 'Default'].includes(cookie['sameSite'] as string)) {
    throw new CallError('invalid cookie jar', `cookie ${index}: sameSite is unknown`);
  }
  return cookie as unknown as Cookie;
}

/** Control characters would let a changed file write header fields of its own. */
function isGood(value: Json, type: string): boolean {
  if (typeof value !== type) return false;
  if (type === 'number') return Number.isSafeInteger(value);
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  return type !== 'string' || !/[\x00-\x08\x0a-\x1f\x7f]/.test(value as string);
}

function recordOf(json: Json, what: string): { readonly [key: string]: Json } {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) {
    return json as { readonly [key: string]: Json };
  }
  throw new CallError('invalid cookie jar', `${what} is no object`);
}
