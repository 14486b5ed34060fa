/**
 * URLs of the schemes this project speaks, RFC 3986. The core has no platform's URL class, and needs
 * less: http, https, ws, wss and ftp, always with a host, always in canonical form once parsed.
 *
 * Deliberately absent: other schemes, internationalized names, backslashes and tabs as browsers
 * forgive them.
 */
import { CallError } from './errors.ts';
import { hostProblem } from './host-name.ts';
import { percentDecode, percentEncode, requote } from './percent.ts';

/** Longer texts are refused unread. */
export const MAX_URL_LENGTH = 65_536;

const DEFAULT_PORTS = { http: 80, https: 443, ws: 80, wss: 443, ftp: 21 } as const;

export type UrlScheme = keyof typeof DEFAULT_PORTS;

/** A URL in canonical form: lower-case scheme and host, dot segments gone, bad characters encoded. */
export interface Url {
  readonly scheme: UrlScheme;
  /** Decoded; undefined where the URL names no user. */
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** A name or an address, lower case; IPv6 without its brackets. */
  readonly host: string;
  /** 1 … 65535; the scheme's own where the URL names none. */
  readonly port: number;
  /** Percent-encoded, begins with `/`. */
  readonly path: string;
  /** Percent-encoded, without `?`; undefined differs from empty. */
  readonly query: string | undefined;
  /** Percent-encoded, without `#`. Never sent to a server. */
  readonly fragment: string | undefined;
}

/** Why a text is no URL for us, in words for people. */
export interface UrlProblem {
  readonly problem: string;
}

/** @throws CallError `invalid URL` with what is wrong with it */
export function parseUrl(text: string): Url {
  return orThrow(readUrl(text), text);
}

/**
 * The URL that `reference` means when met in the document `base` (RFC 3986 §5.2): a redirect's target.
 * @throws CallError `invalid URL`
 */
export function resolveUrl(base: Url, reference: string): Url {
  return orThrow(readUrl(reference, base), reference);
}

/** Like `parseUrl` and `resolveUrl`, for texts that a peer sent: never throws. */
export function readUrl(text: string, base?: Url): Url | UrlProblem {
  if (text.length > MAX_URL_LENGTH) return { problem: `longer than ${MAX_URL_LENGTH} characters` };
  // A line break that survived into a request would end its header field: never repaired, refused.
  const control = /\p{Cc}/u.exec(text);
  if (control !== null) {
    return { problem: `control character ${JSON.stringify(control[0])} at ${control.index}` };
  }
  // RFC 3986 appendix B: this expression splits any text; what the parts hold is judged below.
  const parts =
    /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/u.exec(
      text,
    );
  if (parts === null) return { problem: 'not a URL' };
  const [, schemeText, authority, path = '', query, fragment] = parts;
  const scheme = schemeText === undefined ? base?.scheme : knownScheme(schemeText);
  if (scheme === undefined) {
    return {
      problem: schemeText === undefined ? 'the scheme is missing' : `unknown scheme ${schemeText}`,
    };
  }
  const quotedQuery = query === undefined ? undefined : requote(query, 'query');
  const quotedFragment = fragment === undefined ? undefined : requote(fragment, 'query');
  if (authority === undefined) {
    if (schemeText !== undefined || base === undefined)
      return { problem: `'//' and a host are missing` };
    return { ...base, ...relativePath(base, path, quotedQuery), fragment: quotedFragment };
  }
  const ends = readAuthority(authority, scheme);
  if ('problem' in ends) return ends;
  return {
    scheme,
    ...ends,
    path: canonicalPath(path),
    query: quotedQuery,
    fragment: quotedFragment,
  };
}

/** The URL as text; `fragment: false` leaves the fragment out, `credentials: false` the user. */
export function formatUrl(
  url: Url,
  options: { readonly fragment?: boolean; readonly credentials?: boolean } = {},
): string {
  const user = options.credentials === false ? '' : formatUser(url);
  const fragment =
    options.fragment === false || url.fragment === undefined ? '' : `#${url.fragment}`;
  return `${url.scheme}://${user}${authorityOf(url)}${pathAndQuery(url)}${fragment}`;
}

