import { createSocket, type Socket } from 'node:dgram';
import {
  CallError,
  NEVER,
  Signal,
  TimeoutError,
  utf8Bytes,
  type ConnectionError,
  type DatagramSocket,
  type Micros,
  type Payload,
  type Process,
  type ProgramHost,
  type ReceivedDatagram,
} from '@tcplab/core';
import { fromCallback } from './callback.ts';
import { connectionErrorFrom, errorCode } from './socket-error.ts';

/** RFC 768 and RFC 791: 65,535 octets of datagram less 20 of IPv4 header and 8 of UDP header. */
export const MAX_UDP_DATA = 65_507;
/** Datagrams that may wait for the program; later ones are dropped, as a full kernel buffer would. */
export const MAX_RECEIVE_QUEUE = 1_024;

/** A UDP socket of the platform. Until a program owns it, it forgets what arrives. */
export class UdpSocket implements DatagramSocket {
  readonly readable = new Signal();
  readonly #socket: Socket;
  readonly #wantedPort: number;
  #host: Pick<ProgramHost, 'now' | 'resolve'> | undefined;
  #state: 'binding' | 'bound' | 'closed' = 'binding';
  #bindFailure: CallError | undefined;
  #peer: { readonly host: string; readonly address: string; readonly port: number } | undefined;
  #queue: ReceivedDatagram[] = [];
  #errors: ConnectionError[] = [];
  #dropped = 0;

  constructor(address: string, port: number) {
    this.#wantedPort = port;
    this.#socket = createSocket({ type: 'udp4', reuseAddr: false });
    this.#socket.on('message', (bytes, from) => this.#onMessage(bytes, from.address, from.port));
    this.#socket.on('error', (error) => this.#onError(error));
    this.#socket.on('listening', () => {
      if (this.#state === 'binding') this.#state = 'bound';
      this.readable.raise();
    });
    this.#socket.bind({ address, port, exclusive: true });
  }

  /** @throws CallError `port not known yet` for port 0 without a port in reserve, until `bound()` */
  get port(): number {
    if (this.#wantedPort !== 0) return this.#wantedPort;
    if (this.#state !== 'bound') throw new CallError('port not known yet', 'wait for bound()');
    return this.#socket.address().port;
  }

  get dropped(): number {
    return this.#dropped;
  }

  get closed(): boolean {
    return this.#state === 'closed';
  }

  /** Makes it a program's: datagrams from now on are kept. */
  own(host: Pick<ProgramHost, 'now' | 'resolve'>): this {
    this.#host = host;
    return this;
  }

  /** Waits until the port is bound. @throws CallError when the port is taken */
  *bound(): Process {
    while (this.#state === 'binding' && this.#bindFailure === undefined) {
      yield { signals: [this.readable], deadline: NEVER };
    }
    this.#check();
  }

  *connect(host: string, port: number): Process {
    yield* this.bound();
    const address = yield* this.#addressOf(host);
    this.#check();
    if (this.#peer !== undefined) this.#socket.disconnect();
    this.#peer = undefined;
    yield* fromCallback<void>(({ resolve, reject }) => {
      this.#socket.connect(port, address, (error?: Error) =>
        error === undefined ? resolve() : reject(connectionErrorFrom(error, `${host}:${port}`)),
      );
    });
    this.#peer = { host, address, port };
    this.#queue = this.#queue.filter((one) => one.address === address && one.port === port);
  }

  /** @throws CallError `socket connected` to another peer than the one that `connect` named */
  *sendTo(data: Payload | Uint8Array | string, host: string, port: number): Process {
    const bytes = bytesOf(data);
    if (bytes.length > MAX_UDP_DATA) {
      throw new CallError('datagram too long', `${bytes.length} bytes of at most ${MAX_UDP_DATA}`);
    }
    yield* this.bound();
    const peer = this.#peer;
    const address = peer?.host === host ? peer.address : yield* this.#addressOf(host);
    this.#check();
    if (peer !== undefined && (peer.address !== address || peer.port !== port)) {
      throw new CallError('socket connected', `to ${peer.address}:${peer.port}`);
    }
    yield* fromCallback<void>(({ resolve }) => {
      // What the network answers (ICMP) is told to receiveFrom, not here.
      const sent = (error: Error | null): void => {
        if (error !== null) this.#onError(error);
        resolve();
      };
      if (peer === undefined) this.#socket.send(bytes, port, address, sent);
      else this.#socket.send(bytes, sent);
    });
  }

  tryReceiveFrom(): ReceivedDatagram | undefined {
    return this.#queue.shift();
  }

  *receiveFrom(deadline: Micros = NEVER): Process<ReceivedDatagram> {
    for (;;) {
      const datagram = this.tryReceiveFrom();
      if (datagram !== undefined) return datagram;
      const error = this.#errors.shift();
      if (error !== undefined) throw error;
      this.#check();
      if (deadline !== NEVER && this.#host!.now() >= deadline) {
        throw new TimeoutError(`no datagram arrived at port ${this.port} in time`);
      }
      yield { signals: [this.readable], deadline };
    }
  }

  close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#queue = [];
    this.#socket.close();
    this.readable.raise();
  }

  #addressOf(host: string): Process<string> {
    return firstAddress(this.#host!, host);
  }

  #check(): void {
    if (this.#bindFailure !== undefined) throw this.#bindFailure;
    if (this.#state === 'closed') throw new CallError('socket closed');
  }

  #onMessage(bytes: Buffer, address: string, port: number): void {
    if (this.#host === undefined) return;
    if (this.#queue.length >= MAX_RECEIVE_QUEUE) {
      this.#dropped += 1;
      return;
    }
    this.#queue.push({ bytes: new Uint8Array(bytes), address, port });
    this.readable.raise();
  }

  #onError(error: Error): void {
    if (this.#state === 'binding') {
      this.#bindFailure = new CallError(
        'address in use',
        `UDP port ${this.#wantedPort} (${errorCode(error)})`,
      );
    } else {
      this.#errors.push(connectionErrorFrom(error, 'datagram'));
    }
    this.readable.raise();
  }
}

function* firstAddress(host: Pick<ProgramHost, 'resolve'>, name: string): Process<string> {
  return (yield* host.resolve(name))[0]!;
}

function bytesOf(data: Payload | Uint8Array | string): Uint8Array {
  if (typeof data === 'string') return utf8Bytes(data);
  return data instanceof Uint8Array ? data : data.toBytes();
}
