import {
  decodePacket,
  dottedAddress,
  seconds,
  type Ipv4Packet,
  type Micros,
  type TcpSegment,
  type UdpDatagram,
} from '@tcplab/core';
import type { LinkDirection, Node, PacketFactory, SimPacket } from '../network/index.ts';
import type { HostRecorder } from '../trace/index.ts';
import { MappingTable, peerKey } from './mapping-table.ts';

/** What the simulation gives a NAT. */
export interface NatWorld {
  readonly packets: PacketFactory;
  readonly recorder: HostRecorder | undefined;
}

export interface NatOptions {
  readonly name: string;
  /** The public address, unsigned 32-bit. */
  readonly address: number;
  /** Names of the hosts inside. All others are outside. */
  readonly inside: readonly string[];
  /** How long a mapping lives without traffic. @default DEFAULT_NAT_IDLE */
  readonly idle?: Micros;
}

export const DEFAULT_NAT_IDLE = seconds(300);

type Flow = TcpSegment | UdpDatagram;

/** A NAT between hosts inside and hosts outside. Packets are rewritten as meaning; their octets follow. */
export class SimNat implements Node {
  readonly name: string;
  readonly address: number;
  readonly table: MappingTable;
  readonly #world: NatWorld;
  readonly #inside: ReadonlySet<string>;
  readonly #routes = new Map<number, LinkDirection>();

  constructor(world: NatWorld, options: NatOptions) {
    this.name = options.name;
    this.address = options.address;
    this.table = new MappingTable(options.idle ?? DEFAULT_NAT_IDLE);
    this.#world = world;
    this.#inside = new Set(options.inside);
  }

  /** Whether the host of this name is behind the NAT. */
  isInside(host: string): boolean {
    return this.#inside.has(host);
  }

  addRoute(address: number, link: LinkDirection): void {
    this.#routes.set(address, link);
  }

  receive(sim: SimPacket, link: LinkDirection, now: Micros): void {
    this.#world.recorder?.received(sim, link);
    const packet = this.#read(sim);
    if (packet === undefined) return;
    const { body } = packet;
    if (body.kind !== 'tcp' && body.kind !== 'udp') {
      this.#world.recorder?.refused(sim, 'The NAT passes TCP and UDP only.');
      return;
    }
    if (this.isInside(link.from.name)) this.#outward(sim, packet, body, now);
    else this.#inward(sim, packet, body, now);
  }

  #read(sim: SimPacket): Ipv4Packet | undefined {
    if (sim.bytes === undefined) return sim.packet;
    const decoded = decodePacket(sim.bytes);
    if (decoded.ok) return decoded.value;
    const { rule, expected, found } = decoded.problem;
    this.#world.recorder?.refused(sim, { rule, why: `Expected ${expected}, found ${found}.` });
    return undefined;
  }

  #outward(sim: SimPacket, packet: Ipv4Packet, body: Flow, now: Micros): void {
    const inside = { address: packet.src, port: body.srcPort };
    const mapping = this.table.outgoing(body.kind, inside, now);
    if (mapping === undefined) {
      this.#world.recorder?.refused(sim, 'The NAT has no public port left.');
      return;
    }
    mapping.peers.add(peerKey({ address: packet.dst, port: body.dstPort }));
    this.#forward(sim, {
      ...packet,
      src: this.address,
      body: { ...body, srcPort: mapping.publicPort },
    });
  }

  #inward(sim: SimPacket, packet: Ipv4Packet, body: Flow, now: Micros): void {
    const peer = { address: packet.src, port: body.srcPort };
    const mapping =
      packet.dst === this.address
        ? this.table.incoming(body.kind, body.dstPort, peer, now)
        : undefined;
    if (mapping === undefined) {
      this.#world.recorder?.refused(sim, this.#refusal(packet, body));
      return;
    }
    this.#forward(sim, {
      ...packet,
      dst: mapping.insideAddress,
      body: { ...body, dstPort: mapping.insidePort },
    });
  }

  #refusal(packet: Ipv4Packet, body: Flow): string {
    if (packet.dst !== this.address)
      return `${dottedAddress(packet.dst)} is not the NAT's public address.`;
    return `Nobody inside has asked for this: the NAT has no mapping for port ${body.dstPort} and this peer.`;
  }

  #forward(sim: SimPacket, packet: Ipv4Packet): void {
    const link = this.#routes.get(packet.dst);
    if (link === undefined || packet.ttl <= 1) {
      this.#world.recorder?.refused(sim, `The NAT has no way to ${dottedAddress(packet.dst)}.`);
      return;
    }
    const forwarded = this.#world.packets.make({ ...packet, ttl: packet.ttl - 1 });
    this.#world.recorder?.forwarded(forwarded, link, describeRewrite(sim.packet, packet));
    link.transmit(forwarded, link.clock);
  }
}

function describeRewrite(before: Ipv4Packet, after: Ipv4Packet): string {
  return before.src === after.src
    ? `The NAT turns the destination ${destination(before)} back into ${destination(after)}.`
    : `The NAT replaces the source ${source(before)} by ${source(after)}.`;
}

function source(packet: Ipv4Packet): string {
  return `${dottedAddress(packet.src)}:${portOf(packet, 'srcPort')}`;
}

function destination(packet: Ipv4Packet): string {
  return `${dottedAddress(packet.dst)}:${portOf(packet, 'dstPort')}`;
}

function portOf(packet: Ipv4Packet, which: 'srcPort' | 'dstPort'): number {
  const { body } = packet;
  return body.kind === 'tcp' || body.kind === 'udp' ? body[which] : 0;
}
