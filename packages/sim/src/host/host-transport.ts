import {
  ConnectionError,
  HostStack,
  NEVER,
  decodePacket,
  dottedAddress,
  fragmentPacket,
  packetSize,
  type Ipv4Packet,
  type ListenOptions,
  type Micros,
  type StackEvent,
  type TableEntry,
  type TcpConfig,
} from '@tcplab/core';
import { LazyWake, type EventQueue } from '../engine/index.ts';
import {
  DEFAULT_MTU,
  type LinkDirection,
  type PacketFactory,
  type SimPacket,
} from '../network/index.ts';
import type { SimRandom } from '../random/index.ts';
import type { HostRecorder } from '../trace/index.ts';
import { describeTcpEvent } from './describe-tcp-event.ts';
import { SimListener } from './host-tcp.ts';
import { SimSocket, type SocketOwner } from './sim-socket.ts';

/** What a host's transport needs of its host and of the world. */
export interface TransportParts {
  readonly name: string;
  readonly address: number;
  readonly tcp: Partial<TcpConfig>;
  readonly queue: EventQueue;
  readonly packets: PacketFactory;
  readonly recorder: HostRecorder | undefined;
  readonly checkInvariants: boolean;
  readonly random: SimRandom;
  readonly routes: Routes;
}

/** Which wire leads where. */
export class Routes {
  readonly #byAddress = new Map<number, LinkDirection>();
  #default: LinkDirection | undefined;

  add(address: number, link: LinkDirection): void {
    this.#byAddress.set(address, link);
  }

  setDefault(link: LinkDirection): void {
    this.#default = link;
  }

  to(address: number): LinkDirection | undefined {
    return this.#byAddress.get(address) ?? this.#default;
  }

  /** The smallest MTU of all wires: what may be promised to any peer (RFC 9293 §3.7.3, SHLD-6). */
  get mtu(): number {
    let least = this.#default?.mtu ?? DEFAULT_MTU;
    for (const link of this.#byAddress.values()) if (link.mtu < least) least = link.mtu;
    return least;
  }
}

/** One life of a host's network side, from boot to crash: its stack between its wires and its sockets. */
export class HostTransport implements SocketOwner {
  readonly stack: HostStack;
  readonly #parts: TransportParts;
  readonly #wake: LazyWake;
  readonly #sockets = new Map<TableEntry, SimSocket>();
  readonly #listeners = new Map<number, SimListener>();
  #over = false;

  constructor(parts: TransportParts) {
    this.#parts = parts;
    this.#wake = new LazyWake(parts.queue, (now) => this.#timeout(now));
    this.stack = new HostStack({
      address: parts.address,
      tcp: parts.tcp,
      random: parts.random,
      checkInvariants: parts.checkInvariants,
      ...(parts.recorder === undefined ? {} : { journal: parts.recorder }),
    });
  }

