/** RFC 6265 §5.1.3. */

/** Whether `host` domain-matches `domain`; both are canonicalized already. */
export function domainMatch(host: string, domain: string): boolean {
  if (host === domain) return true;
  return host.endsWith(`.${domain}`) && domain !== '' && !isIpAddress(host);
}

/** Whether a host is an address and no name: dotted IPv4, or IPv6 with or without brackets. */
export function isIpAddress(host: string): boolean {
  return host.includes(':') || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(host);
}
