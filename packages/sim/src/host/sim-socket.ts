import {
  CallError,
  ConnectionError,
  DISPOSE,
  EMPTY_PAYLOAD,
  NEVER,
  PolledStream,
  Signal,
  dottedAddress,
  type ConnectionEnd,
  type Micros,
  type Payload,
  type Process,
  type StreamEnd,
  type TableEntry,
  type TcpEvent,
  type TcpState,
  type TcpStatus,
} from '@tcplab/core';
import { endsLabel } from '../trace/recorder.ts';

/** What a socket asks of its host. */
export interface SocketOwner {
  now(): Micros;
  /** Runs a user call on the connection and sends what it made ready. */
  call<T>(entry: TableEntry, name: string, action: () => T): T;
}

export const DEFAULT_RECEIVE = 65_536;

/** One end of a simulated TCP connection, as a program holds it. */
export class SimSocket extends PolledStream {
  readonly label: string;
  readonly local: StreamEnd;
  readonly remote: StreamEnd;
  readonly readable = new Signal();
  readonly writable = new Signal();
  readonly #entry: TableEntry;
  readonly #owner: SocketOwner;
  #failure: ConnectionError | undefined;
  #established = false;
  #over = false;
  #ended = false;
  #sendClosed = false;
  #closed = false;
  #onChange: (() => void) | undefined;

  constructor(entry: TableEntry, owner: SocketOwner) {
    super();
    this.#entry = entry;
    this.#owner = owner;
    const { ends } = entry.connection;
    this.label = endsLabel(ends);
    this.local = { address: dottedAddress(ends.localAddress), port: ends.localPort };
    this.remote = { address: dottedAddress(ends.remoteAddress), port: ends.remotePort };
  }

  /** The connection's place in its host's table: `client.tcp[0]` has index 0. */
  get index(): number {
    return this.#entry.index;
  }

  /** The state of the machine that runs the connection. */
  get state(): TcpState {
    return this.#entry.connection.state;
  }

  /** STATUS, RFC 9293 §3.10.6. */
  get status(): TcpStatus {
    return this.#entry.connection.status();
  }

  get failure(): ConnectionError | undefined {
    return this.#failure;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** True from ESTABLISHED on, also after the end. */
  get isEstablished(): boolean {
    return this.#established;
  }

  /** True once the connection is gone: closed in order, or failed. */
  get isOver(): boolean {
    return this.#over;
  }

  trySend(data: Payload): number {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#sendClosed) throw new CallError('connection closing', 'this socket was closed');
    return this.#owner.call(this.#entry, 'send', () =>
      this.#entry.connection.send(data, this.#now()),
    );
  }

  /** Like `tryReceive`, but bulk data stays a described pattern: nothing is copied. */
  tryReceivePayload(max = DEFAULT_RECEIVE): Payload | undefined {
    const { connection } = this.#entry;
    if (connection.readable > 0) {
      return this.#owner.call(this.#entry, 'receive', () => connection.receive(max, this.#now()));
    }
    if (this.#failure !== undefined) throw this.#failure;
    if (!connection.peerClosed && !this.#over) return undefined;
    this.#ended = true;
    return EMPTY_PAYLOAD;
  }

  tryReceive(max = DEFAULT_RECEIVE): Uint8Array | undefined {
    return this.tryReceivePayload(max)?.toBytes();
  }

  shutdown(): void {
    if (this.#sendClosed || this.#over) return;
    this.#sendClosed = true;
    this.#owner.call(this.#entry, 'shutdown', () => this.#entry.connection.close(this.#now()));
  }

  close(): void {
    if (this.#over || this.#closed) return;
    this.#closed = true;
    if (this.#sendClosed) return;
    this.#sendClosed = true;
    // Nobody will read what arrives from now on: RFC 9293 §3.6.1, the half-duplex close.
    this.#owner.call(this.#entry, 'close', () =>
      this.#entry.connection.close(this.#now(), { halfDuplex: true }),
    );
  }

  abort(): void {
    if (this.#over) return;
    this.#sendClosed = true;
    this.#owner.call(this.#entry, 'abort', () => this.#entry.connection.abort(this.#now()));
  }

  *closed(): Process {
    while (!this.#over && this.state !== 'TIME-WAIT') {
      yield { signals: [this.readable, this.writable], deadline: NEVER };
    }
  }

  /** Closes when a `using` block ends. */
  [DISPOSE](): void {
    this.close();
  }

  /** The callback form, for bulk runs: `react` is called after every event of the connection. */
  onChange(react: () => void): this {
    this.#onChange = react;
    return this;
  }

  /** Waits until the connection is established. @throws ConnectionError when it failed before */
  *established(): Process {
    while (!this.#established) {
      if (this.#failure !== undefined) throw this.#failure;
      yield { signals: [this.readable, this.writable], deadline: NEVER };
    }
  }

  /** The connection has something to tell. For the host. */
  handle(event: TcpEvent): void {
    switch (event.kind) {
      case 'established':
        this.#established = true;
        break;
      case 'closed':
        this.#over = true;
        break;
      case 'failed':
        this.fail(event.reason, event.detail);
        return;
      default:
    }
    this.#wake();
  }

  /** The connection is gone without a word from its machine: its host crashed. */
  fail(reason: ConnectionEnd, detail?: string): void {
    this.#over = true;
    const why = detail === undefined ? '' : ` (${detail})`;
    this.#failure = new ConnectionError(reason, `${this.label}${why}`);
    this.#wake();
  }

  #wake(): void {
    this.readable.raise();
    this.writable.raise();
    this.#onChange?.();
  }

  #now(): Micros {
    return this.#owner.now();
  }
}
