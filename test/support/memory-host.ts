/**
 * A tiny world for processes: hosts in virtual time whose connections are reliable pipes with a
 * latency. It implements `ProgramHost` and `ByteStream` for tests of the protocols above TCP, where
 * TCP itself would only be in the way. Everything is synchronous and repeats exactly.
 *
 *     const net = new MemoryNetwork({ latency: ms(10) });
 *     net.host('server').spawn(serve(net.host('server')));
 *     const answer = net.runProcess(net.host('client'), ask);   // a generator function of the host
 *     net.now; net.notes;
 *
 * A process that failed and was joined by nobody makes the run fail: no test passes over an error.
 */
import {
  after,
  CallError,
  ConnectionError,
  dottedAddress,
  NEVER,
  seconds,
  Signal,
  TimeHeap,
  TimeoutError,
  until,
  waitFor,
  ZERO_TIME,
  type ByteStream,
  type ConnectOptions,
  type DatagramSocket,
  type Ipv4Address,
  type Micros,
  type Note,
  type Process,
  type ProgramHost,
  type RandomStream,
  type StreamListener,
} from '@tcplab/core';
import { MemoryDatagrams, type DatagramFault, type DatagramWorld } from './memory-datagrams.ts';
import { memoryPair, type PairOptions } from './memory-stream.ts';
import { MemoryTask, type Scheduler } from './memory-task.ts';

/** How long `connect` tries a host that does not answer. */
const CONNECT_LIMIT = seconds(21);
const MAX_EVENTS = 5_000_000;

export interface MemoryNetworkOptions extends PairOptions {
  readonly seed?: number;
  /** What becomes of each datagram. @default all arrive */
  readonly datagramFault?: DatagramFault;
}

export interface RecordedNote extends Note {
  readonly at: Micros;
  readonly host: string;
}

export class MemoryNetwork implements Scheduler, DatagramWorld {
  /** All notes of all hosts in order. */
  readonly notes: RecordedNote[] = [];
  /** Every connection ever made: the client's end and the server's. */
  readonly connections: { readonly client: ByteStream; readonly server: ByteStream }[] = [];
  /** Octets of every datagram that was sent, before any fault. */
  readonly datagrams: Uint8Array[] = [];
  readonly options: MemoryNetworkOptions;
  readonly #hosts = new Map<string, MemoryHost>();
  readonly #queue = new TimeHeap<() => void>();
  readonly #tasks: MemoryTask<unknown>[] = [];
  #now: Micros = ZERO_TIME;

  constructor(options: MemoryNetworkOptions = {}) {
    this.options = options;
  }

  get now(): Micros {
    return this.#now;
  }

  /** The host of this name, made on first use with the next address 10.0.0.n. */
  host(name: string): MemoryHost {
    const known = this.#hosts.get(name);
    if (known !== undefined) return known;
    const host = new MemoryHost(this, name, `10.0.0.${this.#hosts.size + 1}`);
    this.#hosts.set(name, host);
    return host;
  }

  /** The host with this name or address, if there is one. */
  find(nameOrAddress: string): MemoryHost | undefined {
    for (const host of this.#hosts.values()) {
      if (host.name === nameOrAddress || host.address === nameOrAddress) return host;
    }
    return undefined;
  }

  /** Two ends of one connection, for tests that need no hosts. */
  pair(options: PairOptions = {}): [ByteStream, ByteStream] {
    return memoryPair(this, ['left → right', 'right → left'], { ...this.options, ...options });
  }

  at(time: Micros, action: () => void): void {
    this.#queue.push(time, action);
  }

  start<T>(process: Process<T>, name: string): MemoryTask<T> {
    const task = new MemoryTask(this, process, name);
    this.#tasks.push(task as MemoryTask<unknown>);
    return task;
  }

  /** A datagram's octets reach the host with this address. */
  arrive(address: Ipv4Address, bytes: Uint8Array): void {
    const host = this.find(dottedAddress(address));
    if (host?.silent === false) host.datagrams.arrive(bytes);
  }

