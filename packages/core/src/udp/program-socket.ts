/** A `UdpSocket` as programs use it: names for addresses, and processes that wait. */
import { utf8Bytes } from '../base/utf8.ts';
import { CallError, ConnectionError, TimeoutError } from '../base/errors.ts';
import type { DatagramSocket, ReceivedDatagram } from '../base/datagram-socket.ts';
import { bytesPayload, type Payload } from '../base/payload.ts';
import { until, type Process } from '../base/process.ts';
import { NEVER, type Micros } from '../base/time.ts';
import type { Ipv4Address } from '../wire/ipv4-packet.ts';
import type { UdpSocket } from './udp-socket.ts';

/** What a program's socket needs of the host it runs on. */
export interface ProgramSocketHost {
  now(): Micros;
  /** The address of a name or of a dotted address. @throws ConnectionError `name not found` */
  lookup(host: string): Process<Ipv4Address>;
  /** Dotted form of an address. */
  format(address: Ipv4Address): string;
  /** Tells the driver that the table has outputs to drain. */
  flush(): void;
}

/** Gives a program the socket. `ProgramHost.datagram` of a host with a `UdpTable` returns this. */
export function programSocket(socket: UdpSocket, host: ProgramSocketHost): DatagramSocket {
  return new ProgramSocket(socket, host);
}

class ProgramSocket implements DatagramSocket {
  readonly #socket: UdpSocket;
  readonly #host: ProgramSocketHost;

  constructor(socket: UdpSocket, host: ProgramSocketHost) {
    this.#socket = socket;
    this.#host = host;
  }

  get port(): number {
    return this.#socket.localPort;
  }

  get readable(): UdpSocket['readable'] {
    return this.#socket.readable;
  }

  get dropped(): number {
    return this.#socket.dropped;
  }

  *connect(host: string, port: number): Process {
    this.#socket.connect(yield* this.#host.lookup(host), port);
  }

  *sendTo(data: Payload | Uint8Array | string, host: string, port: number): Process {
    const address = yield* this.#host.lookup(host);
    this.#socket.send(payloadOf(data), { address, port });
    this.#host.flush();
  }

  tryReceiveFrom(): ReceivedDatagram | undefined {
    const arrival = this.#socket.receive();
    if (arrival === undefined) return undefined;
    return {
      bytes: arrival.payload.toBytes(),
      address: this.#host.format(arrival.address),
      port: arrival.port,
    };
  }

  *receiveFrom(deadline: Micros = NEVER): Process<ReceivedDatagram> {
    let got: ReceivedDatagram | undefined;
    const ready = (): boolean => {
      got = this.tryReceiveFrom();
      if (got !== undefined) return true;
      if (this.#socket.closed) throw new CallError('socket closed');
      const reason = this.#socket.takeError();
      if (reason !== undefined) throw new ConnectionError(reason);
      return false;
    };
    const now = (): Micros => this.#host.now();
    if (!(yield* until(this.#socket.readable, ready, now, deadline)) || got === undefined) {
      throw new TimeoutError('no datagram arrived in time');
    }
    return got;
  }

  close(): void {
    this.#socket.close();
  }
}

function payloadOf(data: Payload | Uint8Array | string): Payload {
  if (typeof data === 'string') return bytesPayload(utf8Bytes(data));
  // A copy: the program may change its array afterwards, a payload never changes.
  return data instanceof Uint8Array ? bytesPayload(data.slice()) : data;
}
