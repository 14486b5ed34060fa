import type { Ipv4Address } from '../wire/ipv4-packet.ts';
import type { UdpDatagram } from '../wire/udp-datagram.ts';

/** A datagram with its addresses. An `Ipv4Packet` whose body is a `UdpDatagram` is one. */
export interface UdpPacket {
  readonly src: Ipv4Address;
  readonly dst: Ipv4Address;
  readonly body: UdpDatagram;
}
