import { lookup } from 'node:dns';
import { isIPv4, isIPv6, connect as netConnect, type Socket } from 'node:net';
import {
  after,
  CallError,
  ConnectionError,
  formatMicros,
  NEVER,
  seconds,
  TimeoutError,
  type ConnectOptions,
  type Micros,
  type Note,
  type Process,
  type ProgramHost,
  type RandomStream,
} from '@tcplab/core';
import { ProcessScheduler, type ProcessTask } from '../process/index.ts';
import { RandomStreams } from '../random/index.ts';
import { fromCallback } from './callback.ts';
import { CRYPTO_RANDOM } from './crypto-random.ts';
import { RealClock } from './real-clock.ts';
import { Reserve } from './reserve.ts';
import { connectionErrorFrom } from './socket-error.ts';
import { SocketListener } from './socket-listener.ts';
import { SocketStream } from './socket-stream.ts';
import { UdpSocket } from './udp-socket.ts';

/** How long `end` waits for connections to finish. */
export const END_GRACE = seconds(2);

export interface NodeHostOptions {
  /** @default 'localhost' */
  readonly name?: string;
  /** Where `listen` and `datagram` bind. @default '127.0.0.1': nobody outside can connect */
  readonly address?: string;
  /**
   * Seed of `random`: the same numbers in every run, so that a conversation can be repeated. Never
   * where keys must be secret. @default the operating system's numbers: unpredictable
   */
  readonly seed?: number;
  /** Names that are resolved here, without DNS, e.g. `{ server: '127.0.0.1' }`. */
  readonly names?: Readonly<Record<string, string>>;
  /** Receives the programs' notes. @default they are dropped */
  readonly onNote?: (note: Note, now: Micros) => void;
  /** Is told of a process that failed while nobody joined it. @default it is dropped */
  readonly onFailure?: (error: unknown, task: string) => void;
  /** How many bound ports wait for `listen(0)`, and as many for `datagram()`. @default 4 */
  readonly readyPorts?: number;
}

/** A host whose sockets are real: the loopback interface unless told otherwise. */
export class NodeProgramHost implements ProgramHost {
  readonly name: string;
  readonly #options: NodeHostOptions;
  readonly #address: string;
  readonly #clock = new RealClock((error) => this.#crash(error));
  readonly #scheduler: ProcessScheduler;
  readonly #streams: RandomStreams | undefined;
  readonly #sockets = new Set<SocketStream>();
  readonly #listeners = new Set<SocketListener>();
  readonly #datagrams = new Set<UdpSocket>();
  readonly #boundListeners: Reserve<SocketListener>;
  readonly #boundDatagrams: Reserve<UdpSocket>;
  readonly #prepared = new Map<number, SocketListener>();
  readonly #preparedDatagrams = new Map<number, UdpSocket>();
  readonly #runs = new Set<(error: unknown) => void>();

