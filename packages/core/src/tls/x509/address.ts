/** Addresses as text, where a host name could stand: IPv4 in dots, IPv6 in colons (RFC 4291 §2.2). */
import { ipv6Bytes } from '../../base/ipv6-text.ts';

/** The four octets of a dotted IPv4 address; undefined when the text is none. */
export function ipv4Octets(text: string): Uint8Array | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) {
    return undefined;
  }
  return Uint8Array.from(parts, Number);
}

/** Whether the text can be no host name: an IPv4 address, or an IPv6 one in colons. */
export function isAddress(text: string): boolean {
  return ipv4Octets(text) !== undefined || text.includes(':');
}

/** The octets of an address of either kind; undefined when the text is none. */
export function addressOctets(text: string): Uint8Array | undefined {
  return text.includes(':') ? ipv6Bytes(text) : ipv4Octets(text);
}
