/** An IPv4 datagram as meaning, RFC 791 §3.1. */
import type { IcmpMessage } from './icmp-message.ts';
import type { TcpSegment } from './tcp-segment.ts';
import type { UdpDatagram } from './udp-datagram.ts';

/** An address as an unsigned 32-bit number. */
export type Ipv4Address = number;

export const PROTOCOL_ICMP = 1;
export const PROTOCOL_TCP = 6;
export const PROTOCOL_UDP = 17;

/** A body that is carried as octets: an unknown protocol or a fragment. */
export interface RawBody {
  readonly kind: 'raw';
  readonly protocol: number;
  readonly bytes: Uint8Array;
}

export type Ipv4Body = TcpSegment | UdpDatagram | IcmpMessage | RawBody;

export interface Ipv4Packet {
  readonly src: Ipv4Address;
  readonly dst: Ipv4Address;
  /** Time to live, 0 … 255. */
  readonly ttl: number;
  /** 0 … 65,535. */
  readonly identification: number;
  /** Differentiated services code point (upper six bits of the old TOS octet). */
  readonly dscp: number;
  /** 0 not-ECT, 1 ECT(1), 2 ECT(0), 3 CE (RFC 3168 §5). */
  readonly ecn: number;
  readonly dontFragment: boolean;
  readonly moreFragments: boolean;
  /** In octets, a multiple of 8. */
  readonly fragmentOffset: number;
  /** The options area, padded to a multiple of 4 octets; empty as a rule. */
  readonly options: Uint8Array;
  readonly body: Ipv4Body;
}

/** The protocol field of a packet with this body. */
export function protocolOf(body: Ipv4Body): number {
  switch (body.kind) {
    case 'tcp':
      return PROTOCOL_TCP;
    case 'udp':
      return PROTOCOL_UDP;
    case 'icmp':
      return PROTOCOL_ICMP;
    case 'raw':
      return body.protocol;
  }
}
