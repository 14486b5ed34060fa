/** Addresses as text, where a host name could stand: IPv4 in dots, IPv6 in colons (RFC 4291 §2.2). */

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
  return text.includes(':') ? ipv6Octets(text) : ipv4Octets(text);
}

/** The sixteen octets, `::` written out, an IPv4 address as the last two groups. */
function ipv6Octets(text: string): Uint8Array | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [before, after] = halves.map((half, i) =>
    half === '' ? [] : groupOctets(half.split(':'), i === halves.length - 1),
  );
  if (before === undefined || (halves.length === 2 && after === undefined)) return undefined;
  if (after === undefined) return before.length === 16 ? Uint8Array.from(before) : undefined;
  const zeros = 16 - before.length - after.length;
  if (zeros < 2) return undefined;
  return Uint8Array.from([...before, ...Array.from({ length: zeros }, () => 0), ...after]);
}

function groupOctets(groups: readonly string[], isEnd: boolean): number[] | undefined {
  const octets: number[] = [];
  for (const [i, group] of groups.entries()) {
    const v4 = isEnd && i === groups.length - 1 ? ipv4Octets(group) : undefined;
    if (v4 === undefined && !/^[0-9a-f]{1,4}$/i.test(group)) return undefined;
    const value = Number.parseInt(group, 16);
    octets.push(...(v4 ?? [value >> 8, value & 0xff]));
  }
  return octets;
}