  /** Sockets of connections that exist, in order of creation. */
  get sockets(): readonly SimSocket[] {
    return [...this.#sockets.values()];
  }

  now(): Micros {
    return this.#parts.queue.now;
  }

  /** OPEN (active). @throws ConnectionError `host unreachable`; CallError as `HostStack.connect` */
  open(
    remoteAddress: number,
    port: number,
    options: { readonly localPort?: number; readonly noDelay?: boolean },
  ): SimSocket {
    const { name, recorder, routes } = this.#parts;
    const route = routes.to(remoteAddress);
    if (route === undefined) {
      throw new ConnectionError(
        'host unreachable',
        `${name} has no link to ${dottedAddress(remoteAddress)}`,
      );
    }
    const now = this.now();
    const entry = this.stack.connect(
      {
        remoteAddress,
        remotePort: port,
        mtu: route.mtu,
        ...(options.localPort === undefined ? {} : { localPort: options.localPort }),
      },
      now,
    );
    if (options.noDelay === true) entry.connection.setNoDelay(true, now);
    recorder?.call(entry.connection.ends, 'open', 'active');
    const socket = this.#socketOf(entry);
    this.flush(now);
    return socket;
  }

  /** OPEN (passive); port 0 lets the host choose. @throws CallError as `HostStack.listen` */
  listen(
    wanted: number,
    options: ListenOptions & { readonly onConnection?: (socket: SimSocket) => void },
  ): SimListener {
    const port = wanted === 0 ? this.stack.freePort() : wanted;
    const stop = this.stack.listen(port, { ...options, mtu: this.#parts.routes.mtu });
    const listener = new SimListener(port, {
      onConnection: options.onConnection,
      accepted: () => this.stack.accepted(port),
      stop: () => {
        this.#listeners.delete(port);
        stop();
      },
    });
    this.#listeners.set(port, listener);
    this.#parts.recorder?.call(undefined, 'listen', `port ${port}`);
    return listener;
  }

  call<T>(entry: TableEntry, name: string, action: () => T): T {
    const result = action();
    if (this.#parts.recorder !== undefined) this.#record(entry, name, result);
    const now = this.now();
    this.stack.touch(entry, now);
    this.flush(now);
    return result;
  }

  receive(packet: SimPacket, link: LinkDirection, now: Micros): void {
    const { recorder } = this.#parts;
    recorder?.received(packet, link);
    let arrived: Ipv4Packet = packet.packet;
    if (packet.bytes !== undefined) {
      const decoded = decodePacket(packet.bytes);
      if (!decoded.ok) {
        const { expected, found, rule } = decoded.problem;
        recorder?.refused(packet, { rule, why: `Expected ${expected}, found ${found}.` });
        return;
      }
      arrived = decoded.value;
    }
    this.stack.handleInput(arrived, now);
    for (let why = this.stack.pollVerdict(); why !== undefined; why = this.stack.pollVerdict()) {
      recorder?.refused(packet, why);
    }
    this.flush(now);
  }

  /** Takes out of the stack what it has for the network, for programs and for the clock. */
  flush(now: Micros): void {
    const { stack } = this;
    for (let packet = stack.pollOutput(now); packet !== undefined; packet = stack.pollOutput(now)) {
      this.#transmit(packet, now);
    }
    for (let event = stack.pollEvent(); event !== undefined; event = stack.pollEvent()) {
      this.#handle(event);
    }
    this.#wake.set(stack.pollTimeout());
  }

  /** The host lost power: every socket learns it, nothing is sent. */
  crash(): void {
    this.#over = true;
    this.#wake.set(NEVER);
    for (const socket of this.#sockets.values())
      socket.fail('connection aborted', 'the host crashed');
  }

  #record(entry: TableEntry, name: string, result: unknown): void {
    const bytes =
      typeof result === 'number' ? result : (result as { length?: number } | undefined)?.length;
    this.#parts.recorder?.call(entry.connection.ends, name, 'ok', bytes);
  }

  #timeout(now: Micros): void {
    if (this.#over) return;
    this.stack.handleTimeout(now);
    this.flush(now);
  }

  #transmit(packet: Ipv4Packet, now: Micros): void {
    const { name, packets, recorder, routes } = this.#parts;
    const link = routes.to(packet.dst);
    if (link === undefined) {
      const why = `${name} has no link to ${dottedAddress(packet.dst)}.`;
      recorder?.refused(packets.make(packet), why);
      return;
    }
    for (const part of partsFor(packet, link.mtu)) {
      const sent = packets.make(part);
      recorder?.sent(sent, link);
      link.transmit(sent, now);
    }
  }

  #handle({ entry, event }: StackEvent): void {
    const { recorder } = this.#parts;
    const told = recorder === undefined ? undefined : describeTcpEvent(event);
    if (told !== undefined) recorder?.event(entry.connection.ends, told.event, told.why);
    const socket = this.#socketOf(entry);
    if (!entry.live) this.#sockets.delete(entry);
    socket.handle(event);
    if (event.kind === 'established' && entry.listenerPort !== undefined) {
      this.#listeners.get(entry.listenerPort)?.offer(socket);
    }
  }

  #socketOf(entry: TableEntry): SimSocket {
    let socket = this.#sockets.get(entry);
    if (socket === undefined) {
      socket = new SimSocket(entry, this);
      this.#sockets.set(entry, socket);
    }
    return socket;
  }
}

/** IP-06: what is larger than the wire's MTU leaves in parts; what must not be cut is the wire's loss. */
function partsFor(packet: Ipv4Packet, mtu: number): readonly Ipv4Packet[] {
  if (packet.dontFragment || packetSize(packet) <= mtu) return [packet];
  return fragmentPacket(packet, mtu) ?? [packet];
}
