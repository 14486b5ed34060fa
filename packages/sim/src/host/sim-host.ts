import {
  ConnectionError,
  HostStack,
  NEVER,
  TimeoutError,
  after,
  decodePacket,
  dottedAddress,
  parseAddress,
  programSocket,
  type ConnectOptions,
  type DatagramSocket,
  type Ipv4Packet,
  type Micros,
  type Note,
  type Process,
  type ProgramHost,
  type StackEvent,
  type TableEntry,
  type TcpConfig,
} from '@tcplab/core';
import { LazyWake, type EventQueue } from '../engine/index.ts';
import {
  DEFAULT_MTU,
  type LinkDirection,
  type Node,
  type PacketFactory,
  type SimPacket,
} from '../network/index.ts';
import { ProcessScheduler, type ProcessTask } from '../process/index.ts';
import type { RandomStreams, SimRandom } from '../random/index.ts';
import type { HostRecorder } from '../trace/index.ts';
import { describeTcpEvent } from './describe-tcp-event.ts';
import { HostTcp, SimListener } from './host-tcp.ts';
import { SimSocket, type SocketOwner } from './sim-socket.ts';

/** What the simulation gives every host. */
export interface HostWorld {
  readonly queue: EventQueue;
  readonly packets: PacketFactory;
  readonly streams: RandomStreams;
  readonly recorder: HostRecorder | undefined;
  /** Whether to check every connection's invariants after every event. */
  readonly checkInvariants: boolean;
  /** The host of this name, for the names every simulated host knows. */
  find(name: string): SimHost | undefined;
  /** A process ended with an error that nobody waited for. */
  processFailed(host: SimHost, task: ProcessTask<unknown>, error: unknown): void;
}

export interface HostOptions {
  readonly name: string;
  readonly address: number;
  readonly tcp: Partial<TcpConfig>;
}

/** What a host holds for its connections now. */
export interface HostResources {
  /** Entries of the connection table, TIME-WAIT included. */
  readonly connections: number;
  /** Those of them in TIME-WAIT. */
  readonly timeWait: number;
  /** Payload bytes in send and receive buffers. */
  readonly bufferedBytes: number;
}

/** A machine with an address, a stack and programs. */
export class SimHost implements Node, ProgramHost {
  readonly name: string;
  readonly address: number;
  readonly tcp: HostTcp;
  readonly scheduler: ProcessScheduler;
  readonly #world: HostWorld;
  readonly #options: HostOptions;
  readonly #wake: LazyWake;
  readonly #routes = new Map<number, LinkDirection>();
  readonly #owner: SocketOwner;
  #defaultRoute: LinkDirection | undefined;
  #stack: HostStack;
  #sockets = new Map<TableEntry, SimSocket>();
  #listeners = new Map<number, SimListener>();
  #down = false;
  #boots = 0;

