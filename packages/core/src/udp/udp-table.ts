/**
 * A host's UDP: its sockets, and the way of each datagram from the internet layer to one of them.
 *
 * A driver hands in datagrams with their addresses (an `Ipv4Packet` with a UDP body will do) and ICMP
 * errors, and takes out datagrams to send and verdicts that a port is unreachable. No timers.
 */
import type { Cause } from '../base/cause.ts';
import { CallError, type ConnectionEnd } from '../base/errors.ts';
import type { RandomStream } from '../base/random.ts';
import type { SansIo } from '../base/sans-io.ts';
import { NEVER, type Micros } from '../base/time.ts';
import type { IcmpMessage } from '../wire/icmp-message.ts';
import type { Ipv4Address } from '../wire/ipv4-packet.ts';
import { ANY_ADDRESS, isMulticast, LIMITED_BROADCAST, namesOneHost } from './addresses.ts';
import { chooseEphemeralPort } from './ephemeral-port.ts';
import { quotedDatagram, reasonOf } from './icmp-error.ts';
import { UDP_RULES } from './rules.ts';
import type { UdpPacket } from './udp-packet.ts';
import { UdpSocket, type UdpSocketOptions, type UdpSocketOwner } from './udp-socket.ts';

export interface UdpTableOptions {
  /** The host's own addresses; the first is the usual source. */
  readonly addresses: readonly Ipv4Address[];
  /** Broadcast addresses of its networks, beside 255.255.255.255. */
  readonly broadcasts?: readonly Ipv4Address[];
  /** Which own address reaches a destination. @default the first address */
  readonly sourceFor?: (destination: Ipv4Address) => Ipv4Address;
  /** Draws ephemeral ports. */
  readonly random: RandomStream;
}

export type UdpOutput =
  | {
      readonly kind: 'datagram';
      readonly packet: UdpPacket;
      readonly socket: UdpSocket | undefined;
    }
  /** Answer with ICMP destination unreachable, code 3. `offending` is the very object handed in. */
  | { readonly kind: 'port unreachable'; readonly offending: UdpPacket; readonly cause: Cause };

export type UdpEvent =
  | { readonly kind: 'received'; readonly socket: UdpSocket; readonly packet: UdpPacket }
  | { readonly kind: 'discarded'; readonly packet: UdpPacket; readonly cause: Cause }
  | {
      readonly kind: 'error';
      readonly socket: UdpSocket;
      readonly reason: ConnectionEnd;
      readonly cause: Cause;
    };

/** What a host counts, after RFC 1213's udp group. */
export interface UdpCounters {
  inDatagrams: number;
  noPorts: number;
  inErrors: number;
  outDatagrams: number;
}

export class UdpTable implements SansIo<UdpPacket, UdpOutput, UdpEvent> {
  readonly counters: UdpCounters = { inDatagrams: 0, noPorts: 0, inErrors: 0, outDatagrams: 0 };
  readonly #options: UdpTableOptions;
  readonly #sockets = new Map<number, UdpSocket[]>();
  readonly #owner: UdpSocketOwner;
  #outputs: UdpOutput[] = [];
  #events: UdpEvent[] = [];

