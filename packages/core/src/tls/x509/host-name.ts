/** Whether a certificate is for a host (RFC 6125 §6.4, RFC 9525 §6). */
import { equalBytes } from '../../base/bytes.ts';
import { addressOctets } from './address.ts';
import type { Certificate } from './certificate.ts';

/** `host` is a host name or an IPv4 or IPv6 address. The common name is never looked at. */
export function certificateNames(certificate: Certificate, host: string): boolean {
  const address = addressOctets(host);
  return certificate.extensions.alternativeNames.some((name) => {
    if (address !== undefined) return name.kind === 'ip' && equalBytes(name.octets, address);
    return name.kind === 'dns' && patternMatches(name.text, host);
  });
}

/**
 * A wildcard stands for exactly one whole label, the leftmost, and never for a name at the top. A dot
 * at the end makes the host absolute; a name in a certificate has none (RFC 5280 §4.2.1.6).
 */
export function patternMatches(pattern: string, host: string): boolean {
  const wanted = host.toLowerCase().replace(/\.$/, '').split('.');
  const given = pattern.toLowerCase().split('.');
  if (wanted.length !== given.length || wanted.includes('')) return false;
  return given.every((label, i) => {
    const isWildcard = label === '*' && i === 0 && given.length > 2;
    return isWildcard || label === wanted[i];
  });
}
