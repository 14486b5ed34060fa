/**
 * wire: packets as meaning and as octets, kept apart. IPv4 (RFC 791), TCP with its options (RFC 9293
 * §3.1 and the option RFCs), UDP (RFC 768), ICMP (RFC 792).
 *
 * The types are the meaning; `encodePacket` and `decodePacket` go to octets and back: start reading
 * there. Decoders never throw and never read out of bounds: they return the value or a `WireProblem`
 * that says what was expected, what was found, where, and by which rule of `rules.ts`.
 * `fragment.ts` cuts a datagram to an MTU, `reassembler.ts` puts its parts together again.
 * Deliberately absent: IPv6, and any decision about a packet (that is the work of `tcp`, `udp`, `stack`).
 */
export * from './decode-packet.ts';
export * from './describe-options.ts';
export * from './encode-packet.ts';
export * from './fragment.ts';
export * from './fragment-rules.ts';
export { ICMP_HEADER_SIZE } from './icmp-codec.ts';
export * from './icmp-message.ts';
export * from './ipv4-address.ts';
export * from './ipv4-packet.ts';
export * from './reassembler.ts';
export * from './rules.ts';
export { TCP_HEADER_SIZE } from './tcp-codec.ts';
export * from './tcp-option.ts';
export {
  decodeOptions,
  encodeOptions,
  MAX_TCP_OPTIONS_SIZE,
  OPTION_NUMBERS,
  optionsSize,
} from './tcp-options-codec.ts';
export * from './tcp-segment.ts';
export { UDP_HEADER_SIZE } from './udp-codec.ts';
export * from './udp-datagram.ts';
export { describeProblem, type WireProblem, type WireResult } from './wire-result.ts';
