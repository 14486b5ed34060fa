/** One wire between two ends that only note what arrives: for tests of links. */
import {
  EMPTY_BYTES,
  NO_OPTIONS,
  patternPayload,
  type Ipv4Packet,
  type Micros,
} from '@tcplab/core';
import {
  EventQueue,
  LinkDirection,
  PacketFactory,
  RandomStreams,
  fixedDelay,
  type DirectionOptions,
  type Node,
  type SimPacket,
  type SimRandom,
} from '@tcplab/sim';
import { ms } from '@tcplab/core';

export interface Arrival {
  readonly at: Micros;
  readonly id: number;
  readonly bytes: Uint8Array | undefined;
}

/** A TCP packet whose whole datagram has this many bytes (at least 40). */
export function packetOf(size: number, number = 0): Ipv4Packet {
  return {
    src: 0x0a000001,
    dst: 0x0a000002,
    ttl: 64,
    identification: number,
    dscp: 0,
    ecn: 0,
    dontFragment: true,
    moreFragments: false,
    fragmentOffset: 0,
    options: EMPTY_BYTES,
    body: {
      kind: 'tcp',
      srcPort: 1000,
      dstPort: 80,
      seq: number,
      ack: 0,
      flags: 0x10,
      wnd: 1000,
      up: 0,
      options: NO_OPTIONS,
      payload: patternPayload(0, size - 40),
    },
  };
}

export class WireBench {
  readonly queue = new EventQueue();
  readonly packets = new PacketFactory();
  readonly streams: RandomStreams;
  readonly link: LinkDirection;
  readonly arrivals: Arrival[] = [];
  readonly fates: string[] = [];

  constructor(options: Partial<DirectionOptions> = {}, seed = 1) {
    this.streams = new RandomStreams(seed);
    const from: Node = { name: 'a', receive: () => undefined };
    const to: Node = {
      name: 'b',
      receive: (packet, _link, at) =>
        this.arrivals.push({ at, id: packet.id, bytes: packet.bytes }),
    };
    this.link = new LinkDirection(
      {
        name: 'a→b',
        from,
        to,
        queue: this.queue,
        packets: this.packets,
        random: this.stream('delay'),
      },
      { delay: fixedDelay(ms(10)), ...options },
    );
    this.link.observer = {
      fate: (kind, _link, packet, by) => this.fates.push(`${kind} ${packet.id} by ${by}`),
    };
  }

  stream(name: string): SimRandom {
    return this.streams.stream(name);
  }

  /** Sends a packet now. */
  send(size = 1_000): SimPacket {
    const packet = this.packets.make(packetOf(size));
    this.link.transmit(packet, this.queue.now);
    return packet;
  }

  /** Runs until nothing is under way. */
  drain(): void {
    while (this.queue.step());
  }

  /** Packets are conserved (I-17). */
  get conserved(): boolean {
    const { sent, duplicated, injected, delivered, lost, inFlight } = this.link.counts;
    return sent + duplicated + injected === delivered + lost + inFlight;
  }
}
