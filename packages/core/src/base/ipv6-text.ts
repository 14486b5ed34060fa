/** IPv6 addresses between sixteen octets and text: RFC 4291 §2.2 read, RFC 5952 written. */
import { isIpv4, isIpv6 } from './host-name.ts';

/** The sixteen octets of an address as text, or undefined when it is none. */
export function ipv6Bytes(text: string): Uint8Array | undefined {
  if (!isIpv6(text)) return undefined;
  const halves = text.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const [left, right] = halves.map((parts) => parts.flatMap(groupsOf));
  const bytes = new Uint8Array(16);
  const write = (groups: readonly number[], from: number): void => {
    for (const [index, group] of groups.entries()) {
      bytes[from + index * 2] = group >> 8;
      bytes[from + index * 2 + 1] = group;
    }
  };
  write(left ?? [], 0);
  write(right ?? [], 16 - (right ?? []).length * 2);
  return bytes;
}

/** The shortest text: lower case, no leading zeros, the longest run of two or more zeros as `::`. */
export function ipv6Text(bytes: Uint8Array): string {
  const groups: number[] = [];
  for (let at = 0; at < 16; at += 2) groups.push((bytes[at]! << 8) | bytes[at + 1]!);
  let best = { from: 8, length: 1 };
  for (let from = 0; from < 8; from += 1) {
    let length = 0;
    while (groups[from + length] === 0) length += 1;
    if (length > best.length) best = { from, length };
  }
  if (best.length === 1) return hex(groups);
  return `${hex(groups.slice(0, best.from))}::${hex(groups.slice(best.from + best.length))}`;
}

function hex(groups: readonly number[]): string {
  return groups.map((group) => group.toString(16)).join(':');
}

function groupsOf(part: string): number[] {
  if (!isIpv4(part)) return [Number.parseInt(part, 16)];
  const [a, b, c, d] = part.split('.').map(Number);
  return [(a! << 8) | b!, (c! << 8) | d!];
}
