/** Where a data connection goes, as PORT, PASV, EPRT and EPSV write it (RFC 959 §5.3.2, RFC 2428). */
import type { StreamEnd } from '../base/byte-stream.ts';
import { isIpv4, isIpv6 } from '../base/host-name.ts';

/** Network protocols of RFC 2428 §2. */
export const IPV4_PROTOCOL = '1';
export const IPV6_PROTOCOL = '2';

/** `10,0,0,1,195,80` */
export function formatHostPort({ address, port }: StreamEnd): string {
  return `${address.split('.').join(',')},${port >> 8},${port & 255}`;
}

/** Six decimal octets; undefined for anything else. */
export function parseHostPort(text: string): StreamEnd | undefined {
  const parts = text.split(',');
  if (parts.length !== 6 || !parts.every((part) => /^\d{1,3}$/.test(part.trim()))) {
    return undefined;
  }
  const octets = parts.map(Number);
  if (octets.some((octet) => octet > 255)) return undefined;
  const port = octets[4]! * 256 + octets[5]!;
  return port === 0 ? undefined : { address: octets.slice(0, 4).join('.'), port };
}

/** The address in the text of a 227 reply: the RFC fixes the digits and commas, not what surrounds them. */
export function hostPortOfPasv(text: string): StreamEnd | undefined {
  const match = /\d{1,3}(?:,\d{1,3}){5}/.exec(text);
  return match === null ? undefined : parseHostPort(match[0]);
}

/** `|1|10.0.0.1|50000|` */
export function formatExtended({ address, port }: StreamEnd): string {
  const protocol = isIpv4(address) ? IPV4_PROTOCOL : IPV6_PROTOCOL;
  return `|${protocol}|${address}|${port}|`;
}

/** The argument of EPRT; `protocol` when that is none we know; undefined when it is malformed. */
export function parseExtended(text: string): StreamEnd | 'protocol' | undefined {
  const delimiter = text[0] ?? '';
  if (!/^[!-~]$/.test(delimiter) || /\d/.test(delimiter)) return undefined;
  const [before, protocol, address, digits, after, ...more] = text.split(delimiter);
  if (before !== '' || after !== '' || more.length > 0) return undefined;
  const port = portOf(digits);
  if (!/^\d{1,5}$/.test(protocol ?? '') || address === undefined || port === undefined) {
    return undefined;
  }
  if (protocol !== IPV4_PROTOCOL && protocol !== IPV6_PROTOCOL) return 'protocol';
  const valid = protocol === IPV4_PROTOCOL ? isIpv4(address) : isIpv6(address);
  return valid ? { address, port } : undefined;
}

/** The port in the text of a 229 reply, `(|||6446|)`. */
export function portOfEpsv(text: string): number | undefined {
  const match = /\(([!-~])\1\1(\d{1,5})\1\)/.exec(text);
  return portOf(match?.[2]);
}

function portOf(digits: string | undefined): number | undefined {
  const port = /^\d{1,5}$/.test(digits ?? '') ? Number(digits) : 0;
  return port >= 1 && port <= 65_535 ? port : undefined;
}
