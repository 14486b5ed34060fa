import {
  concatBytes,
  latin1Text,
  ms,
  type ByteStream,
  type Micros,
  type Process,
} from '@tcplab/core';
import {
  serveHttp,
  stockRoutes,
  type CloseReason,
  type HttpServer,
  type HttpServerOptions,
} from '@tcplab/core/http';
import { MemoryNetwork, type MemoryHost } from '../../../../../test/support/memory-host.ts';

/** A field that ends the connection after the answer. */
export const CLOSE = ['Connection: close'];

export interface World {
  readonly net: MemoryNetwork;
  readonly server: HttpServer;
  /** Runs a client program to its end. */
  run<T>(program: (host: MemoryHost) => Process<T>): T;
  /** Connects, sends octets, and gives all that comes until the server closes. */
  say(text: string | Uint8Array): string;
  /** Notes of a kind, as texts. */
  notes(kind: string): string[];
  /** Why connections were closed so far, in order. */
  closed(): CloseReason[];
}

/** A server with the stock routes and a client, 5 ms apart. */
export function world(
  options: Partial<HttpServerOptions> = {},
  network: ConstructorParameters<typeof MemoryNetwork>[0] = {},
): World {
  const net = new MemoryNetwork({ latency: ms(5), ...network });
  const server = serveHttp(net.host('server'), 80, { routes: stockRoutes(), ...options });
  const notes = (kind: string): string[] =>
    net.notes.filter((note) => note.kind === kind).map((note) => note.text);
  const run = <T>(program: (host: MemoryHost) => Process<T>): T =>
    net.runProcess(net.host('client'), program);
  return {
    net,
    server,
    run,
    notes,
    say: (text) =>
      run(function* (host) {
        const stream = yield* host.connect('server', 80);
        yield* stream.sendAll(text);
        return yield* readAll(stream);
      }),
    closed: () =>
      net.notes
        .filter((note) => note.kind === 'connection closed')
        .map((note) => note.data!['reason'] as CloseReason),
  };
}

/** All octets until the end of the stream, one character each; what came before a reset counts. */
export function* readAll(stream: ByteStream): Process<string> {
  const parts: Uint8Array[] = [];
  for (;;) {
    const part = yield* stream.receive();
    if (part.length === 0) return latin1Text(concatBytes(parts));
    parts.push(part);
  }
}

/** The octets that have arrived by this moment. */
export function* readUntil(stream: ByteStream, host: MemoryHost, at: Micros): Process<string> {
  yield* host.sleep((at - host.now()) as Micros);
  const parts: Uint8Array[] = [];
  for (
    let part = stream.tryReceive();
    part !== undefined && part.length > 0;
    part = stream.tryReceive()
  ) {
    parts.push(part);
  }
  return latin1Text(concatBytes(parts));
}

/** A request's octets; `\n` in the lines stands for CR LF. */
export function asking(line: string, fields: readonly string[] = [], body = ''): string {
  return `${[`${line} HTTP/1.1`, 'Host: server', ...fields].join('\r\n')}\r\n\r\n${body}`;
}
