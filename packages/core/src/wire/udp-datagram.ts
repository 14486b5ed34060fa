/** A UDP datagram as meaning, RFC 768. */
import type { Payload } from '../base/payload.ts';

export interface UdpDatagram {
  readonly kind: 'udp';
  readonly srcPort: number;
  readonly dstPort: number;
  readonly payload: Payload;
  /** False sends the checksum field as zero: "the transmitter generated no checksum". @default true */
  readonly checksummed?: boolean;
}
