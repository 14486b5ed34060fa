/**
 * udp: the User Datagram Protocol (RFC 768, RFC 1122 §4.1), sans-IO.
 *
 * Start reading at `udp-table.ts` (the way of a datagram to its socket), then `udp-socket.ts`.
 * `program-socket.ts` is the socket of programs (`DatagramSocket` in base).
 * Deliberately absent: multicast groups (RFC 1112), IP options, UDP-Lite, and the checksum, which is
 * the business of `wire`.
 */
export * from './addresses.ts';
export * from './ephemeral-port.ts';
export * from './icmp-error.ts';
export * from './program-socket.ts';
export * from './rules.ts';
export * from './udp-packet.ts';
export * from './udp-socket.ts';
export * from './udp-table.ts';
