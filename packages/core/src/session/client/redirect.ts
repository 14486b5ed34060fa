/** RFC 9110 §15.4: where a redirection leads, and with which method. */
import { latin1Bytes } from '../../base/bytes.ts';
import type { Cause } from '../../base/cause.ts';
import { originOf, readUrl, type Url } from '../../base/url.ts';
import { utf8Text } from '../../base/utf8.ts';
import type { HttpHeaders } from '../../http/index.ts';
import { CLIENT_RULES } from './rules.ts';

/** Redirections that are followed. 300 and 304 name no new place to ask by themselves. */
export function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

/** The method of the next request, and whether the content goes with it. */
export function redirectedMethod(
  status: number,
  method: string,
): { readonly method: string; readonly keepsContent: boolean; readonly cause: Cause } {
  // §15.4.4: 303 asks for GET, except where HEAD was asked. §15.4.2 and 3: 301 and 302 turn POST to GET.
  const toGet = status === 303 ? method !== 'HEAD' : status < 303 && method === 'POST';
  if (toGet) {
    const why = `${status} to ${method} is followed with GET`;
    return { method: 'GET', keepsContent: false, cause: { rule: CLIENT_RULES.redirectToGet, why } };
  }
  const rule = status >= 307 ? CLIENT_RULES.redirectSame : CLIENT_RULES.redirect;
  const why = `${status} to ${method} is followed with ${method}`;
  return { method, keepsContent: status !== 303, cause: { rule, why } };
}

/**
 * The place that Location names, seen from the URL that was asked; its own user name and password
 * are dropped, for the server that redirects has none to give. Undefined where it is none of HTTP.
 * @param requote false: keep the path as the server wrote it, where it may be sent so.
 */
export function redirectTarget(url: Url, field: string, requote: boolean): Url | undefined {
  // Servers that forget to encode send UTF-8; a field has a character per octet.
  const location = utf8Text(latin1Bytes(field));
  const target = readUrl(location, url);
  if ('problem' in target || (target.scheme !== 'http' && target.scheme !== 'https')) {
    return undefined;
  }
  // §10.2.2: a Location without a fragment inherits that of the URL which led here.
  const fragment = location.includes('#') ? target.fragment : url.fragment;
  const same = originOf(target) === originOf(url);
  const user = same
    ? { username: url.username, password: url.password }
    : { username: undefined, password: undefined };
  const raw = requote ? {} : rawPath(location);
  return { ...target, ...user, fragment, ...raw };
}

/** Path and query exactly as in an absolute or rooted Location. */
function rawPath(location: string): Partial<Pick<Url, 'path' | 'query'>> {
  const parts = /^(?:[a-z][a-z0-9+.-]*:)?(?:\/\/[^/?#]*)?(\/[!-~]*)$/i.exec(
    location.split('#')[0]!,
  );
  if (parts === null) return {};
  const [path, query] = splitOnce(parts[1]!, '?');
  return { path, query };
}

function splitOnce(text: string, separator: string): readonly [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/** §15.4: fields that were meant for one origin alone. */
const SECRET_FIELDS = ['authorization', 'cookie', 'proxy-authorization', 'origin', 'referer'];
/** §15.4: fields that describe content which is not sent any more. */
const CONTENT_FIELDS = [
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-type',
  'digest',
  'expect',
  'last-modified',
  'transfer-encoding',
];

export function withoutSecrets(headers: HttpHeaders): HttpHeaders {
  return withoutFields(headers, SECRET_FIELDS);
}

export function withoutContentFields(headers: HttpHeaders): HttpHeaders {
  return withoutFields(headers, CONTENT_FIELDS);
}

function withoutFields(headers: HttpHeaders, names: readonly string[]): HttpHeaders {
  let rest = headers;
  for (const name of names) rest = rest.without(name);
  return rest;
}
