import type { ByteStream } from '../../base/byte-stream.ts';
import { CallError, ConnectionError, TimeoutError } from '../../base/errors.ts';
import { Signal, waitFor, type Process } from '../../base/process.ts';
import type { Json, ProgramHost, StreamListener, Task } from '../../base/program-host.ts';
import { after, type Micros } from '../../base/time.ts';
import { within } from '../../base/within.ts';
import { HttpHeaders } from '../headers.ts';
import type { Handler } from './answer.ts';
import { CLOSE_REASONS, type CloseReason } from './close-reason.ts';
import type { IncomingRequest } from './incoming-request.ts';
import { linger } from './linger.ts';
import { settingsOf, type HttpServerOptions, type ServerSettings } from './options.ts';
import { errorPage } from './response-plan.ts';
import { Router } from './router.ts';
import { ServerConnection } from './server-connection.ts';

/** What a server holds and has done. */
export interface HttpServerStatus {
  /** Connections open now, handshakes of TLS included. */
  readonly connections: number;
  /** Octets that arrived on them and were not understood yet. */
  readonly bufferedBytes: number;
  readonly accepted: number;
  readonly requests: number;
  /** Requests that broke a rule. */
  readonly refused: number;
  /** How often a connection was closed for each reason. */
  readonly closed: ReadonlyMap<CloseReason, number>;
}

/** What one open connection holds. */
export interface HttpConnectionStatus {
  /** The stream's label. */
  readonly stream: string;
  /** Requests answered. */
  readonly served: number;
  /** Octets that arrived and were not understood yet. */
  readonly bufferedBytes: number;
  /** Whether nothing was asked that is not answered. */
  readonly idle: boolean;
}

/**
 * Serves HTTP on a port, or on connections that a listener gives. Runs beside the caller at once.
 * @throws CallError when the port is taken
 */
export function serveHttp(
  host: ProgramHost,
  where: number | StreamListener,
  options: HttpServerOptions,
): HttpServer {
  return new HttpServer(
    host,
    typeof where === 'number' ? host.listen(where, { noDelay: true }) : where,
    options,
  );
}

export class HttpServer {
  readonly host: ProgramHost;
  readonly settings: ServerSettings;
  /** Raised when the server stops: idle connections wait for it too. */
  readonly stopping = new Signal();
  readonly #connectionGone = new Signal();
  readonly #listener: StreamListener;
  readonly #router: Router;
  readonly #connections = new Set<ServerConnection>();
  readonly #tasks = new Map<Task, ByteStream>();
  readonly #closed = new Map<CloseReason, number>();
  #accepted = 0;
  #requests = 0;
  #refused = 0;
  #open = 0;
  #isStopping = false;