/** Host and, where it is not the scheme's own, port: the value of a Host header (RFC 9110 §7.2). */
export function authorityOf(url: Pick<Url, 'scheme' | 'host' | 'port'>): string {
  const host = url.host.includes(':') ? `[${url.host}]` : url.host;
  return url.port === DEFAULT_PORTS[url.scheme] ? host : `${host}:${url.port}`;
}

/** Path and query: a request's target in origin form (RFC 9112 §3.2.1). */
export function pathAndQuery(url: Url): string {
  return url.query === undefined ? url.path : `${url.path}?${url.query}`;
}

/** Scheme, host and port: two URLs with the same are of one origin (RFC 6454 §4). */
export function originOf(url: Url): string {
  return `${url.scheme}://${authorityOf(url)}`;
}

/** The port that a scheme means when a URL names none. */
export function defaultPort(scheme: UrlScheme): number {
  return DEFAULT_PORTS[scheme];
}

function orThrow(result: Url | UrlProblem, text: string): Url {
  if (!('problem' in result)) return result;
  const shown = text.length > 100 ? `${text.slice(0, 100)}…` : text;
  throw new CallError('invalid URL', `${result.problem} in ${JSON.stringify(shown)}`);
}

function knownScheme(text: string): UrlScheme | undefined {
  const scheme = text.toLowerCase();
  return Object.hasOwn(DEFAULT_PORTS, scheme) ? (scheme as UrlScheme) : undefined;
}

function readAuthority(
  authority: string,
  scheme: UrlScheme,
): Pick<Url, 'username' | 'password' | 'host' | 'port'> | UrlProblem {
  const at = authority.lastIndexOf('@');
  const user = at < 0 ? undefined : authority.slice(0, at);
  // Programs that split at the first and at the last `@` would name two hosts.
  if (user?.includes('@') === true)
    return { problem: `an '@' in the user name must be written %40` };
  const place = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/u.exec(authority.slice(at + 1));
  if (place === null) return { problem: 'host and port cannot be told apart' };
  const [, hostText = '', portText = ''] = place;
  const problem = hostProblem(hostText);
  if (problem !== undefined) return { problem };
  if (!/^\d{0,5}$/.test(portText)) return { problem: `${portText} is no port number` };
  const port = portText === '' ? DEFAULT_PORTS[scheme] : Number(portText);
  if (port < 1 || port > 65_535) return { problem: `port ${port} is not in 1 … 65535` };
  const host = hostText.replace(/^\[|\]$/g, '').toLowerCase();
  const colon = user?.indexOf(':') ?? -1;
  return {
    username:
      user === undefined ? undefined : percentDecode(colon < 0 ? user : user.slice(0, colon)),
    password: user === undefined || colon < 0 ? undefined : percentDecode(user.slice(colon + 1)),
    host,
    port,
  };
}

/** RFC 3986 §5.2.2, for a reference that has neither scheme nor authority. */
function relativePath(
  base: Url,
  path: string,
  query: string | undefined,
): Pick<Url, 'path' | 'query'> {
  if (path === '') return { path: base.path, query: query ?? base.query };
  if (path.startsWith('/')) return { path: canonicalPath(path), query };
  const folder = base.path.slice(0, base.path.lastIndexOf('/') + 1);
  return { path: canonicalPath(folder + path), query };
}

/** Requotes first, so that `%2e%2e` cannot hide from the removal of dot segments. */
function canonicalPath(path: string): string {
  return removeDotSegments(requote(path, 'path'));
}

/** RFC 3986 §5.2.4, on whole segments. The path begins with `/` or is empty. */
function removeDotSegments(path: string): string {
  const kept: string[] = [];
  const segments = path.split('/').slice(1);
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1;
    if (segment === '..') kept.pop();
    else if (segment !== '.') kept.push(segment);
    if (isLast && (segment === '.' || segment === '..')) kept.push('');
  }
  return `/${kept.join('/')}`;
}

function formatUser(url: Url): string {
  if (url.username === undefined) return '';
  const password = url.password === undefined ? '' : `:${percentEncode(url.password, 'userInfo')}`;
  return `${percentEncode(url.username, 'userInfo')}${password}@`;
}
