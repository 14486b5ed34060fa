import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { CallError, NEVER, Signal, type Process, type StreamListener } from '@tcplab/core';
import { errorCode } from './socket-error.ts';
import { SocketStream } from './socket-stream.ts';

/** Connections that may wait for `accept`; one more is reset. */
export const MAX_ACCEPT_QUEUE = 1_024;

/** A listening socket of the platform. Until a program owns it, it resets who connects. */
export class SocketListener implements StreamListener {
  readonly #server: Server;
  readonly #changed = new Signal();
  readonly #wantedPort: number;
  #onStream: (stream: SocketStream) => void = () => undefined;
  #owned = false;
  #backlog = MAX_ACCEPT_QUEUE;
  #queue: SocketStream[] = [];
  #failure: CallError | undefined;
  #state: 'binding' | 'listening' | 'closed' = 'binding';

  constructor(address: string, port: number) {
    this.#wantedPort = port;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true });
    this.#server.on('connection', (socket) => this.#onConnection(socket));
    this.#server.on('error', (error) => this.#onError(error));
    this.#server.on('listening', () => {
      if (this.#state === 'binding') this.#state = 'listening';
      this.#changed.raise();
    });
    this.#server.listen({ host: address, port, backlog: MAX_ACCEPT_QUEUE });
  }

  /**
   * The local port. Known at once for a port that was named and for `listen(0)` with a port in
   * reserve (`readyPorts`).
   * @throws CallError `port not known yet` otherwise, until `listening()` has returned
   */
  get port(): number {
    if (this.#wantedPort !== 0) return this.#wantedPort;
    const address = this.#server.address() as AddressInfo | null;
    if (address === null) throw new CallError('port not known yet', 'wait for listening()');
    return address.port;
  }

  get closed(): boolean {
    return this.#state === 'closed';
  }

  /** Makes it a program's: connections from now on are kept for `accept`. */
  own(backlog: number | undefined, onStream: (stream: SocketStream) => void): this {
    this.#owned = true;
    this.#backlog = Math.min(backlog ?? MAX_ACCEPT_QUEUE, MAX_ACCEPT_QUEUE);
    this.#onStream = onStream;
    return this;
  }

  /** Waits until the port is bound. @throws CallError when the port is taken */
  *listening(): Process {
    while (this.#state === 'binding' && this.#failure === undefined) {
      yield { signals: [this.#changed], deadline: NEVER };
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  /**
   * @throws CallError `listener closed`, and here, not in `listen`, when the port is taken: the
   *   platform tells it later
   */
  *accept(): Process<SocketStream> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      const stream = this.#queue.shift();
      if (stream !== undefined) return stream;
      if (this.#state === 'closed') throw new CallError('listener closed');
      yield { signals: [this.#changed], deadline: NEVER };
    }
  }

  close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    for (const stream of this.#queue) stream.abort();
    this.#queue = [];
    this.#server.close();
    this.#changed.raise();
  }

  #onConnection(socket: Socket): void {
    socket.on('error', () => undefined);
    if (!this.#owned || this.#state === 'closed' || this.#queue.length >= this.#backlog) {
      socket.resetAndDestroy();
      return;
    }
    const stream = new SocketStream(socket);
    this.#queue.push(stream);
    this.#onStream(stream);
    this.#changed.raise();
  }

  #onError(error: Error): void {
    this.#failure = listenError(error, this.#wantedPort);
    this.#changed.raise();
  }
}

function listenError(error: Error, port: number): CallError {
  const code = errorCode(error);
  const taken = code === 'EADDRINUSE';
  return new CallError(
    taken ? 'address in use' : 'address not available',
    `port ${port} (${code})`,
  );
}
