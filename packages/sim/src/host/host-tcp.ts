import { CallError, NEVER, Signal, type Process, type StreamListener } from '@tcplab/core';
import type { SimHost } from './sim-host.ts';
import type { SimSocket } from './sim-socket.ts';

/** A socket in LISTEN. With a callback it hands out connections at once; else `accept` waits for them. */
export class SimListener implements StreamListener {
  readonly port: number;
  readonly #arrived = new Signal();
  readonly #waiting: SimSocket[] = [];
  readonly #onConnection: ((socket: SimSocket) => void) | undefined;
  readonly #stop: () => void;
  readonly #accepted: (socket: SimSocket) => void;
  #closed = false;

  constructor(
    port: number,
    parts: {
      readonly onConnection: ((socket: SimSocket) => void) | undefined;
      readonly stop: () => void;
      readonly accepted: (socket: SimSocket) => void;
    },
  ) {
    this.port = port;
    this.#onConnection = parts.onConnection;
    this.#stop = parts.stop;
    this.#accepted = parts.accepted;
  }

  /** Connections that are established and that no program has taken yet. */
  get waiting(): number {
    return this.#waiting.length;
  }

  *accept(): Process<SimSocket> {
    for (;;) {
      const socket = this.#waiting.shift();
      if (socket !== undefined) {
        this.#accepted(socket);
        return socket;
      }
      if (this.#closed) throw new CallError('listener closed', `port ${this.port}`);
      yield { signals: [this.#arrived], deadline: NEVER };
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stop();
    for (const socket of this.#waiting.splice(0)) socket.abort();
    this.#arrived.raise();
  }

  /** A connection has reached ESTABLISHED. For the host. */
  offer(socket: SimSocket): void {
    if (this.#onConnection === undefined) {
      this.#waiting.push(socket);
      this.#arrived.raise();
      return;
    }
    this.#accepted(socket);
    this.#onConnection(socket);
  }
}

/** The callback form of a host's TCP: `host.tcp.listen(80, (c) => …)`, `host.tcp.connect(server, 80)`. */
export class HostTcp {
  readonly #host: SimHost;

  constructor(host: SimHost) {
    this.#host = host;
  }

  /**
   * Listens and calls `onConnection` for every connection that is established.
   * @param options `backlog`: how many may be half open at once. @default 128
   */
  listen(
    port: number,
    onConnection: (socket: SimSocket) => void,
    options: { readonly backlog?: number } = {},
  ): SimListener {
    return this.#host.listenWith(port, onConnection, options);
  }

  /** Opens a connection at once; its progress shows in `state`. */
  connect(
    to: SimHost | string,
    port: number,
    options?: { readonly localPort?: number; readonly noDelay?: boolean },
  ): SimSocket {
    return this.#host.open(typeof to === 'string' ? to : to.name, port, options ?? {});
  }
}
