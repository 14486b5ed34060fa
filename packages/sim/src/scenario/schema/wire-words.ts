export { flagLetters, flagsOfLetters } from '@tcplab/core';

/** A dotted address as an unsigned 32-bit number; undefined for anything else, and for 0.x, 127.x and 224.x up. */
export function parseDottedAddress(text: string): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (parts === undefined || parts.some((part) => part > 255)) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = parts;
  // RFC 9293 §3.9.2.3: neither this network, loopback, multicast nor broadcast names a host.
  if (a === 0 || a === 127 || a >= 224) return undefined;
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
}