  constructor(options: UdpTableOptions) {
    this.#options = options;
    this.#owner = {
      send: (packet, socket) => this.#send(packet, socket),
      sourceFor: (destination) =>
        options.sourceFor?.(destination) ?? options.addresses[0] ?? ANY_ADDRESS,
      isBroadcast: (address) => this.#isBroadcast(address),
      release: (socket) => this.#release(socket),
    };
  }

  /**
   * Opens a socket on a local port, or on a port of the host's choice.
   * @throws CallError `address in use`, `address not available`, `insufficient resources`
   */
  bind(options: UdpSocketOptions = {}): UdpSocket {
    const address = options.address ?? ANY_ADDRESS;
    if (address !== ANY_ADDRESS && !this.#options.addresses.includes(address)) {
      throw new CallError('address not available', 'the socket must be bound to an own address');
    }
    const asked = options.port ?? 0;
    if (!Number.isInteger(asked) || asked < 0 || asked > 65_535) {
      throw new CallError('invalid port', `${asked} is not in 0 … 65535`);
    }
    const taken = (port: number): boolean => this.#isTaken(address, port);
    if (asked !== 0 && taken(asked)) throw new CallError('address in use', `UDP port ${asked}`);
    const port = asked === 0 ? chooseEphemeralPort(this.#options.random, taken) : asked;
    const socket = new UdpSocket(this.#owner, port, options);
    this.#sockets.set(port, [...(this.#sockets.get(port) ?? []), socket]);
    return socket;
  }

  /** A datagram whose checksum the decoder found right, or that carries none. */
  handleInput(packet: UdpPacket, _now: Micros): void {
    // RFC 1122 §4.1.3.6: an invalid source address MUST be discarded by UDP or by the IP layer.
    if (isMulticast(packet.src) || this.#isBroadcast(packet.src)) {
      this.counters.inErrors += 1;
      return this.#discard(packet, 'invalidSource', 'its source address does not name one host');
    }
    const toMany = isMulticast(packet.dst) || this.#isBroadcast(packet.dst);
    const sockets = toMany
      ? this.#broadcastSockets(packet)
      : this.#candidates(packet, packet.body.srcPort, packet.body.dstPort);
    if (sockets.length === 0) return this.#refuse(packet, toMany);
    for (const socket of sockets) this.#deliver(socket, packet);
    for (const socket of sockets) socket.readable.raise();
  }

  /** An ICMP message that the internet layer received; those that concern no socket do nothing. */
  handleIcmp(message: IcmpMessage, _now: Micros): void {
    const quoted = quotedDatagram(message.data);
    const reason = reasonOf(message);
    if (quoted === undefined || reason === undefined) return;
    const about = { src: quoted.dst, dst: quoted.src };
    const [socket] = this.#candidates(about, quoted.dstPort, quoted.srcPort);
    if (socket === undefined) return;
    // RFC 1122 §4.1.3.3: UDP MUST pass every ICMP error to the application layer.
    socket.fail(reason);
    const cause: Cause = {
      rule: UDP_RULES.icmpToProgram,
      why: `the peer's side reports: ${reason} (ICMP type ${message.type}, code ${message.code})`,
    };
    this.#events.push({ kind: 'error', socket, reason, cause });
    socket.readable.raise();
  }

  handleTimeout(_now: Micros): void {}

  pollOutput(_now: Micros): UdpOutput | undefined {
    return this.#outputs.shift();
  }

  pollEvent(): UdpEvent | undefined {
    return this.#events.shift();
  }

  pollTimeout(): Micros {
    return NEVER;
  }

  #send(packet: UdpPacket, socket: UdpSocket): void {
    this.counters.outDatagrams += 1;
    this.#outputs.push({ kind: 'datagram', packet, socket });
  }

  #deliver(socket: UdpSocket, packet: UdpPacket): void {
    if (socket.requireChecksum && packet.body.checksummed === false) {
      this.counters.inErrors += 1;
      return this.#discard(packet, 'noChecksum', 'it has no checksum and the socket asks for one');
    }
    const arrival = {
      payload: packet.body.payload,
      address: packet.src,
      port: packet.body.srcPort,
      localAddress: packet.dst,
    };
    if (!socket.offer(arrival)) {
      this.counters.inErrors += 1;
      return this.#discard(
        packet,
        'queueFull',
        `the receive queue of port ${socket.localPort} is full`,
      );
    }
    this.counters.inDatagrams += 1;
    this.#events.push({ kind: 'received', socket, packet });
  }

  #refuse(packet: UdpPacket, toMany: boolean): void {
    this.counters.noPorts += 1;
    const port = packet.body.dstPort;
    // RFC 1122 §3.2.2: an ICMP error MUST NOT answer a broadcast, a multicast or an unclear source.
    if (toMany || !namesOneHost(packet.src)) {
      return this.#discard(
        packet,
        'noErrorToMany',
        `nobody takes UDP port ${port}, and no error is due`,
      );
    }
    const cause: Cause = {
      rule: UDP_RULES.portUnreachable,
      why: `UDP port ${port} is bound by nobody`,
    };
    this.#outputs.push({ kind: 'port unreachable', offending: packet, cause });
    this.#events.push({ kind: 'discarded', packet, cause });
  }

  #discard(packet: UdpPacket, rule: keyof typeof UDP_RULES, why: string): void {
    this.#events.push({ kind: 'discarded', packet, cause: { rule: UDP_RULES[rule], why } });
  }

  #broadcastSockets(packet: UdpPacket): UdpSocket[] {
    if (isMulticast(packet.dst)) return [];
    return this.#candidates(packet, packet.body.srcPort, packet.body.dstPort).filter(
      (socket) => socket.broadcast,
    );
  }

  /**
   * The sockets that would take a datagram. `bind` sees to it that for one local address there is at
   * most one on a port; only a broadcast, which names no local address, may have several.
   */
  #candidates(
    ends: { readonly src: Ipv4Address; readonly dst: Ipv4Address },
    srcPort: number,
    dstPort: number,
  ): UdpSocket[] {
    const bound = this.#sockets.get(dstPort);
    if (bound === undefined) return [];
    const toBroadcast = this.#isBroadcast(ends.dst);
    return bound.filter(({ localAddress, remote }) => {
      const here = localAddress === ANY_ADDRESS || localAddress === ends.dst || toBroadcast;
      // UDP-12: a socket that named its peer hears nobody else.
      const fromPeer = remote?.address === ends.src && remote.port === srcPort;
      return here && (remote === undefined || fromPeer);
    });
  }

  #isBroadcast(address: Ipv4Address): boolean {
    if (address === LIMITED_BROADCAST) return true;
    return this.#options.broadcasts?.includes(address) ?? false;
  }

  #isTaken(address: Ipv4Address, port: number): boolean {
    return (this.#sockets.get(port) ?? []).some(
      (socket) =>
        address === ANY_ADDRESS ||
        socket.localAddress === ANY_ADDRESS ||
        socket.localAddress === address,
    );
  }

  #release(socket: UdpSocket): void {
    const rest = (this.#sockets.get(socket.localPort) ?? []).filter((one) => one !== socket);
    if (rest.length === 0) this.#sockets.delete(socket.localPort);
    else this.#sockets.set(socket.localPort, rest);
  }
}
