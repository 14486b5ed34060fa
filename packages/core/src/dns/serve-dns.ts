/** An authoritative server as a process: UDP and TCP on one port. */
import type { ByteStream } from '../base/byte-stream.ts';
import type { DatagramSocket } from '../base/datagram-socket.ts';
import { CallError, ConnectionError, TimeoutError } from '../base/errors.ts';
import type { Process } from '../base/process.ts';
import type { Json, ProgramHost, StreamListener } from '../base/program-host.ts';
import { after, seconds, type Micros } from '../base/time.ts';
import { within } from '../base/within.ts';
import { answerQuery, type QueryVerdict } from './answer-query.ts';
import { rcodeName, typeName } from './message.ts';
import { framed, receiveFramed } from './tcp-framing.ts';
import type { Zone } from './zone.ts';

export const DNS_PORT = 53;
/** TCP connections served at one time; more are closed at once. */
export const MAX_DNS_CONNECTIONS = 100;

export interface DnsServerOptions {
  /** @default 53. 0 lets the host choose. */
  readonly port?: number;
  /** DNS-26: a TCP connection without a question is closed after this long. @default 10 s */
  readonly idleTimeout?: Micros;
  /** Called once both sockets are open, with their port. */
  readonly onListening?: (port: number) => void;
}

/**
 * Answers queries about the zones until the process is cancelled.
 * @throws CallError when the port is taken or the host has no UDP
 */
export function* serveDns(
  host: ProgramHost,
  zones: readonly Zone[],
  options: DnsServerOptions = {},
): Process {
  if (host.datagram === undefined) throw new CallError('no UDP', `${host.name} has no datagrams`);
  const listener = host.listen(options.port ?? DNS_PORT);
  let socket: DatagramSocket | undefined;
  let failure: unknown;
  try {
    socket = host.datagram(listener.port);
    const datagrams = host.spawn(
      serveDatagrams(host, zones, socket, (error) => {
        failure = error;
        listener.close();
      }),
      'dns udp',
    );
    try {
      options.onListening?.(listener.port);
      yield* serveStreams(host, zones, listener, options);
    } catch (error) {
      // What ended the datagrams closed the listener too, and is the real reason.
      throw failure ?? error;
    } finally {
      datagrams.cancel();
    }
  } finally {
    socket?.close();
    listener.close();
  }
}

function* serveDatagrams(
  host: ProgramHost,
  zones: readonly Zone[],
  socket: DatagramSocket,
  onFailure: (error: unknown) => void,
): Process {
  try {
    for (;;) {
      const { bytes, address, port } = yield* socket.receiveFrom();
      const verdict = answerQuery(zones, bytes, 'udp');
      noteAnswer(host, verdict, `${address}:${port}`);
      // A source port of zero cannot be answered.
      if (verdict.reply !== undefined && port !== 0) {
        yield* socket.sendTo(verdict.reply, address, port);
      }
    }
  } catch (error) {
    onFailure(error);
  }
}

function* serveStreams(
  host: ProgramHost,
  zones: readonly Zone[],
  listener: StreamListener,
  options: DnsServerOptions,
): Process {
  let open = 0;
  const serve = function* (stream: ByteStream): Process {
    try {
      yield* serveStream(host, zones, stream, options.idleTimeout ?? seconds(10));
    } finally {
      open -= 1;
    }
  };
  for (;;) {
    const stream = yield* listener.accept();
    if (open === MAX_DNS_CONNECTIONS) {
      stream.abort();
      continue;
    }
    open += 1;
    host.spawn(serve(stream), `dns ${stream.label}`);
  }
}

/** RFC 7766 §6.2.1: many queries may follow each other on one connection. */
function* serveStream(
  host: ProgramHost,
  zones: readonly Zone[],
  stream: ByteStream,
  idle: Micros,
): Process {
  const now = (): Micros => host.now();
  try {
    for (;;) {
      const query = yield* within(receiveFramed(stream), after(now(), idle), now, nothingAsked);
      if (query === undefined) break;
      const verdict = answerQuery(zones, query, 'tcp');
      noteAnswer(host, verdict, stream.label);
      if (verdict.reply === undefined) break;
      yield* within(stream.sendAll(framed(verdict.reply)), after(now(), idle), now, nothingAsked);
    }
  } catch (error) {
    // What a client does to its connection ends that connection only.
    if (!(error instanceof ConnectionError || error instanceof TimeoutError)) throw error;
  } finally {
    stream.close();
  }
}

function nothingAsked(): Error {
  return new TimeoutError('nothing was asked');
}

function noteAnswer(host: ProgramHost, verdict: QueryVerdict, peer: string): void {
  const { cause, query, response } = verdict;
  const question = query?.questions[0];
  const what = question && `${question.name || '.'} ${typeName(question.type)}`;
  const rcode = response === undefined ? 'silence' : rcodeName(response.rcode);
  const data: Record<string, Json> = { peer, rcode };
  if (what !== undefined) data['question'] = what;
  if (response !== undefined) data['answers'] = response.answers.length;
  if (verdict.truncated) data['truncated'] = true;
  const text = `${what ?? 'a message that is no query'} from ${peer}: ${rcode}, ${cause.why}`;
  host.note({ layer: 'dns', kind: 'answer', text, cause, data });
}
