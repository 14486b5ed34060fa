/** One end of UDP: a local port, perhaps a peer, and the datagrams waiting to be received. */
import { CallError, type ConnectionEnd } from '../base/errors.ts';
import type { Payload } from '../base/payload.ts';
import { Signal } from '../base/process.ts';
import type { Ipv4Address } from '../wire/ipv4-packet.ts';
import { ANY_ADDRESS, isMulticast } from './addresses.ts';
import type { UdpPacket } from './udp-packet.ts';

/** The largest payload: 65,535 less the IPv4 and the UDP header. */
export const MAX_UDP_PAYLOAD = 65_507;
/** What a receive queue holds by default, in payload bytes. */
export const DEFAULT_RECEIVE_QUEUE = 262_144;
/** Each waiting datagram counts this much beside its payload, so that empty ones have a limit too. */
export const DATAGRAM_OVERHEAD = 256;

export interface UdpSocketOptions {
  /** One of the host's addresses; ANY_ADDRESS receives on all of them. @default ANY_ADDRESS */
  readonly address?: Ipv4Address;
  /** 0 lets the host choose. @default 0 */
  readonly port?: number;
  /** Send to and receive from broadcast addresses. @default false */
  readonly broadcast?: boolean;
  /** Throw datagrams without a checksum away (RFC 1122 §4.1.3.4). @default false */
  readonly requireChecksum?: boolean;
  /** Bytes of the receive queue. @default DEFAULT_RECEIVE_QUEUE */
  readonly receiveQueue?: number;
}

/** A datagram as `receive` gives it. */
export interface UdpArrival {
  readonly payload: Payload;
  readonly address: Ipv4Address;
  readonly port: number;
  /** The address it was sent to (RFC 1122 §4.1.3.5: the specific-destination address). */
  readonly localAddress: Ipv4Address;
}

/** What a socket needs of the table that owns it. */
export interface UdpSocketOwner {
  send(packet: UdpPacket, socket: UdpSocket): void;
  sourceFor(destination: Ipv4Address): Ipv4Address;
  isBroadcast(address: Ipv4Address): boolean;
  release(socket: UdpSocket): void;
}

export class UdpSocket {
  readonly localAddress: Ipv4Address;
  readonly localPort: number;
  readonly broadcast: boolean;
  readonly requireChecksum: boolean;
  /** Raised, last of all, when a datagram or an error arrived or the socket was closed. */
  readonly readable = new Signal();
  readonly #owner: UdpSocketOwner;
  readonly #capacity: number;
  #remote: { readonly address: Ipv4Address; readonly port: number } | undefined;
  #waiting: UdpArrival[] = [];
  #waitingBytes = 0;
  #dropped = 0;
  #error: ConnectionEnd | undefined;
  #closed = false;

  /** Made by `UdpTable.bind`, which has chosen the port. */
  constructor(owner: UdpSocketOwner, port: number, options: UdpSocketOptions) {
    this.#owner = owner;
    this.localPort = port;
    this.localAddress = options.address ?? ANY_ADDRESS;
    this.broadcast = options.broadcast ?? false;
    this.requireChecksum = options.requireChecksum ?? false;
    this.#capacity = options.receiveQueue ?? DEFAULT_RECEIVE_QUEUE;
  }

  /** The only peer, after `connect`. */
  get remote(): { readonly address: Ipv4Address; readonly port: number } | undefined {
    return this.#remote;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Datagrams thrown away because the queue was full. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Datagrams waiting to be received. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * Names the only peer. Nothing is sent: UDP has no connection, only a filter and a default.
   * Datagrams of others that wait already are dropped, as they would be from now on.
   */
  connect(address: Ipv4Address, port: number): void {
    this.#checkDestination(address, port);
    this.#remote = { address, port };
    const kept = this.#waiting.filter((one) => one.address === address && one.port === port);
    this.#waiting = kept;
    this.#waitingBytes = kept.reduce((sum, one) => sum + costOf(one), 0);
  }

  /** Forgets the peer: datagrams of anyone are received again. */
  disconnect(): void {
    this.#remote = undefined;
    this.#error = undefined;
  }

  /**
   * Sends one datagram; to the connected peer when no destination is given.
   * @param checksummed false sends a zero checksum field (RFC 768).
   * @throws CallError `socket closed`, `datagram too long`, `destination required`,
   *   `invalid destination`, `multicast not supported`, `broadcast not permitted`
   */
  send(payload: Payload, to = this.#remote, checksummed = true): void {
    if (to === undefined) throw new CallError('destination required', 'the socket has no peer');
    this.#checkDestination(to.address, to.port);
    if (payload.length > MAX_UDP_PAYLOAD) {
      throw new CallError(
        'datagram too long',
        `${payload.length} bytes; at most ${MAX_UDP_PAYLOAD} fit`,
      );
    }
    const src =
      this.localAddress === ANY_ADDRESS ? this.#owner.sourceFor(to.address) : this.localAddress;
    const body = { kind: 'udp', srcPort: this.localPort, dstPort: to.port, payload } as const;
    const packet = { src, dst: to.address, body: checksummed ? body : { ...body, checksummed } };
    this.#owner.send(packet, this);
  }

  /** The datagram that arrived first, or undefined when none waits. */
  receive(): UdpArrival | undefined {
    const arrival = this.#waiting.shift();
    if (arrival !== undefined) this.#waitingBytes -= costOf(arrival);
    return arrival;
  }

  /** The soft error a peer's host reported since the last call; reading it clears it. */
  takeError(): ConnectionEnd | undefined {
    const error = this.#error;
    this.#error = undefined;
    return error;
  }

  /** Frees the port; what waits is lost. Safe to call twice. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#owner.release(this);
    this.readable.raise();
  }

  /** For the table: queues an arrival. @returns false when the queue is full and it was dropped */
  offer(arrival: UdpArrival): boolean {
    const cost = costOf(arrival);
    if (this.#waitingBytes + cost > this.#capacity) {
      this.#dropped += 1;
      return false;
    }
    this.#waiting.push(arrival);
    this.#waitingBytes += cost;
    return true;
  }

  /** For the table: the peer's host reported an error. Only a connected socket remembers it. */
  fail(reason: ConnectionEnd): void {
    if (this.#remote !== undefined) this.#error = reason;
  }

  #checkDestination(address: Ipv4Address, port: number): void {
    if (this.#closed) throw new CallError('socket closed');
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      throw new CallError('invalid destination', `port ${port} is not in 1 … 65535`);
    }
    // Simplified: there are no groups to join (RFC 1112), so sending to one is refused too.
    if (isMulticast(address)) throw new CallError('multicast not supported');
    if (address === ANY_ADDRESS) {
      throw new CallError('invalid destination', '0.0.0.0 names no host');
    }
    if (this.#owner.isBroadcast(address) && !this.broadcast) {
      throw new CallError('broadcast not permitted', 'bind the socket with broadcast: true');
    }
  }
}

function costOf(arrival: UdpArrival): number {
  return arrival.payload.length + DATAGRAM_OVERHEAD;
}
