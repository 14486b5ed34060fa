/** One request and its response on one connection. */
import type { Cause } from '../../base/cause.ts';
import { ConnectionError } from '../../base/errors.ts';
import { bytesPayload, type Payload } from '../../base/payload.ts';
import { waitFor, type Process } from '../../base/process.ts';
import type { ProgramHost } from '../../base/program-host.ts';
import { after, seconds, type Micros } from '../../base/time.ts';
import { formatUrl, type Url } from '../../base/url.ts';
import { within } from '../../base/within.ts';
import type {
  ClientEvent,
  HttpHeaders,
  HttpInformational,
  HttpResponse,
  HttpVersion,
} from '../../http/index.ts';
import { ClientPayloadError, ServerDisconnectedError } from './client-errors.ts';
import { ClientTimeoutError, deadlineOf } from './client-timeout.ts';
import type { Connector } from './connector.ts';
import type { PooledConnection } from './pooled-connection.ts';
import { chunkPayload, type ChunkProducer, type RequestBody } from './request-body.ts';
import { CLIENT_RULES } from './rules.ts';
import type { Tracer } from './trace-config.ts';

/** How long to wait for 100 (Continue) before the content is sent anyway (RFC 9110 §10.1.1). */
export const CONTINUE_TIMEOUT = seconds(1);

/** Ends a program that writes content which the server has answered already. */
const ANSWERED = new Error('the server has answered before it read everything');

/** A request with everything decided. */
export interface PreparedRequest {
  readonly method: string;
  readonly url: Url;
  readonly target: string;
  readonly version: HttpVersion;
  readonly headers: HttpHeaders;
  readonly body: RequestBody;
}

export interface ExchangeContext {
  readonly host: ProgramHost;
  readonly connector: Connector;
  readonly tracer: Tracer;
  readonly sockRead: Micros | undefined;
  readonly readBufsize: number;
}

export class HttpExchange {
  readonly connection: PooledConnection;
  readonly request: PreparedRequest;
  readonly #context: ExchangeContext;
  /** Events that were taken from the role before anyone asked for them. */
  #early: ClientEvent[] = [];
  #arrived = false;
  #ended = false;
  #response: HttpResponse | HttpInformational | undefined;

  constructor(connection: PooledConnection, request: PreparedRequest, context: ExchangeContext) {
    this.connection = connection;
    this.request = request;
    this.#context = context;
  }

  /** No octet of a response has come: the server may never have seen the request. */
  get isUntouched(): boolean {
    return !this.#arrived;
  }

  /** The response was read to its end, or given up. */
  get isOver(): boolean {
    return this.#ended;
  }

  /**
   * Sends the request and waits for the head of the final response, or for 101.
   * @throws ConnectionError, ClientTimeoutError, ClientPayloadError; the connection is gone then
   */
  *begin(): Process<HttpResponse | HttpInformational> {
    this.connection.statistics.requests += 1;
    let good = false;
    try {
      yield* this.#sendRequest();
      this.#response ??= yield* this.#readHead();
      good = true;
      return this.#response;
    } finally {
      if (!good) this.#fail('the exchange did not come to its end');
    }
  }

