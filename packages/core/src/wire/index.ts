/**
 * wire: packets as meaning and as octets, kept apart. IPv4 (RFC 791), TCP with its options (RFC 9293
 * §3.1 and the option RFCs), UDP (RFC 768), ICMP (RFC 792).
 *
 * The types are the meaning; `encode…` and `decode…` go to octets and back. Decoders never throw and
 * never read out of bounds: they return the value or a `WireProblem` that says what was expected.
 * Deliberately absent: IPv6, and any decision about a packet (that is the work of `tcp`, `udp`, `stack`).
 */
export * from './tcp-segment.ts';
export * from './tcp-option.ts';
export * from './udp-datagram.ts';
export * from './icmp-message.ts';
export * from './ipv4-packet.ts';
