/**
 * dns: the Domain Name System (RFC 1034, 1035; negative caching RFC 2308; AAAA RFC 3596; EDNS0 RFC 6891;
 * TCP RFC 7766): messages in octets, an authoritative server, and a stub resolver with a cache.
 *
 * Start reading at `message.ts` (what is said), then `answer-query.ts` (the server's algorithm, RFC 1034
 * §4.3.2) and `resolver.ts`. Both ends run as processes over a `ProgramHost`.
 * Deliberately absent: recursion and iteration (the resolver asks servers it was given), zone transfer,
 * dynamic update, and DNSSEC, whose records pass through as unknown types (RFC 3597).
 */
export * from './answer-query.ts';
export * from './decode-message.ts';
export * from './encode-message.ts';
export { RESOLVER_UDP_SIZE, type ServerAddress } from './exchange.ts';
export { ipv6Bytes, ipv6Text } from '../base/ipv6-text.ts';
export * from './message.ts';
export * from './name.ts';
export * from './resolver.ts';
export * from './resolver-cache.ts';
export * from './rules.ts';
export * from './serve-dns.ts';
export * from './tcp-framing.ts';
export * from './zone.ts';
export * from './zone-file.ts';
