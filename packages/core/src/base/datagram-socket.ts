/**
 * A UDP socket as a program sees it: whole datagrams out and in, each with its address, and no
 * promise about order, loss or repetition (RFC 768).
 */
import type { Payload } from './payload.ts';
import type { Process, Signal } from './process.ts';
import type { Micros } from './time.ts';

/** A datagram that arrived, and who sent it. */
export interface ReceivedDatagram {
  readonly bytes: Uint8Array;
  /** Dotted address of the sender. */
  readonly address: string;
  readonly port: number;
}

export interface DatagramSocket {
  /** The local port, 1 … 65,535. */
  readonly port: number;
  /** Raised when a datagram or an error arrived, or the socket was closed. */
  readonly readable: Signal;
  /** Datagrams thrown away because the receive queue was full. */
  readonly dropped: number;

  /**
   * Names the only peer: datagrams of others are no longer received, and that the peer's port is
   * unreachable is told to the next `receiveFrom` (RFC 1122 §4.1.3.3).
   * @throws ConnectionError `name not found`
   */
  connect(host: string, port: number): Process;
  /**
   * Hands one datagram to the network. That it was handed over says nothing about its arrival.
   * @param data at most 65,507 bytes
   * @param host a name or a dotted address
   * @throws CallError `datagram too long`, `socket closed`; ConnectionError `name not found`
   */
  sendTo(data: Payload | Uint8Array | string, host: string, port: number): Process;
  /** A datagram that has arrived, or undefined when there is none now. Never waits. */
  tryReceiveFrom(): ReceivedDatagram | undefined;
  /**
   * Waits for the next datagram.
   * @param deadline the moment to give up. @default NEVER
   * @throws TimeoutError when `deadline` came first; ConnectionError `connection refused` on a
   *   connected socket whose peer's port is unreachable; CallError `socket closed`
   */
  receiveFrom(deadline?: Micros): Process<ReceivedDatagram>;
  /** Frees the port; datagrams not yet received are lost. Safe to call twice. */
  close(): void;
}
