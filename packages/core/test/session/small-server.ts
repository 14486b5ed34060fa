/**
 * A server of a few lines for tests of the client: it answers with what a function says, and closes
 * when a test wants it to, to the microsecond.
 */
import {
  after,
  concatBytes,
  ConnectionError,
  NEVER,
  until,
  utf8Bytes,
  utf8Text,
  type ByteStream,
  type Micros,
  type Process,
  type ProgramHost,
} from '@tcplab/core';
import { HttpServerRole, type HeadersInit, type HttpRequest } from '@tcplab/core/http';
import type { MemoryHost } from '../../../../test/support/memory-host.ts';

/** A request with its content. */
export interface Asked extends HttpRequest {
  readonly body: string;
  readonly bytes: Uint8Array;
  /** Counts the server's connections from 1. */
  readonly connection: number;
  /** Counts the requests of this connection from 1. */
  readonly nth: number;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: HeadersInit;
  readonly body?: string | Uint8Array;
  /** Pieces, sent one after the other with this pause between them. */
  readonly pieces?: readonly string[];
  readonly pause?: Micros;
  /** Wait so long before answering. */
  readonly after?: Micros;
  /** Close the connection without an answer, or after it. */
  readonly close?: 'unanswered' | 'answered';
  /** 101, and then the stream belongs to this. */
  readonly upgrade?: (stream: ByteStream) => Process;
}

export interface SmallServerOptions {
  readonly port?: number;
  /** Close a connection that is idle for so long. */
  readonly idleTimeout?: Micros;
  /** Close with the answer to the n-th request of a connection, without announcing it. */
  readonly maxRequests?: number;
  /** Wraps each accepted stream, as TLS would. */
  readonly secure?: (stream: ByteStream) => ByteStream;
}

export interface SmallServer {
  /** Every request that came, in order. */
  readonly requests: Asked[];
  connections: number;
  /** Connections open at a time, at most. */
  peak: number;
}

export function startServer(
  host: MemoryHost,
  answer: (asked: Asked) => Reply | string,
  options: SmallServerOptions = {},
): SmallServer {
  const server: SmallServer = { requests: [], connections: 0, peak: 0 };
  host.spawn(accept(host, answer, options, server), 'server');
  return server;
}

function* accept(
  host: ProgramHost,
  answer: (asked: Asked) => Reply | string,
  options: SmallServerOptions,
  server: SmallServer,
): Process {
  const listener = host.listen(options.port ?? 80);
  const state = { open: 0 };
  for (;;) {
    const stream = yield* listener.accept();
    server.connections += 1;
    state.open += 1;
    server.peak = Math.max(server.peak, state.open);
    const number = server.connections;
    host.spawn(
      (function* (): Process {
        try {
          const secured = options.secure === undefined ? stream : options.secure(stream);
          yield* serve(host, secured, { answer, options, server, number });
        } catch (error) {
          // A client that goes away in the middle is his own business.
          if (!(error instanceof ConnectionError)) throw error;
        } finally {
          state.open -= 1;
        }
      })(),
      `connection ${number}`,
    );
  }
}

interface Serving {
  readonly answer: (asked: Asked) => Reply | string;
  readonly options: SmallServerOptions;
  readonly server: SmallServer;
  readonly number: number;
}

function* serve(host: ProgramHost, stream: ByteStream, serving: Serving): Process {
  const role = new HttpServerRole();
  const { idleTimeout, maxRequests } = serving.options;
  for (let nth = 1; ; nth += 1) {
    const asked = yield* readRequest(host, stream, role, { serving, nth, idleTimeout });
    if (asked === undefined) break;
    serving.server.requests.push(asked);
    const given = serving.answer(asked);
    const reply = typeof given === 'string' ? { body: given } : given;
    if (reply.after !== undefined) yield* host.sleep(reply.after);
    if (reply.close === 'unanswered' || stream.failure !== undefined) break;
    if (reply.upgrade !== undefined) {
      const init = { kind: 'informational', status: 101, headers: reply.headers ?? [] } as const;
      yield* stream.sendAll(role.send(init));
      yield* reply.upgrade(stream);
      return;
    }
    yield* sendReply(host, stream, role, reply);
    if (reply.close === 'answered' || !role.keepAlive || nth === maxRequests) break;
  }
  stream.close();
}

function* readRequest(
  host: ProgramHost,
  stream: ByteStream,
  role: HttpServerRole,
  context: { serving: Serving; nth: number; idleTimeout: Micros | undefined },
): Process<Asked | undefined> {
  const idleUntil = after(host.now(), context.idleTimeout ?? NEVER);
  const parts: Uint8Array[] = [];
  let head: HttpRequest | undefined;
  for (;;) {
    const event = role.nextEvent();
    if (event.kind === 'need data') {
      if (role.clientAwaitsContinue) {
        yield* stream.sendAll(role.send({ kind: 'informational', status: 100 }));
      }
      let bytes: Uint8Array | undefined;
      const come = (): boolean =>
        stream.failure !== undefined || (bytes = stream.tryReceive()) !== undefined;
      if (!(yield* until(stream.readable, come, () => host.now(), idleUntil))) return undefined;
      if (bytes === undefined) return undefined;
      if (bytes.length === 0) role.receiveEnd();
      else role.receiveData(bytes);
    } else if (event.kind === 'request') head = event;
    else if (event.kind === 'data') parts.push(event.bytes);
    else if (event.kind === 'end of message') {
      const bytes = concatBytes(parts);
      const { number } = context.serving;
      return { ...head!, bytes, body: utf8Text(bytes), connection: number, nth: context.nth };
    } else return undefined;
  }
}

function* sendReply(
  host: ProgramHost,
  stream: ByteStream,
  role: HttpServerRole,
  reply: Reply,
): Process {
  const body = typeof reply.body === 'string' ? utf8Bytes(reply.body) : reply.body;
  const length = reply.pieces === undefined ? { 'Content-Length': String(body?.length ?? 0) } : {};
  const given = reply.headers;
  const headers: HeadersInit = Array.isArray(given)
    ? [...(given as [string, string][]), ...Object.entries(length)]
    : { ...length, ...(given as { [name: string]: string } | undefined) };
  yield* stream.sendAll(role.send({ kind: 'response', status: reply.status ?? 200, headers }));
  if (body !== undefined && body.length > 0) yield* stream.sendAll(role.sendData(body));
  for (const piece of reply.pieces ?? []) {
    yield* host.sleep(reply.pause ?? (0 as Micros));
    yield* stream.sendAll(role.sendData(utf8Bytes(piece)));
  }
  yield* stream.sendAll(role.send({ kind: 'end of message' }));
}
