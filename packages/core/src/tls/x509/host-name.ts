/** Whether a certificate is for a host (RFC 6125 §6.4, RFC 9525 §6). */
import { equalBytes } from '../../base/bytes.ts';
import type { Certificate } from './certificate.ts';
import { ipv4Octets } from './name.ts';

/** `host` is a host name or a dotted IPv4 address. The common name is never looked at. */
export function certificateNames(certificate: Certificate, host: string): boolean {
  const address = ipv4Octets(host);
  return certificate.extensions.alternativeNames.some((name) => {
    if (address !== undefined) return name.kind === 'ip' && equalBytes(name.octets, address);
    return name.kind === 'dns' && patternMatches(name.text, host);
  });
}

/** A wildcard stands for exactly one whole label, the leftmost, and never for a name at the top. */
export function patternMatches(pattern: string, host: string): boolean {
  const wanted = labels(host);
  const given = labels(pattern);
  if (wanted.length !== given.length || wanted.includes('')) return false;
  return given.every((label, i) => {
    const isWildcard = label === '*' && i === 0 && given.length > 2;
    return isWildcard || label === wanted[i];
  });
}

function labels(name: string): string[] {
  return name.toLowerCase().replace(/\.$/, '').split('.');
}
