/**
 * Datagrams of the in-memory network: each host has a real `UdpTable`, each datagram is real octets,
 * and a fault of the test's choice decides what becomes of it on the way.
 */
import {
  after,
  ConnectionError,
  decodePacket,
  dottedAddress,
  encodePacket,
  NEVER,
  parseAddress,
  type DatagramSocket,
  type Ipv4Address,
  type Ipv4Packet,
  type Micros,
  type Process,
  type ProgramHost,
} from '@tcplab/core';
import { portUnreachableMessage, programSocket, UdpTable, type UdpPacket } from '@tcplab/core/udp';

/**
 * What becomes of a datagram, `index` counting all of the network from 0: one entry per copy that
 * arrives, saying how much later than usual; none when it is lost. `bytes` may be changed in place.
 */
export type DatagramFault = (bytes: Uint8Array, index: number) => readonly Micros[];

/** What the datagrams of one network share. */
export interface DatagramWorld {
  readonly options: { readonly latency?: Micros; readonly datagramFault?: DatagramFault };
  readonly now: Micros;
  /** Octets of every datagram that was sent, before any fault. */
  readonly datagrams: Uint8Array[];
  at(time: Micros, action: () => void): void;
  /** Hands octets to the host with this address, if there is one. */
  arrive(address: Ipv4Address, bytes: Uint8Array): void;
}

export class MemoryDatagrams {
  readonly #world: DatagramWorld;
  readonly #host: ProgramHost;
  readonly #table: UdpTable;
  #identification = 0;

  constructor(world: DatagramWorld, host: ProgramHost, address: string) {
    this.#world = world;
    this.#host = host;
    this.#table = new UdpTable({
      addresses: [parseAddress(address) ?? 0],
      random: host.random('udp ports'),
    });
  }

  get counters(): UdpTable['counters'] {
    return this.#table.counters;
  }

  open(port = 0): DatagramSocket {
    const host = this.#host;
    function* lookup(name: string): Process<Ipv4Address> {
      const dotted = parseAddress(name);
      if (dotted !== undefined) return dotted;
      const found = parseAddress((yield* host.resolve(name))[0] ?? '');
      if (found === undefined) throw new ConnectionError('name not found', name);
      return found;
    }
    return programSocket(this.#table.bind({ port }), {
      now: () => host.now(),
      lookup,
      format: dottedAddress,
      flush: () => this.#flush(),
    });
  }

  /** A packet arrives. Octets that are damaged are dropped, as a host does. */
  arrive(bytes: Uint8Array): void {
    const result = decodePacket(bytes);
    if (!result.ok) return;
    const { body } = result.value;
    const now = this.#host.now();
    if (body.kind === 'udp') this.#table.handleInput({ ...result.value, body }, now);
    if (body.kind === 'icmp') this.#table.handleIcmp(body, now);
    this.#flush();
    while (this.#table.pollEvent() !== undefined);
  }

  #flush(): void {
    const now = this.#host.now();
    for (let out = this.#table.pollOutput(now); out; out = this.#table.pollOutput(now)) {
      if (out.kind === 'datagram') this.#send(this.#packet(out.packet));
      else {
        const offending = this.#packet(out.offending);
        const { src, dst } = offending;
        const body = portUnreachableMessage(offending);
        this.#send({ ...offending, src: dst, dst: src, body });
      }
    }
  }

  #packet(packet: UdpPacket): Ipv4Packet {
    this.#identification = (this.#identification + 1) & 0xffff;
    return {
      ttl: 64,
      identification: this.#identification,
      dscp: 0,
      ecn: 0,
      dontFragment: false,
      moreFragments: false,
      fragmentOffset: 0,
      options: new Uint8Array(0),
      ...packet,
    };
  }

  #send(packet: Ipv4Packet): void {
    const world = this.#world;
    const bytes = encodePacket(packet);
    world.datagrams.push(bytes.slice());
    const fate = world.options.datagramFault?.(bytes, world.datagrams.length - 1) ?? [0 as Micros];
    const usual = after(world.now, world.options.latency ?? (0 as Micros));
    for (const extra of fate) {
      if (extra !== NEVER) world.at(after(usual, extra), () => world.arrive(packet.dst, bytes));
    }
  }
}