  /** Runs until nothing is left to do, or until the moment `limit`, which then is the time. */
  run(limit: Micros = NEVER): void {
    this.#runWhile(() => this.#queue.nextTime <= limit);
    if (limit !== NEVER && limit > this.#now) this.#now = limit;
    for (const task of this.#tasks) task.throwIfUnseen();
  }

  /** Runs one process on a host to its end. @throws what it threw, or when it waits for ever */
  runProcess<T>(host: MemoryHost, program: (host: MemoryHost) => Process<T>): T {
    const task = host.spawn(program(host), 'test');
    this.#runWhile(() => !task.done);
    const result = task.result();
    for (const other of this.#tasks) other.throwIfUnseen();
    return result;
  }

  #runWhile(goOn: () => boolean): void {
    for (let events = 0; this.#queue.size > 0 && goOn(); events += 1) {
      if (events === MAX_EVENTS) throw new Error(`more than ${MAX_EVENTS} events`);
      if (this.#queue.nextTime > this.#now) this.#now = this.#queue.nextTime;
      this.#queue.pop()!();
    }
  }
}

export class MemoryHost implements ProgramHost {
  readonly name: string;
  readonly address: string;
  /** This host's UDP. */
  readonly datagrams: MemoryDatagrams;
  /** While true, nothing that asks this host for a connection is answered, and no datagram arrives. */
  silent = false;
  readonly #net: MemoryNetwork;
  readonly #listeners = new Map<number, MemoryListener>();
  readonly #random = new Map<string, RandomStream>();
  #nextPort = 49_152;

  constructor(net: MemoryNetwork, name: string, address: string) {
    this.#net = net;
    this.name = name;
    this.address = address;
    this.datagrams = new MemoryDatagrams(net, this, address);
  }

  now(): Micros {
    return this.#net.now;
  }

  *sleep(duration: Micros): Process {
    const deadline = after(this.now(), duration);
    while (this.now() < deadline) yield* waitFor([], deadline);
  }

  *connect(name: string, port: number, options: ConnectOptions = {}): Process<ByteStream> {
    const peer = this.#net.find(name);
    if (peer === undefined) throw new ConnectionError('name not found', name);
    const roundTrip = (2 * (this.#net.options.latency ?? 0)) as Micros;
    const limit = options.timeout ?? CONNECT_LIMIT;
    if (peer.silent || roundTrip > limit) {
      yield* this.sleep(limit);
      if (options.timeout !== undefined) throw new TimeoutError(`no answer from ${name}:${port}`);
      throw new ConnectionError('connection timed out', `${name}:${port}`);
    }
    const local = options.localPort || this.#nextPort++;
    const from = `${this.address}:${local}`;
    const to = `${peer.address}:${port}`;
    const ends = memoryPair(this.#net, [`${from} → ${to}`, `${to} → ${from}`], this.#net.options);
    const [client, server] = ends;
    client.local = server.remote = { address: this.address, port: local };
    client.remote = server.local = { address: peer.address, port };
    // The listener hears of it half a round trip before the client does.
    let refused = false;
    const arrived = after(this.now(), (roundTrip / 2) as Micros);
    this.#net.at(arrived, () => {
      refused = !peer.offer(port, ends[1]);
      if (!refused) this.#net.connections.push({ client: ends[0], server: ends[1] });
    });
    yield* this.sleep(roundTrip);
    // With no latency the offer above and this process are due at the same moment, in this order.
    if (roundTrip === 0) yield* waitFor([], this.now());
    if (refused) throw new ConnectionError('connection refused', `${name}:${port}`);
    return ends[0];
  }

  listen(port: number, options: { readonly backlog?: number } = {}): StreamListener {
    if (this.#listeners.has(port)) throw new CallError('port in use', `${this.name}:${port}`);
    const chosen = port === 0 ? this.#nextPort++ : port;
    const listener = new MemoryListener(chosen, options.backlog ?? 128, () =>
      this.#listeners.delete(chosen),
    );
    this.#listeners.set(chosen, listener);
    return listener;
  }

  datagram(port?: number): DatagramSocket {
    return this.datagrams.open(port);
  }

  *resolve(name: string): Process<readonly string[]> {
    yield* this.sleep((2 * (this.#net.options.latency ?? 0)) as Micros);
    const host = this.#net.find(name);
    if (host === undefined) throw new ConnectionError('name not found', name);
    return [host.address];
  }

  spawn<T>(process: Process<T>, name = 'process'): MemoryTask<T> {
    return this.#net.start(process, `${this.name} ${name}`);
  }

  random(name: string): RandomStream {
    let stream = this.#random.get(name);
    if (stream === undefined) {
      stream = randomStream(`${this.#net.options.seed ?? 1} ${this.name} ${name}`);
      this.#random.set(name, stream);
    }
    return stream;
  }

  note(note: Note): void {
    this.#net.notes.push({ at: this.now(), host: this.name, ...note });
  }

  /** A connection arrives. @returns false when it is refused */
  offer(port: number, stream: ByteStream): boolean {
    return this.#listeners.get(port)?.offer(stream) ?? false;
  }
}

class MemoryListener implements StreamListener {
  readonly port: number;
  readonly #backlog: number;
  readonly #waiting: ByteStream[] = [];
  readonly #changed = new Signal();
  readonly #forget: () => void;
  #closed = false;

  constructor(port: number, backlog: number, forget: () => void) {
    this.port = port;
    this.#backlog = backlog;
    this.#forget = forget;
  }

  offer(stream: ByteStream): boolean {
    if (this.#waiting.length >= this.#backlog) return false;
    this.#waiting.push(stream);
    this.#changed.raise();
    return true;
  }

  *accept(): Process<ByteStream> {
    const ready = (): boolean => this.#closed || this.#waiting.length > 0;
    yield* until(this.#changed, ready, () => ZERO_TIME);
    if (this.#closed) throw new CallError('listener closed');
    return this.#waiting.shift()!;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#forget();
    for (const stream of this.#waiting) stream.abort();
    this.#changed.raise();
  }
}

/** splitmix32 seeded by a name: good enough for tests, and the same everywhere. */
export function randomStream(name: string): RandomStream {
  let state = 0;
  for (const character of name) state = (Math.imul(state, 31) + character.codePointAt(0)!) | 0;
  const u32 = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let z = state ^ (state >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  const below = (n: number): number => Math.floor((u32() / 0x1_0000_0000) * n);
  return { u32, below, bytes: (length) => Uint8Array.from({ length }, () => below(256)) };
}

export type { PairOptions };
