/** The pseudo-header that the checksums of TCP and UDP cover, RFC 9293 §3.1 and RFC 768. */
import type { Ipv4Address } from './ipv4-packet.ts';

/** Its running sum. It protects against a datagram that reached the wrong host or protocol. */
export function sumPseudoHeader(
  src: Ipv4Address,
  dst: Ipv4Address,
  protocol: number,
  length: number,
): number {
  return (src >>> 16) + (src & 0xffff) + (dst >>> 16) + (dst & 0xffff) + protocol + length;
}
