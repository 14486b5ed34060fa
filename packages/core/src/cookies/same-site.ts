/** Same-site and cross-site requests, draft-ietf-httpbis-rfc6265bis §5.2. */
import { canonicalizedHostName } from './canonicalized-host-name.ts';
import { registrableDomain, type PublicSuffixes } from './public-suffixes.ts';

/** Who speaks: the scheme and host of a document or a request. */
export interface SchemeAndHost {
  /** Lower case, e.g. `https`. */
  readonly scheme: string;
  readonly host: string;
}

/** Whether both belong to one site: the same scheme and the same registrable domain. */
export function sameSite(a: SchemeAndHost, b: SchemeAndHost, suffixes: PublicSuffixes): boolean {
  const site = ({ host }: SchemeAndHost): string =>
    registrableDomain(canonicalizedHostName(host), suffixes);
  return isSecureScheme(a.scheme) === isSecureScheme(b.scheme) && site(a) === site(b);
}

/** RFC 6265 §5.4: which protocols count as secure is the user agent's choice; ours are those on TLS. */
export function isSecureScheme(scheme: string): boolean {
  return scheme === 'https' || scheme === 'wss';
}

/** RFC 9110 §9.2.1: methods that ask for nothing to be changed. */
export function isSafeMethod(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS' || method === 'TRACE';
}
