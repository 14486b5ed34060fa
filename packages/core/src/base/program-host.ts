/**
 * What a program may ask of the machine it runs on. A simulated host implements it inside virtual
 * time; `sim/src/node` implements it over real sockets. ClientSession, servers and students'
 * programs are written against this and nothing else.
 */
import type { ByteStream } from './byte-stream.ts';
import type { Cause } from './cause.ts';
import type { DatagramSocket } from './datagram-socket.ts';
import type { Process } from './process.ts';
import type { RandomStream } from './random.ts';
import type { Micros } from './time.ts';

/** A value that JSON can hold; numbers in traces are integers. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/** Something a layer above TCP wants to have in the trace. */
export interface Note {
  /** Which lane it belongs to: `app`, `tls`, `http`, `pool`, `cookie`, `session`, `ws`, `ftp`, `dns`, `udp`. */
  readonly layer: string;
  /** A short stable name, e.g. `request`, `reuse`, `cookie withheld`. */
  readonly kind: string;
  /** One sentence for people. */
  readonly text: string;
  readonly cause?: Cause;
  /** The connection it is about, where there is one: the stream's label. */
  readonly stream?: string;
  readonly data?: { readonly [key: string]: Json };
}

export interface ConnectOptions {
  /** Give up after this long. @default the transport's own limit */
  readonly timeout?: Micros;
  /** Local port; 0 or absent lets the host choose. */
  readonly localPort?: number;
  /** Send small segments at once (Nagle off). @default false in the simulation, true on real sockets */
  readonly noDelay?: boolean;
}

export interface ListenOptions {
  /** Connections that may wait to be accepted, half-open ones as many again. @default the host's */
  readonly backlog?: number;
  /** Accepted connections send small segments at once (Nagle off), as servers usually ask. @default false in the simulation; on real sockets always */
  readonly noDelay?: boolean;
}

/** A socket in LISTEN. */
export interface StreamListener {
  readonly port: number;
  /** Waits for the next connection. @throws CallError `listener closed` */
  accept(): Process<ByteStream>;
  /** Stops listening; accepted connections live on. */
  close(): void;
}

/** A process that was started and runs on its own. */
export interface Task<T = unknown> {
  readonly name: string;
  readonly done: boolean;
  /** Waits for the end. @throws what the process threw */
  join(): Process<T>;
  /** Ends the process at its current wait; its `finally` blocks run. */
  cancel(): void;
}

export interface ProgramHost {
  readonly name: string;
  now(): Micros;
  sleep(duration: Micros): Process;
  /** Opens a connection to a host name or dotted address. @throws ConnectionError, TimeoutError */
  connect(host: string, port: number, options?: ConnectOptions): Process<ByteStream>;
  /** @param port 0 lets the host choose @throws CallError when the port is taken */
  listen(port: number, options?: ListenOptions): StreamListener;
  /**
   * Opens a UDP socket; 0 or absent lets the host choose the port. A host without UDP lacks this.
   * @throws CallError when the port is taken
   */
  datagram?(port?: number): DatagramSocket;
  /** The addresses of a name, dotted. @throws ConnectionError `name not found` */
  resolve(name: string): Process<readonly string[]>;
  /** Starts a process that runs beside this one. */
  spawn<T>(process: Process<T>, name?: string): Task<T>;
  /** The stream of random numbers with this name; the same name gives the same stream. */
  random(name: string): RandomStream;
  /** Puts a note into the trace. */
  note(note: Note): void;
}