  constructor(options: NodeHostOptions = {}) {
    this.#options = options;
    this.name = options.name ?? 'localhost';
    this.#address = options.address ?? '127.0.0.1';
    this.#streams = options.seed === undefined ? undefined : new RandomStreams(options.seed);
    this.#scheduler = new ProcessScheduler({
      now: () => this.#clock.now(),
      wakeAt: (at, wake, withdrawn) => this.#clock.wakeAt(at, wake, withdrawn),
      processFailed: (task, error) => options.onFailure?.(error, task.name),
    });
    const ready = options.readyPorts ?? 4;
    this.#boundListeners = new Reserve(
      ready,
      () => this.#settled(new SocketListener(this.#address, 0), (one) => one.listening()),
      (one) => one.close(),
    );
    this.#boundDatagrams = new Reserve(
      ready,
      () => this.#settled(new UdpSocket(this.#address, 0), (one) => one.bound()),
      (one) => one.close(),
    );
  }

  /**
   * Runs a program to its end. Before it starts, ports for `listen(0)` are ready.
   * @returns what it returned; rejects with what it threw
   */
  async run<T>(process: Process<T>, name = 'main'): Promise<T> {
    await Promise.all([this.#boundListeners.fill(), this.#boundDatagrams.fill()]);
    return this.#promise(this.spawn(process, name));
  }

  /**
   * Ends everything in order: processes are cancelled, listeners close, and connections that were
   * closed have time to deliver what is queued. What is left after `grace` is reset.
   */
  async end(grace: Micros = END_GRACE): Promise<void> {
    this.#scheduler.cancelAll();
    for (const listener of this.#listeners) listener.close();
    for (const socket of this.#sockets) socket.close();
    const end = after(this.now(), grace);
    while (this.now() < end && (this.#sockets.size > 0 || this.#scheduler.tasks.length > 0)) {
      await this.#promise(this.#scheduler.spawn(this.#anotherEnd(end), 'end'));
    }
    this.close();
  }

  /**
   * Ends everything at once: every process is cancelled (its `finally` blocks run), listeners close,
   * connections that are still open are reset, timers are forgotten.
   */
  close(): void {
    this.#scheduler.cancelAll();
    for (const listener of this.#listeners) listener.close();
    for (const socket of this.#sockets) socket.abort();
    for (const socket of this.#datagrams) socket.close();
    for (const listener of this.#prepared.values()) listener.close();
    for (const socket of this.#preparedDatagrams.values()) socket.close();
    this.#boundListeners.close();
    this.#boundDatagrams.close();
    this.#clock.stop();
  }

  /** The processes that have not ended. */
  get tasks(): readonly ProcessTask[] {
    return this.#scheduler.tasks;
  }

  now(): Micros {
    return this.#clock.now();
  }

  *sleep(duration: Micros): Process {
    const end = after(this.now(), duration);
    while (this.now() < end) yield { signals: [], deadline: end };
  }

  *connect(host: string, port: number, options: ConnectOptions = {}): Process<SocketStream> {
    const end = options.timeout === undefined ? NEVER : after(this.now(), options.timeout);
    const target = `${host}:${port}`;
    const answer = yield* fromCallback<Socket>(
      ({ resolve, reject }) => {
        const socket = netConnect({
          host: this.#options.names?.[host] ?? host,
          port,
          allowHalfOpen: true,
          noDelay: options.noDelay ?? true,
          ...(options.localPort === undefined ? {} : { localPort: options.localPort }),
        });
        socket.once('connect', () => resolve(socket));
        socket.once('error', (error) => reject(connectionErrorFrom(error, target)));
        return () => socket.destroy();
      },
      { at: end, now: () => this.now() },
    );
    if (answer === 'timeout') {
      throw new TimeoutError(`no connection to ${target} within ${formatMicros(options.timeout!)}`);
    }
    return this.#adopt(new SocketStream(answer.value));
  }

  /**
   * Binds a port beforehand: the next `listen(port)`, or `datagram(port)` for UDP, gets a socket that
   * is bound already.
   * @throws CallError `address in use`, `address not available`
   */
  *bind(port: number, transport: 'tcp' | 'udp' = 'tcp'): Process {
    if (transport === 'tcp') {
      const listener = new SocketListener(this.#address, port);
      yield* listener.listening();
      this.#prepared.set(port, listener);
    } else {
      const socket = new UdpSocket(this.#address, port);
      yield* socket.bound();
      this.#preparedDatagrams.set(port, socket);
    }
  }

  /** A port that is taken is told by the listener's first `accept`: the platform finds out later. */
  listen(port: number, options: { readonly backlog?: number } = {}): SocketListener {
    const bound = port === 0 ? this.#boundListeners.take() : this.#prepared.get(port);
    this.#prepared.delete(port);
    const listener = bound ?? new SocketListener(this.#address, port);
    for (const old of this.#listeners) if (old.closed) this.#listeners.delete(old);
    this.#listeners.add(listener);
    return listener.own(options.backlog, (stream) => this.#adopt(stream));
  }

  /** A port that is taken is told by the socket's first call that waits. */
  datagram(port = 0): UdpSocket {
    const bound = port === 0 ? this.#boundDatagrams.take() : this.#preparedDatagrams.get(port);
    this.#preparedDatagrams.delete(port);
    const socket = (bound ?? new UdpSocket(this.#address, port)).own(this);
    for (const old of this.#datagrams) if (old.closed) this.#datagrams.delete(old);
    this.#datagrams.add(socket);
    return socket;
  }

  *resolve(name: string): Process<readonly string[]> {
    const known = this.#options.names?.[name] ?? name;
    if (isIPv4(known) || isIPv6(known)) return [known];
    const answer = yield* fromCallback<readonly string[]>(({ resolve, reject }) => {
      lookup(known, { all: true, family: 4 }, (error, found) =>
        error === null
          ? resolve(found.map((one) => one.address))
          : reject(connectionErrorFrom(error, name)),
      );
    });
    const addresses = answer === 'timeout' ? [] : answer.value;
    if (addresses.length === 0) throw new ConnectionError('name not found', name);
    return addresses;
  }

  spawn<T>(process: Process<T>, name?: string): ProcessTask<T> {
    return this.#scheduler.spawn(process, name);
  }

  random(name: string): RandomStream {
    return this.#streams?.stream(`host ${this.name} ${name}`) ?? CRYPTO_RANDOM;
  }

  note(note: Note): void {
    this.#options.onNote?.(note, this.now());
  }

  *#anotherEnd(deadline: Micros): Process {
    const signals = [...this.#sockets].map((socket) => socket.readable);
    const others = this.tasks.filter((task) => task.name !== 'end').map((task) => task.ended);
    if (signals.length + others.length > 0) yield { signals: [...signals, ...others], deadline };
  }

  #adopt(stream: SocketStream): SocketStream {
    this.#sockets.add(stream);
    stream.whenClosed(() => {
      this.#sockets.delete(stream);
      stream.readable.raise();
    });
    return stream;
  }

  async #settled<S>(socket: S, ready: (socket: S) => Process): Promise<S> {
    await this.#promise(this.#scheduler.spawn(ready(socket), 'bind'));
    return socket;
  }

  #promise<T>(task: ProcessTask<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#runs.add(reject);
      task.observe((outcome) => {
        this.#runs.delete(reject);
        if (outcome.kind === 'returned') resolve(outcome.value);
        else if (outcome.kind === 'threw') reject(outcome.error);
        else reject(new CallError('task cancelled', task.name));
      });
    });
  }

  /** A broken promise of our own: whoever waits for a program hears of it, and nothing runs on. */
  #crash(error: unknown): void {
    const waiting = [...this.#runs];
    for (const reject of waiting) reject(error);
    this.close();
    if (waiting.length === 0) throw error;
  }
}
