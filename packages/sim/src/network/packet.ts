import { NO_OPTIONS, flagLetters, packetSize, type Ipv4Packet } from '@tcplab/core';

/** A packet on its way: meaning, and octets only where a link has damaged them. */
export interface SimPacket {
  /** Counts all packets of the run from 1. */
  readonly id: number;
  readonly packet: Ipv4Packet;
  /** Size of the whole datagram in bytes. */
  readonly size: number;
  /** The octets as they arrive, where they differ from what `packet` encodes to. */
  readonly bytes: Uint8Array | undefined;
}

/** What a predicate of a fault sees of a packet. */
export interface PacketView {
  readonly id: number;
  /** Host names of the link's ends. */
  readonly from: string;
  readonly to: string;
  readonly size: number;
  readonly packet: Ipv4Packet;
  readonly tcp?: {
    readonly srcPort: number;
    readonly dstPort: number;
    readonly seq: number;
    readonly ack: number;
    /** Letters, e.g. `SA`. */
    readonly flags: string;
    readonly len: number;
    readonly resent: boolean;
  };
}

/** A packet as predicates see it. */
export function viewPacket(sim: SimPacket, from: string, to: string): PacketView {
  const view = { id: sim.id, from, to, size: sim.size, packet: sim.packet };
  const body = sim.packet.body;
  if (body.kind !== 'tcp') return view;
  return {
    ...view,
    tcp: {
      srcPort: body.srcPort,
      dstPort: body.dstPort,
      seq: body.seq,
      ack: body.ack,
      flags: flagLetters(body.flags),
      len: body.payload.length,
      resent: body.resent === true,
    },
  };
}

/** Numbers the packets of one run. */
export class PacketFactory {
  #last = 0;

  make(packet: Ipv4Packet): SimPacket {
    this.#last += 1;
    return { id: this.#last, packet, size: sizeOf(packet), bytes: undefined };
  }

  /** Another packet with the same content. */
  copy(original: SimPacket): SimPacket {
    this.#last += 1;
    return { ...original, id: this.#last };
  }
}

function sizeOf(packet: Ipv4Packet): number {
  const body = packet.body;
  // The common case without a walk over options.
  if (body.kind === 'tcp' && body.options === NO_OPTIONS && packet.options.length === 0) {
    return 40 + body.payload.length;
  }
  return packetSize(packet);
}
