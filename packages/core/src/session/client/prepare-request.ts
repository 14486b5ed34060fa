/** From what the program asked to the exact message: target, fields and content. */
import { CallError } from '../../base/errors.ts';
import { authorityOf, formatUrl, originOf, pathAndQuery, type Url } from '../../base/url.ts';
import { HttpHeaders, withConnectionOption, type HttpVersion } from '../../http/index.ts';
import { authOfUrl, basicAuthorization, type BasicAuth } from './basic-auth.ts';
import type { PreparedRequest } from './http-exchange.ts';
import type { RequestBody } from './request-body.ts';
import { usesAbsoluteForm, type Route } from './route.ts';

export const USER_AGENT = 'tcplab';

/** What is to be asked next: the program's request, or what a redirection made of it. */
export interface Ask {
  readonly method: string;
  readonly url: Url;
  /** The program's own fields. */
  readonly headers: HttpHeaders;
  readonly body: RequestBody;
  readonly auth: BasicAuth | undefined;
}

export interface PrepareOptions {
  readonly version: HttpVersion;
  readonly forceClose: boolean;
  readonly chunked: boolean;
  readonly expect100: boolean;
  readonly acceptEncoding: boolean;
  /** Lower-case names of fields that are not to be made up. */
  readonly skip: ReadonlySet<string>;
  /** The value of Cookie, if any. */
  readonly cookie: string | undefined;
}

/** @throws CallError `invalid request` for contradictions, `invalid header field` */
export function prepareRequest(ask: Ask, route: Route, options: PrepareOptions): PreparedRequest {
  const { method, url, body } = ask;
  const { version } = options;
  const host = ask.headers.get('host') ?? authorityOf(url);
  // RFC 9110 §7.2: Host comes first.
  let headers = HttpHeaders.from([['Host', host], ...ask.headers.without('host').entries]);
  headers = withAutoHeaders(headers, ask, options);
  if (options.cookie !== undefined) headers = withCookie(headers, options.cookie);
  headers = withAuthorization(headers, ask);
  if (usesAbsoluteForm(route)) {
    for (const [name, value] of route.proxy!.headers.entries) headers = headers.with(name, value);
  }
  headers = withFraming(headers, ask, options);
  headers = withPersistence(headers, version, options.forceClose);
  const plain = { ...url, fragment: undefined };
  const target = usesAbsoluteForm(route)
    ? formatUrl(plain, { credentials: false })
    : pathAndQuery(plain);
  return { method, url, target, version, headers, body };
}

function withAutoHeaders(headers: HttpHeaders, ask: Ask, options: PrepareOptions): HttpHeaders {
  let all = headers;
  const auto = (name: string, value: string): void => {
    if (!options.skip.has(name.toLowerCase()) && !all.has(name)) all = all.adding(name, value);
  };
  auto('Accept', '*/*');
  if (options.acceptEncoding) auto('Accept-Encoding', 'gzip, deflate');
  auto('User-Agent', USER_AGENT);
  if (ask.body.kind !== 'none') auto('Content-Type', ask.body.contentType);
  return all;
}

/** RFC 6265 §5.4: never more than one Cookie field, so the program's own joins the jar's. */
function withCookie(headers: HttpHeaders, cookie: string): HttpHeaders {
  const own = headers.getAll('cookie');
  return headers.with('Cookie', [...own, cookie].join('; '));
}

function withAuthorization(headers: HttpHeaders, ask: Ask): HttpHeaders {
  const auth = ask.auth ?? authOfUrl(ask.url);
  if (auth === undefined) return headers;
  if (headers.has('authorization')) {
    throw new CallError('invalid request', 'both auth and an Authorization field are given');
  }
  return headers.adding('Authorization', basicAuthorization(auth));
}

/** RFC 9112 §6: the length where it is known, chunks where it is not. */
function withFraming(headers: HttpHeaders, ask: Ask, options: PrepareOptions): HttpHeaders {
  const { body, method } = ask;
  if (headers.has('content-length') || headers.has('transfer-encoding')) {
    throw new CallError('invalid request', 'the session frames the content: give data instead');
  }
  let all = headers;
  if (options.expect100 && body.kind !== 'none') all = all.with('Expect', '100-continue');
  if (body.kind === 'chunks' || (body.kind === 'whole' && options.chunked)) {
    if (options.version === '1.0') {
      throw new CallError('invalid request', 'HTTP/1.0 has no chunks: the length must be known');
    }
    return all.adding('Transfer-Encoding', 'chunked');
  }
  if (body.kind === 'whole') return all.adding('Content-Length', String(body.content.length));
  // RFC 9110 §8.6: a method that expects content says that there is none.
  const expects = method === 'POST' || method === 'PUT' || method === 'PATCH';
  return expects ? all.adding('Content-Length', '0') : all;
}

/** RFC 9112 §9.3: only what differs from the version's default needs to be said. */
function withPersistence(
  headers: HttpHeaders,
  version: HttpVersion,
  forceClose: boolean,
): HttpHeaders {
  if (forceClose) return withConnectionOption(headers, 'close');
  return version === '1.0' ? withConnectionOption(headers, 'keep-alive') : headers;
}

/** The same origin: scheme, host and port. */
export function sameOrigin(a: Url, b: Url): boolean {
  return originOf(a) === originOf(b);
}
