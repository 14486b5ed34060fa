/** Internet addresses as people write them. */
import type { Ipv4Address } from './ipv4-packet.ts';

/** `10.0.0.1` for 0x0a000001. */
export function dottedAddress(address: Ipv4Address): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

const DECIMAL_OCTET = /^(?:0|[1-9][0-9]{0,2})$/;

/** The inverse of `dottedAddress`. Undefined for anything but four decimal octets without leading zeros. */
export function parseAddress(text: string): Ipv4Address | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let address = 0;
  for (const part of parts) {
    if (!DECIMAL_OCTET.test(part) || Number(part) > 255) return undefined;
    address = address * 256 + Number(part);
  }
  return address;
}