  constructor(world: HostWorld, options: HostOptions) {
    this.name = options.name;
    this.address = options.address;
    this.tcp = new HostTcp(this);
    this.#world = world;
    this.#options = options;
    this.#wake = new LazyWake(world.queue, (now) => this.#timeout(now));
    this.#owner = {
      now: () => world.queue.now,
      call: (entry, name, act) => this.#call(entry, name, act),
    };
    this.scheduler = new ProcessScheduler({
      now: () => world.queue.now,
      wakeAt: (at, wake, withdrawn) => world.queue.schedule(at, { due: wake, withdrawn }),
      processFailed: (task, error) => world.processFailed(this, task, error),
    });
    this.#stack = this.#boot();
  }

  /** The stack of this host: its connection table, for inspection. */
  get stack(): HostStack {
    return this.#stack;
  }

  /** False between `crash` and `restart`. */
  get isUp(): boolean {
    return !this.#down;
  }

  get dotted(): string {
    return dottedAddress(this.address);
  }

  /** What the host holds for its connections at this moment. */
  get resources(): HostResources {
    let timeWait = 0;
    let bufferedBytes = 0;
    for (const { connection } of this.#stack.table.entries) {
      if (connection.state === 'TIME-WAIT') timeWait += 1;
      const { sendQueue, receiveQueue } = connection.tcb;
      bufferedBytes += sendQueue.length + receiveQueue.length;
    }
    return { connections: this.#stack.table.size, timeWait, bufferedBytes };
  }

  // --- what programs use -------------------------------------------------------------------------

  now(): Micros {
    return this.#world.queue.now;
  }

  *sleep(duration: Micros): Process {
    const end = after(this.now(), duration);
    while (this.now() < end) yield { signals: [], deadline: end };
  }

  *connect(host: string, port: number, options: ConnectOptions = {}): Process<SimSocket> {
    const socket = this.open(host, port, options);
    const deadline = options.timeout === undefined ? NEVER : after(this.now(), options.timeout);
    while (!socket.isEstablished) {
      if (socket.failure !== undefined) throw socket.failure;
      if (this.now() >= deadline) {
        socket.abort();
        throw new TimeoutError(`no connection to ${host}:${port} within the time allowed`);
      }
      yield { signals: [socket.readable], deadline };
    }
    return socket;
  }

  listen(port: number, options: { readonly backlog?: number } = {}): SimListener {
    return this.startListening(port, options);
  }

  *resolve(name: string): Process<readonly string[]> {
    return [dottedAddress(this.#addressOf(name))];
  }

  spawn<T>(process: Process<T>, name?: string): ProcessTask<T> {
    return this.scheduler.spawn(process, name);
  }

  /** Starts a program: `host.run(function* (host) { … })`. */
  run<T>(program: (host: SimHost) => Process<T>, name = program.name || 'program'): ProcessTask<T> {
    return this.spawn(program(this), name);
  }

  /** @throws CallError when the port is taken */
  datagram(port?: number): DatagramSocket {
    const socket = this.#stack.udp.bind(port === undefined ? {} : { port });
    return programSocket(socket, {
      now: () => this.now(),
      lookup: (name) => this.#lookup(name),
      format: dottedAddress,
      flush: () => this.#flush(this.now()),
    });
  }

  random(name: string): SimRandom {
    return this.#world.streams.stream(`host ${this.name} ${name}`);
  }

  note(note: Note): void {
    this.#world.recorder?.note(note);
  }

  // --- connections -------------------------------------------------------------------------------

  /**
   * OPEN (active) without waiting.
   * @throws ConnectionError `name not found`, `host unreachable`; CallError for a bad port
   */
  open(
    host: string,
    port: number,
    options: { readonly localPort?: number; readonly noDelay?: boolean },
  ): SimSocket {
    const remoteAddress = this.#addressOf(host);
    const route = this.#routeTo(remoteAddress);
    if (route === undefined) {
      throw new ConnectionError('host unreachable', `${this.name} has no link to ${host}`);
    }
    const now = this.now();
    const entry = this.#stack.connect(
      {
        remoteAddress,
        remotePort: port,
        ...(options.localPort === undefined ? {} : { localPort: options.localPort }),
        mtu: route.mtu,
      },
      now,
    );
    const socket = this.#socketOf(entry);
    if (options.noDelay === true) entry.connection.setNoDelay(true, now);
    this.#world.recorder?.call(entry.connection.ends, 'open', 'active');
    this.#flush(now);
    return socket;
  }

  startListening(
    port: number,
    options: {
      readonly backlog?: number;
      readonly onConnection?: (socket: SimSocket) => void;
    },
  ): SimListener {
    const stop = this.#stack.listen(port, options.backlog, this.#mtu);
    const listener = new SimListener(port, {
      onConnection: options.onConnection,
      accepted: () => this.#stack.accepted(port),
      stop: () => {
        this.#listeners.delete(port);
        stop();
        this.#flush(this.now());
      },
    });
    this.#listeners.set(port, listener);
    this.#world.recorder?.call(undefined, 'listen', `port ${port}`);
    return listener;
  }

  /** The sockets of connections that exist, in order of creation. */
  get sockets(): readonly SimSocket[] {
    return [...this.#sockets.values()];
  }

  // --- the network -------------------------------------------------------------------------------

  /** Packets to `address` leave by this link. For the simulation. */
  addRoute(address: number, link: LinkDirection): void {
    this.#routes.set(address, link);
  }

  /** Packets to any address without a route of its own leave by this link. */
  setDefaultRoute(link: LinkDirection): void {
    this.#defaultRoute = link;
  }

  receive(packet: SimPacket, link: LinkDirection, now: Micros): void {
    const recorder = this.#world.recorder;
    if (this.#down) {
      recorder?.refused(packet, `${this.name} is down.`);
      return;
    }
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
    this.#stack.handleInput(arrived, now);
    for (
      let cause = this.#stack.pollVerdict();
      cause !== undefined;
      cause = this.#stack.pollVerdict()
    ) {
      recorder?.refused(packet, cause);
    }
    this.#flush(now);
  }

  /** Loses power: memory, connections and programs are gone; packets find nobody. */
  crash(): void {
    this.#down = true;
    this.scheduler.cancelAll();
    for (const socket of this.#sockets.values()) socket.fail('connection aborted');
    this.#wake.set(NEVER);
  }

  /** Its programs stop where they are; its TCP goes on without them. */
  pause(): void {
    this.scheduler.pause();
  }

  /** Its programs go on. */
  resume(): void {
    this.scheduler.unpause();
  }

  /** Comes back with empty memory (RFC 9293 §3.4.3: the quiet time is knowingly skipped). */
  restart(): void {
    this.#down = false;
    this.#sockets = new Map();
    this.#listeners = new Map();
    this.#stack = this.#boot();
  }

  #boot(): HostStack {
    this.#boots += 1;
    return new HostStack({
      address: this.address,
      tcp: this.#options.tcp,
      random: this.random(this.#boots === 1 ? 'stack' : `stack, boot ${this.#boots}`),
      checkInvariants: this.#world.checkInvariants,
      ...(this.#world.recorder === undefined ? {} : { journal: this.#world.recorder }),
    });
  }

  #call<T>(entry: TableEntry, name: string, action: () => T): T {
    const result = action();
    if (this.#world.recorder !== undefined) this.#recordCall(entry, name, result);
    const now = this.now();
    this.#stack.touch(entry, now);
    this.#flush(now);
    return result;
  }

  #recordCall(entry: TableEntry, name: string, result: unknown): void {
    const bytes =
      typeof result === 'number' ? result : (result as { length?: number } | undefined)?.length;
    this.#world.recorder?.call(entry.connection.ends, name, 'ok', bytes);
  }

  #timeout(now: Micros): void {
    if (this.#down) return;
    this.#stack.handleTimeout(now);
    this.#flush(now);
  }

  /** Takes out of the stack what it has for the network, for programs and for the clock. */
  #flush(now: Micros): void {
    const stack = this.#stack;
    for (let packet = stack.pollOutput(now); packet !== undefined; packet = stack.pollOutput(now)) {
      this.#transmit(packet, now);
    }
    for (let event = stack.pollEvent(); event !== undefined; event = stack.pollEvent()) {
      this.#handle(event);
    }
    this.#wake.set(stack.pollTimeout());
  }

  #transmit(packet: Ipv4Packet, now: Micros): void {
    const link = this.#routeTo(packet.dst);
    const sent = this.#world.packets.make(packet);
    if (link === undefined) {
      this.#world.recorder?.refused(
        sent,
        `${this.name} has no link to ${dottedAddress(packet.dst)}.`,
      );
      return;
    }
    this.#world.recorder?.sent(sent, link);
    link.transmit(sent, now);
  }

  #handle({ entry, event }: StackEvent): void {
    if (this.#world.recorder !== undefined) {
      const told = describeTcpEvent(event);
      if (told !== undefined) {
        this.#world.recorder.event(entry.connection.ends, told.event, told.why);
      }
    }
    const socket = this.#socketOf(entry);
    if (event.kind === 'established' && entry.listenerPort !== undefined) {
      socket.handle(event);
      this.#listeners.get(entry.listenerPort)?.offer(socket);
      return;
    }
    if (!entry.live) this.#sockets.delete(entry);
    socket.handle(event);
  }

  #socketOf(entry: TableEntry): SimSocket {
    let socket = this.#sockets.get(entry);
    if (socket === undefined) {
      socket = new SimSocket(entry, this.#owner);
      this.#sockets.set(entry, socket);
    }
    return socket;
  }

  /** The smallest MTU of the host's wires: what it may promise to any peer (RFC 9293 §3.7.3, SHLD-6). */
  get #mtu(): number {
    let least = DEFAULT_MTU;
    for (const link of this.#routes.values()) if (link.mtu < least) least = link.mtu;
    return least;
  }

  #routeTo(address: number): LinkDirection | undefined {
    return this.#routes.get(address) ?? this.#defaultRoute;
  }

  *#lookup(name: string): Process<number> {
    return this.#addressOf(name);
  }

  #addressOf(host: string): number {
    const address = parseAddress(host) ?? this.#world.find(host)?.address;
    if (address === undefined) throw new ConnectionError('name not found', host);
    return address;
  }
}
