import {
  ConnectionError,
  NEVER,
  TimeoutError,
  after,
  dottedAddress,
  parseAddress,
  programSocket,
  type ConnectOptions,
  type DatagramSocket,
  type HostStack,
  type ListenOptions,
  type Micros,
  type Note,
  type Process,
  type ProgramHost,
  type TcpConfig,
} from '@tcplab/core';
import { createResolver, type Resolver } from '@tcplab/core/dns';
import type { EventQueue } from '../engine/index.ts';
import type { LinkDirection, Node, PacketFactory, SimPacket } from '../network/index.ts';
import { ProcessScheduler, type ProcessTask } from '../process/index.ts';
import type { RandomStreams, SimRandom } from '../random/index.ts';
import type { HostRecorder } from '../trace/index.ts';
import { HostTcp, type SimListener } from './host-tcp.ts';
import { HostTransport, Routes } from './host-transport.ts';
import type { SimSocket } from './sim-socket.ts';

/** What the simulation gives every host. */
export interface HostWorld {
  readonly queue: EventQueue;
  readonly packets: PacketFactory;
  readonly streams: RandomStreams;
  readonly recorder: HostRecorder | undefined;
  /** Whether to check every connection's invariants after every event. */
  readonly checkInvariants: boolean;
  /** The address of a name that every simulated host knows. */
  addressOf(name: string): number | undefined;
  /** A process ended with an error that nobody waited for. */
  processFailed(host: SimHost, task: ProcessTask<unknown>, error: unknown): void;
}

export interface HostOptions {
  readonly name: string;
  readonly address: number;
  readonly tcp: Partial<TcpConfig>;
  /** Hosts that answer questions about names; without them every name is known. */
  readonly nameServers?: readonly string[];
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
  readonly #routes = new Routes();
  #transport: HostTransport;
  #resolver: Resolver | undefined;
  #down = false;
  #boots = 0;

  constructor(world: HostWorld, options: HostOptions) {
    this.name = options.name;
    this.address = options.address;
    this.tcp = new HostTcp(this);
    this.#world = world;
    this.#options = options;
    this.scheduler = new ProcessScheduler({
      now: () => world.queue.now,
      wakeAt: (at, wake, withdrawn) => world.queue.schedule(at, { due: wake, withdrawn }),
      processFailed: (task, error) => world.processFailed(this, task, error),
    });
    this.#transport = this.#boot();
  }

  /** The stack of this host: its connection table, for inspection. */
  get stack(): HostStack {
    return this.#transport.stack;
  }

  /** False between `crash` and `restart`. */
  get isUp(): boolean {
    return !this.#down;
  }

  get dotted(): string {
    return dottedAddress(this.address);
  }

  /** The sockets of connections that exist, in order of creation. */
  get sockets(): readonly SimSocket[] {
    return this.#transport.sockets;
  }

  /** What the host holds for its connections at this moment. */
  get resources(): HostResources {
    const { table } = this.stack;
    let timeWait = 0;
    for (const { connection } of table.entries) {
      if (connection.state === 'TIME-WAIT') timeWait += 1;
    }
    return { connections: table.size, timeWait, bufferedBytes: table.heldBytes };
  }

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

  listen(port: number, options: ListenOptions = {}): SimListener {
    return this.#transport.listen(port, options);
  }

  /** Names come from the servers the host was told to ask, else from what every simulated host knows. */
  *resolve(name: string): Process<readonly string[]> {
    const servers = this.#options.nameServers ?? [];
    if (servers.length === 0) return [dottedAddress(this.#addressOf(name))];
    this.#resolver ??= createResolver(this, {
      servers: servers.map((server) => dottedAddress(this.#addressOf(server))),
    });
    return yield* this.#resolver.resolve(name);
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
    const transport = this.#transport;
    return programSocket(transport.stack.udp.bind(port === undefined ? {} : { port }), {
      now: () => this.now(),
      lookup: (name) => this.#lookup(name),
      format: dottedAddress,
      flush: () => transport.flush(this.now()),
    });
  }

  random(name: string): SimRandom {
    return this.#world.streams.stream(`host ${this.name} ${name}`);
  }

  note(note: Note): void {
    this.#world.recorder?.note(note);
  }

  /**
   * OPEN (active) without waiting.
   * @throws ConnectionError `name not found`, `host unreachable`; CallError for a bad port
   */
  open(
    host: string,
    port: number,
    options: { readonly localPort?: number; readonly noDelay?: boolean },
  ): SimSocket {
    return this.#transport.open(this.#addressOf(host), port, options);
  }

  /** Listens and calls `onConnection` for every connection that is established. */
  listenWith(
    port: number,
    onConnection: (socket: SimSocket) => void,
    options: { readonly backlog?: number } = {},
  ): SimListener {
    return this.#transport.listen(port, { ...options, onConnection });
  }

  /** Packets to `address` leave by this link. For the simulation. */
  addRoute(address: number, link: LinkDirection): void {
    this.#routes.add(address, link);
  }

  /** Packets to any address without a route of its own leave by this link. */
  setDefaultRoute(link: LinkDirection): void {
    this.#routes.setDefault(link);
  }

  receive(packet: SimPacket, link: LinkDirection, now: Micros): void {
    if (this.#down) this.#world.recorder?.refused(packet, `${this.name} is down.`);
    else this.#transport.receive(packet, link, now);
  }

  /** Loses power: memory, connections and programs are gone; packets find nobody. */
  crash(): void {
    this.#down = true;
    // The network side first: what programs do on their way out must not reach the wire any more.
    this.#transport.crash();
    this.scheduler.cancelAll();
    this.#world.recorder?.forgot();
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
    this.#resolver = undefined;
    this.#transport = this.#boot();
  }

  #boot(): HostTransport {
    const { queue, packets, recorder, checkInvariants } = this.#world;
    this.#boots += 1;
    return new HostTransport({
      ...this.#options,
      queue,
      packets,
      recorder,
      checkInvariants,
      routes: this.#routes,
      random: this.random(this.#boots === 1 ? 'stack' : `stack, boot ${this.#boots}`),
    });
  }

  *#lookup(name: string): Process<number> {
    return this.#addressOf(name);
  }

  #addressOf(host: string): number {
    const address = parseAddress(host) ?? this.#world.addressOf(host);
    if (address === undefined) throw new ConnectionError('name not found', host);
    return address;
  }
}