  /** The next part of the content, undefined at its end. @throws as `begin` */
  *readChunk(): Process<Uint8Array | undefined> {
    if (this.#ended) return undefined;
    let good = false;
    try {
      const event = yield* this.#nextEvent();
      good = true;
      if (event.kind === 'data') return this.#received(event.bytes);
      this.#finish();
      return undefined;
    } finally {
      if (!good) this.#fail('the response did not come to its end');
    }
  }

  /** Reads on while there is nothing to wait for: a response without content is over at once. */
  settle(): void {
    if (this.#ended) return;
    const event = this.connection.http.nextEvent();
    if (event.kind === 'end of message') this.#finish();
    else if (event.kind !== 'need data' && event.kind !== 'paused') this.#early.push(event);
  }

  /** Takes what has arrived already; gives the connection back if that was all, else closes it. */
  release(): void {
    while (!this.#ended) {
      const event = this.#early.shift() ?? this.connection.http.nextEvent();
      if (event.kind === 'end of message') this.#finish();
      else if (event.kind !== 'data') this.#fail('the response was released before its end');
    }
  }

  /** Closes the connection, whatever is still to come. */
  close(): void {
    if (!this.#ended) this.#fail('the response was closed before its end');
  }

  /** After 101: the stream, and the octets of the new protocol that came with the response. */
  handOver(): Uint8Array {
    this.#ended = true;
    const trailing = this.connection.http.takeTrailing();
    this.#context.connector.handOver(this.connection);
    return trailing;
  }

  *#sendRequest(): Process {
    const { method, target, version, headers, body, url } = this.request;
    const { http } = this.connection;
    const head = http.send({ kind: 'request', method, target, version, headers });
    yield* this.#send(bytesPayload(head));
    this.#context.tracer.emit('onRequestHeadersSent', { method, url, headers });
    if (http.awaitsContinue) yield* this.#awaitContinue();
    if (body.kind === 'whole') yield* this.#sendContent(body.content);
    if (body.kind === 'chunks') yield* this.#sendChunks(body.produce);
    // A final response that came early ends the request where it stands: the connection with it.
    if (this.#response === undefined && http.state === 'send body') {
      yield* this.#send(bytesPayload(http.send({ kind: 'end of message' })));
    }
  }

  *#sendChunks(produce: ChunkProducer): Process {
    try {
      yield* produce((chunk) => this.#sendChunk(chunkPayload(chunk)));
    } catch (error) {
      if (error !== ANSWERED) throw error;
    }
  }

  /** @throws ANSWERED, which ends the program that writes: nobody reads what it has to say */
  *#sendChunk(content: Payload): Process {
    yield* this.#sendContent(content);
    if (this.#response !== undefined) throw ANSWERED;
  }

  *#sendContent(content: Payload): Process {
    if (content.length === 0 || this.#response !== undefined) return;
    yield* this.#send(this.connection.http.sendPayload(content));
    const { method, url } = this.request;
    if (content.patternOffset === undefined) {
      this.#context.tracer.emit('onRequestChunkSent', { method, url, chunk: content.toBytes() });
    }
  }

  /** Sends everything, and listens meanwhile: the server may answer before it has read all. */
  *#send(octets: Payload): Process {
    const { stream, statistics } = this.connection;
    let rest = octets;
    while (rest.length > 0) {
      if (stream.failure !== undefined) {
        // RFC 9112 §9.5: a server that wanted no more has perhaps said why before it reset us.
        if (this.#takeArrived()) return;
        throw this.#disconnected(stream.failure);
      }
      const count = stream.trySend(rest);
      statistics.bytesSent += count;
      rest = rest.slice(count, rest.length);
      if (rest.length === 0) return;
      if (this.#takeArrived()) return;
      yield* waitFor([stream.writable, stream.readable]);
    }
  }

  /** Feeds what has arrived without waiting. @returns whether a final response has begun */
  #takeArrived(): boolean {
    for (;;) {
      const bytes = this.connection.stream.tryReceive(this.#context.readBufsize);
      if (bytes === undefined || bytes.length === 0) break;
      this.#feed(bytes);
    }
    return this.#lookForHead();
  }

  #lookForHead(): boolean {
    while (this.#response === undefined) {
      const event = this.connection.http.nextEvent();
      if (event.kind === 'need data' || event.kind === 'paused') return false;
      const isFinal = event.kind === 'response' || isSwitch(event);
      if (isFinal) this.#response = event;
      else if (event.kind !== 'informational') throw this.#unexpected(event);
    }
    return true;
  }

  *#awaitContinue(): Process {
    const { http, stream } = this.connection;
    const deadline = after(this.#context.host.now(), CONTINUE_TIMEOUT);
    while (http.awaitsContinue && this.#context.host.now() < deadline) {
      if (this.#takeArrived() || stream.ended) return;
      if (stream.failure !== undefined) throw this.#disconnected(stream.failure);
      if (http.awaitsContinue) yield* waitFor([stream.readable], deadline);
    }
  }

  *#readHead(): Process<HttpResponse | HttpInformational> {
    for (;;) {
      const event = yield* this.#nextEvent();
      if (event.kind === 'response' || isSwitch(event)) return event;
      if (event.kind !== 'informational') throw this.#unexpected(event);
    }
  }

  /** The role's next event that is none of waiting. */
  *#nextEvent(): Process<ClientEvent> {
    for (;;) {
      const event = this.#early.shift() ?? this.connection.http.nextEvent();
      if (event.kind === 'need data') yield* this.#receive();
      else if (event.kind === 'violation' || event.kind === 'connection closed') {
        throw this.#unexpected(event);
      } else return event;
    }
  }

  *#receive(): Process {
    const { sockRead, host, readBufsize } = this.#context;
    const { stream, http } = this.connection;
    const late = (): Error =>
      new ClientTimeoutError('sockRead', sockRead!, `reading from ${stream.label}`);
    try {
      const deadline = deadlineOf(sockRead, host.now());
      const reading = stream.receive(readBufsize);
      const bytes = yield* within(reading, deadline, () => host.now(), late);
      if (bytes.length === 0) http.receiveEnd();
      else this.#feed(bytes);
    } catch (error) {
      if (error instanceof ConnectionError) throw this.#disconnected(error);
      throw error;
    }
  }

  #feed(bytes: Uint8Array): void {
    this.#arrived = true;
    this.connection.statistics.bytesReceived += bytes.length;
    this.connection.http.receiveData(bytes);
  }

  #received(chunk: Uint8Array): Uint8Array {
    const { method, url } = this.request;
    this.#context.tracer.emit('onResponseChunkReceived', { method, url, chunk });
    // The end may be here already: then the connection need not wait until somebody asks for it.
    const next = this.connection.http.nextEvent();
    if (next.kind === 'end of message') this.#finish();
    else if (next.kind !== 'need data') this.#early.push(next);
    return chunk;
  }

  #finish(): void {
    this.#ended = true;
    const headers = this.#response!.headers;
    this.#context.connector.release(this.connection, headers);
  }

  #fail(what: string): void {
    if (this.#ended) return;
    this.#ended = true;
    const why = `${what}: ${this.request.method} ${formatUrl(this.request.url, { credentials: false })}`;
    const cause: Cause = { rule: CLIENT_RULES.incomplete, why };
    this.#context.connector.discard(this.connection, cause);
  }

  #disconnected(error: ConnectionError): Error {
    return new ServerDisconnectedError(`${error.message} on ${this.connection.stream.label}`);
  }

  #unexpected(event: ClientEvent): Error {
    const { label } = this.connection.stream;
    if (event.kind === 'violation' && this.#arrived) {
      return new ClientPayloadError(`${event.text} (${event.rule.id}) on ${label}`);
    }
    if (event.kind === 'connection closed') {
      const when = this.#response === undefined ? 'before a response' : 'within a response';
      return new ServerDisconnectedError(`it closed ${label} ${when}`);
    }
    return new ClientPayloadError(`expected a response, got ${event.kind} on ${label}`);
  }
}

/** RFC 9110 §15.2.2: after 101 there is no final response, the connection speaks another protocol. */
function isSwitch(event: ClientEvent): event is HttpInformational & { readonly status: 101 } {
  return event.kind === 'informational' && event.status === 101;
}
