/** The way to an origin: requests with the same route may share connections. */
import { originOf, type Url } from '../../base/url.ts';
import type { HttpHeaders } from '../../http/index.ts';

export interface ProxyHop {
  readonly url: Url;
  /** For the proxy alone, e.g. Proxy-Authorization. */
  readonly headers: HttpHeaders;
}

export interface Route {
  /** Equal for equal routes. It may hold credentials: never to be shown. */
  readonly key: string;
  /** For people. */
  readonly name: string;
  /** The origin. */
  readonly host: string;
  readonly port: number;
  /** TLS to the origin. */
  readonly secure: boolean;
  readonly proxy: ProxyHop | undefined;
}

export function routeTo(url: Url, proxy: ProxyHop | undefined): Route {
  const secure = url.scheme === 'https' || url.scheme === 'wss';
  const { host, port } = url;
  const origin = originOf({ ...url, scheme: secure ? 'https' : 'http' });
  if (proxy === undefined) return { key: origin, name: origin, host, port, secure, proxy };
  const hop = originOf(proxy.url);
  // A proxy that is asked in absolute form takes requests to all origins over one connection; but
  // never with another program's credentials.
  const name = secure ? `${origin} through ${hop}` : `proxy ${hop}`;
  const key = `${name} ${proxy.headers.get('proxy-authorization') ?? ''}`;
  return { key, name, host, port, secure, proxy };
}

/** Whether requests on this route go to the proxy in absolute form (RFC 9112 §3.2.2). */
export function usesAbsoluteForm(route: Route): boolean {
  return route.proxy !== undefined && !route.secure;
}
