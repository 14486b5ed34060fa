import type { Socket } from 'node:net';
import {
  ByteQueue,
  CallError,
  ConnectionError,
  EMPTY_BYTES,
  NEVER,
  PolledStream,
  Signal,
  type Payload,
  type Process,
  type StreamEnd,
} from '@tcplab/core';
import { connectionErrorFrom } from './socket-error.ts';

/** Bytes that may wait inside the platform before `trySend` takes no more. */
export const SEND_BUFFER_BYTES = 256 * 1_024;
/** Bytes that may wait for the program before the socket is no longer read. */
export const RECEIVE_BUFFER_BYTES = 256 * 1_024;
/** After `close` the peer may go on for this long, and send this much, before it is reset. */
export const CLOSE_LINGER_MS = 60_000;
export const CLOSE_DISCARD_BYTES = 4 * 1_024 * 1_024;

const DEFAULT_RECEIVE = 65_536;

/** A connected TCP socket of the platform as a `ByteStream`. */
export class SocketStream extends PolledStream {
  readonly label: string;
  readonly local: StreamEnd;
  readonly remote: StreamEnd;
  readonly readable = new Signal();
  readonly writable = new Signal();
  readonly #socket: Socket;
  #failure: ConnectionError | undefined;
  readonly #arrived = new ByteQueue();
  #discarded = 0;
  #peerEnded = false;
  #ended = false;
  #sendingEnded = false;
  #closing = false;
  #closed = false;

  /** @param socket connected, with `allowHalfOpen`, not yet read. */
  constructor(socket: Socket) {
    super();
    this.#socket = socket;
    this.local = streamEnd(socket.localAddress, socket.localPort);
    this.remote = streamEnd(socket.remoteAddress, socket.remotePort);
    this.label = `${endText(this.local)} → ${endText(this.remote)}`;
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('end', () => this.#onEnd());
    socket.on('error', (error) => this.#fail(connectionErrorFrom(error, this.label)));
    socket.on('close', () => this.#onClose());
    socket.on('timeout', () => socket.destroy());
  }

  get failure(): ConnectionError | undefined {
    return this.#failure;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** @throws CallError `connection closing` after `shutdown` or `close` */
  trySend(data: Payload): number {
    if (this.#sendingEnded) throw new CallError('connection closing', this.label);
    if (this.#failure !== undefined) return 0;
    const count = Math.min(data.length, SEND_BUFFER_BYTES - this.#socket.writableLength);
    if (count <= 0) return 0;
    this.#socket.write(data.slice(0, count).toBytes(), () => this.writable.raise());
    return count;
  }

  tryReceive(max = DEFAULT_RECEIVE): Uint8Array | undefined {
    if (this.#closing) return EMPTY_BYTES;
    const bytes = this.#arrived.take(max);
    if (bytes === undefined) {
      if (!this.#peerEnded || this.#failure !== undefined) return undefined;
      this.#ended = true;
      return EMPTY_BYTES;
    }
    const hasRoom = this.#arrived.length < RECEIVE_BUFFER_BYTES;
    if (hasRoom && this.#socket.isPaused()) this.#socket.resume();
    return bytes;
  }

  shutdown(): void {
    if (this.#sendingEnded || this.#failure !== undefined) return;
    this.#sendingEnded = true;
    this.#socket.end();
  }

  close(): void {
    if (this.#closing) return;
    this.shutdown();
    this.#closing = true;
    this.#sendingEnded = true;
    // Nobody reads any more: what still comes is thrown away, within limits, until the peer's end.
    this.#arrived.clear();
    this.#socket.setTimeout(CLOSE_LINGER_MS);
    this.#socket.resume();
    this.readable.raise();
    this.writable.raise();
  }

  abort(): void {
    if (this.#closed || this.#socket.destroyed) return;
    this.#fail(new ConnectionError('connection aborted', this.label));
    this.#reset();
  }

  *closed(): Process {
    while (!this.#closed) yield { signals: [this.readable], deadline: NEVER };
  }

  /** Calls `gone` when the platform has let go of the socket. For the host. */
  whenClosed(gone: () => void): void {
    this.#socket.once('close', gone);
  }

  #onData(chunk: Buffer): void {
    if (this.#closing) {
      this.#discarded += chunk.length;
      if (this.#discarded > CLOSE_DISCARD_BYTES) this.#reset();
      return;
    }
    this.#arrived.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length));
    if (this.#arrived.length >= RECEIVE_BUFFER_BYTES) this.#socket.pause();
    this.readable.raise();
  }

  /**
   * After `shutdown` the platform's reset fails silently and the socket would stay for ever, so there
   * it is closed; the kernel then resets by itself if the peer goes on.
   */
  #reset(): void {
    if (this.#sendingEnded) this.#socket.destroy();
    else this.#socket.resetAndDestroy();
  }

  #onEnd(): void {
    this.#peerEnded = true;
    this.readable.raise();
  }

  #fail(failure: ConnectionError): void {
    this.#failure ??= failure;
    this.readable.raise();
    this.writable.raise();
  }

  #onClose(): void {
    this.#closed = true;
    if (!this.#peerEnded && !this.#closing) {
      this.#fail(new ConnectionError('connection closed', this.label));
    }
    this.readable.raise();
    this.writable.raise();
  }
}

function streamEnd(address: string | undefined, port: number | undefined): StreamEnd {
  return { address: (address ?? 'unknown').replace(/^::ffff:/, ''), port: port ?? 0 };
}

function endText(end: StreamEnd): string {
  return end.address.includes(':') ? `[${end.address}]:${end.port}` : `${end.address}:${end.port}`;
}
