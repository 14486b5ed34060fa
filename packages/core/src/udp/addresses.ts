/** Kinds of IPv4 addresses, as far as UDP must tell them apart. */
import type { Ipv4Address } from '../wire/ipv4-packet.ts';

/** Every local address, as the address of a socket. */
export const ANY_ADDRESS: Ipv4Address = 0;
/** All hosts of this network, RFC 1122 §3.2.1.3 (c). */
export const LIMITED_BROADCAST: Ipv4Address = 0xffffffff;

/** Class D, 224.0.0.0/4: a group of hosts (RFC 1112 §4). */
export function isMulticast(address: Ipv4Address): boolean {
  return address >>> 28 === 0xe;
}

/** Whether the address can name one host: no group, no class E, not "this network" (0/8). */
export function namesOneHost(address: Ipv4Address): boolean {
  return address >>> 28 < 0xe && address >>> 24 !== 0;
}
