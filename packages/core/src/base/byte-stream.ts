/**
 * A reliable stream of bytes in both directions, as a program sees it: a TCP connection, a TLS
 * session over one, or a real socket. Protocols above (TLS, HTTP, WebSocket, FTP) know only this.
 */
import type { ConnectionError } from './errors.ts';
import type { Payload } from './payload.ts';
import type { Process, Signal } from './process.ts';

/** One end of a stream. */
export interface StreamEnd {
  /** Dotted address. */
  readonly address: string;
  readonly port: number;
}

export interface ByteStream {
  /** For people and traces, e.g. `10.0.0.1:49152 → 10.0.0.2:80`. */
  readonly label: string;
  /** Our end, where the transport knows one. FTP announces it (RFC 959 §4.1.2). */
  readonly local?: StreamEnd | undefined;
  /** The peer's end, where the transport knows one. */
  readonly remote?: StreamEnd | undefined;
  /** Raised when bytes or the end of the stream arrived, or the connection ended. */
  readonly readable: Signal;
  /** Raised when the send buffer has room again, or the connection ended. */
  readonly writable: Signal;
  /** Why the connection ended otherwise than in order; undefined while it has not. */
  readonly failure: ConnectionError | undefined;
  /** True once the peer's end of stream was read by `tryReceive`. */
  readonly ended: boolean;

  /** Queues as much as fits and returns how many bytes that was, 0 … length. Never waits. */
  trySend(data: Payload): number;
  /**
   * Bytes that have arrived, at most `max` (default 65,536): undefined when none are there now, an
   * empty array at the end of the stream. Never waits.
   */
  tryReceive(max?: number): Uint8Array | undefined;

  /** Queues all of `data`, waiting for room. @throws ConnectionError when the connection failed. */
  sendAll(data: Payload | Uint8Array | string): Process;
  /** At least one byte, at most `max`; empty at the end of the stream. @throws ConnectionError */
  receive(max?: number): Process<Uint8Array>;
  /** Exactly `length` bytes, or fewer when the stream ends before. @throws ConnectionError */
  receiveExactly(length: number): Process<Uint8Array>;

  /** No more to send; what the peer sends can still be read (half-close). */
  shutdown(): void;
  /** Closes in order: what was queued is still delivered. Safe to call twice. */
  close(): void;
  /** Throws the connection away at once (TCP: RST). */
  abort(): void;
  /** Waits until the connection is closed in both directions or failed. */
  closed(): Process;
}