  constructor(host: ProgramHost, listener: StreamListener, options: HttpServerOptions) {
    this.host = host;
    this.settings = settingsOf(options);
    this.#listener = listener;
    this.#router = new Router(options.routes);
    host.spawn(this.#accept(), `http ${listener.port}`);
  }

  get port(): number {
    return this.#listener.port;
  }

  get secure(): boolean {
    return this.settings.secure !== undefined;
  }

  /** Whether `close` was called. */
  get isStopping(): boolean {
    return this.#isStopping;
  }

  get status(): HttpServerStatus {
    let bufferedBytes = 0;
    for (const connection of this.#connections) bufferedBytes += connection.bufferedBytes;
    return {
      connections: this.#open,
      bufferedBytes,
      accepted: this.#accepted,
      requests: this.#requests,
      refused: this.#refused,
      closed: this.#closed,
    };
  }

  /** The connections that speak HTTP now, in the order in which they began to. */
  get connections(): readonly HttpConnectionStatus[] {
    return Array.from(this.#connections, ({ stream, served, bufferedBytes, idle }) => {
      return { stream: stream.label, served, bufferedBytes, idle };
    });
  }

  /** Accepts no more, closes idle connections, and the others when they have answered. */
  close(): void {
    if (this.#isStopping) return;
    this.#isStopping = true;
    this.#listener.close();
    this.stopping.raise();
  }

  /** Closes and throws away what is open. */
  abort(): void {
    this.close();
    for (const [task, stream] of this.#tasks) {
      task.cancel();
      // A process that had not begun has nothing that would do this at its end.
      stream.abort();
    }
    this.#tasks.clear();
  }

  /** Waits until `close` was called and no connection is left. */
  *closed(): Process {
    const over = (): boolean => this.#isStopping && this.#open === 0;
    while (!over()) yield* waitFor([this.stopping, this.#connectionGone]);
  }

  /** For connections: finds and calls the handler of a request. */
  dispatch(request: IncomingRequest): ReturnType<Handler> {
    const { method, path } = request;
    if (request.scheme === 'https' && !request.secure) {
      return errorPage(421, 'an https resource is asked for over TLS only');
    }
    if (!this.#router.knows(method) || method === 'CONNECT') {
      return errorPage(501, `the method ${method} is not implemented`);
    }
    if (path === '*') return allowing(204, this.#router.methods);
    const match = this.#router.match(method, path);
    if (match.kind === 'found') {
      request.params = match.params;
      return match.handler(request);
    }
    if (match.kind === 'not found') return errorPage(404, `nothing is at ${path}`);
    if (method === 'OPTIONS') return allowing(204, match.allowed);
    return { ...errorPage(405, `${method} is not allowed here`), ...allowing(405, match.allowed) };
  }

  /** For connections: one more request was understood. */
  requested(): void {
    this.#requests += 1;
  }

  /** For connections: one more request was refused. */
  refused(): void {
    this.#refused += 1;
  }

  /** For connections: this one is closed. */
  gone(connection: ServerConnection, reason: CloseReason): void {
    this.#connections.delete(connection);
    this.#gone(connection.stream, reason, connection.served);
  }

  *#accept(): Process {
    for (;;) {
      let stream: ByteStream;
      try {
        stream = yield* this.#listener.accept();
      } catch (error) {
        if (error instanceof CallError && this.#isStopping) return;
        throw error;
      }
      const own: { task?: Task } = {};
      const task = this.host.spawn(this.#serve(stream, own), `http ${stream.label}`);
      own.task = task;
      if (!task.done) this.#tasks.set(task, stream);
    }
  }

  *#serve(accepted: ByteStream, own: { readonly task?: Task }): Process {
    this.#accepted += 1;
    this.#open += 1;
    try {
      this.#note(accepted, 'connection', 'connection accepted', { open: this.#open });
      const stream = yield* this.#secured(accepted);
      if (stream === undefined) return;
      if (this.#open > this.settings.maxConnections) {
        yield* this.#turnAway(stream);
        return;
      }
      const connection = new ServerConnection(this, stream);
      this.#connections.add(connection);
      yield* connection.run();
    } finally {
      if (own.task !== undefined) this.#tasks.delete(own.task);
    }
  }

  /** The stream to speak HTTP over; undefined when the handshake failed. */
  *#secured(accepted: ByteStream): Process<ByteStream | undefined> {
    if (this.settings.secure === undefined) return accepted;
    const { host, settings } = this;
    const now = (): Micros => host.now();
    let reason: CloseReason = 'connection failed';
    let stream: ByteStream | undefined;
    try {
      const handshake = this.settings.secure(accepted);
      stream = yield* within(handshake, after(now(), settings.headerTimeout), now, lateHandshake);
      return stream;
    } catch (error) {
      if (error instanceof TimeoutError) reason = 'slow client';
      else if (!(error instanceof ConnectionError)) throw error;
      return undefined;
    } finally {
      if (stream === undefined) {
        // Who was silent for so long need not be waited for.
        if (reason === 'slow client') accepted.abort();
        else accepted.close();
        this.#gone(accepted, reason, 0);
      }
    }
  }

  /** Tells a client that the server is full (RFC 9110 §15.6.4), without reading what it wants. */
  *#turnAway(stream: ByteStream): Process {
    try {
      const text =
        'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';
      yield* stream.sendAll(text);
      yield* linger(stream, this.host, this.settings.lingerTimeout);
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
    } finally {
      stream.close();
      this.#gone(stream, 'too many connections', 0);
    }
  }

  #gone(stream: ByteStream, reason: CloseReason, served: number): void {
    this.#open -= 1;
    this.#closed.set(reason, (this.#closed.get(reason) ?? 0) + 1);
    const cause = { rule: CLOSE_REASONS[reason], why: `closed because: ${reason}` };
    const data = { reason, served, open: this.#open };
    const text = `connection closed after ${served} requests: ${reason}`;
    const note = {
      layer: 'http',
      kind: 'connection closed',
      text,
      cause,
      stream: stream.label,
      data,
    };
    this.host.note(note);
    this.#connectionGone.raise();
  }

  #note(
    stream: ByteStream,
    kind: string,
    text: string,
    data: { readonly [key: string]: Json },
  ): void {
    this.host.note({ layer: 'http', kind, text, stream: stream.label, data });
  }
}

function lateHandshake(): Error {
  return new TimeoutError('the handshake of TLS did not end in time');
}

function allowing(
  status: number,
  methods: readonly string[],
): { status: number; headers: HttpHeaders } {
  return { status, headers: HttpHeaders.from({ Allow: methods.join(', ') }) };
}
