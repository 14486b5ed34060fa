import type { ByteStream } from '../../base/byte-stream.ts';
import type { Rule } from '../../base/cause.ts';
import { ConnectionError, TimeoutError } from '../../base/errors.ts';
import { waitFor, type Process } from '../../base/process.ts';
import { after, formatMicros, NEVER, type Micros } from '../../base/time.ts';
import type { HttpRequest, HttpVersion, HttpViolation, ServerEvent } from '../events.ts';
import { RoleStream } from '../role-stream.ts';
import { HTTP_RULES } from '../rules.ts';
import { HttpServerRole } from '../server-role.ts';
import { isProcess, type HttpAnswer } from './answer.ts';
import { attended, ClientGone } from './attended.ts';
import type { CloseReason } from './close-reason.ts';
import type { HttpServer } from './http-server.ts';
import { IncomingRequest, RequestRefused } from './incoming-request.ts';
import { linger } from './linger.ts';
import { Responder } from './responder.ts';
import { errorPage } from './response-plan.ts';

/** Content that nobody asked for is read and thrown away up to so many octets, to keep the connection. */
const MAX_UNREAD = 65_536;

/** One accepted connection: reads requests, has them answered, decides how long it lives. */
export class ServerConnection {
  readonly stream: ByteStream;
  readonly #server: HttpServer;
  readonly #role: HttpServerRole;
  readonly #wire: RoleStream<ServerEvent>;
  readonly #responder: Responder;

  constructor(server: HttpServer, stream: ByteStream) {
    this.#server = server;
    this.stream = stream;
    this.#role = new HttpServerRole({ limits: server.settings.limits });
    this.#wire = new RoleStream<ServerEvent>(this.#role, stream, () => server.host.now());
    this.#responder = new Responder(server, this.#role, this.#wire);
  }

  /** Octets that arrived and wait to be understood. */
  get bufferedBytes(): number {
    return this.#role.bufferedBytes;
  }

  /** Requests answered. */
  get served(): number {
    return this.#responder.served;
  }

  /** Whether nothing was asked that is not answered. */
  get idle(): boolean {
    return this.#role.state === 'idle' && !this.#role.readingHead;
  }

  /** Serves until there is a reason to close, and closes. */
  *run(): Process {
    let reason: CloseReason = 'connection failed';
    let over = false;
    try {
      reason = yield* this.#serve();
      over = true;
    } catch (error) {
      if (error instanceof TimeoutError) reason = 'slow client';
      else if (!(error instanceof ConnectionError)) throw error;
      this.stream.abort();
      over = true;
    } finally {
      // Whoever cancels this process throws the connection away.
      if (!over) {
        this.stream.abort();
        if (this.#server.isStopping) reason = 'server is stopping';
      }
      this.#server.gone(this, reason);
    }
  }

  *#serve(): Process<CloseReason> {
    for (;;) {
      const event = yield* this.#nextRequest();
      if (typeof event === 'string') return yield* this.#close(event);
      if (event.kind === 'violation') {
        yield* this.#responder.refuse(event.status, event.rule, event.text);
        return yield* this.#close('protocol violation');
      }
      const reason = yield* this.#exchange(event);
      if (reason !== undefined) return yield* this.#close(reason);
      this.#noteKept(event.version);
    }
  }

  #noteKept(version: HttpVersion): void {
    const { served } = this.#responder;
    const left = this.#server.settings.maxRequests - served;
    const idle = formatMicros(this.#server.settings.idleTimeout);
    const why = version === '1.1' ? 'nobody said close' : 'the client said keep-alive';
    const text = `kept alive because ${why}: for ${idle} and ${left} more requests`;
    this.#responder.note('kept alive', text, HTTP_RULES.persist, { served, left });
  }

  /** A request, what is wrong with it, or why there will be none. */
  *#nextRequest(): Process<HttpRequest | HttpViolation | CloseReason> {
    const { host, settings, stopping } = this.#server;
    const firstWait = this.#responder.served === 0 ? settings.headerTimeout : settings.idleTimeout;
    const idleEnd = after(host.now(), firstWait);
    let headEnd: Micros | undefined;
    for (;;) {
      const event = this.#role.nextEvent();
      if (event.kind === 'request' || event.kind === 'violation') return event;
      if (event.kind === 'connection closed') return 'client closed';
      if (this.#server.isStopping && this.idle) return 'server is stopping';
      if (this.#role.readingHead) headEnd ??= after(host.now(), settings.headerTimeout);
      const deadline = headEnd ?? idleEnd;
      if (this.#wire.feed()) continue;
      if (host.now() >= deadline) {
        if (headEnd === undefined) return 'idle timeout';
        yield* this.#responder.refuse(
          408,
          HTTP_RULES.slowClient,
          'the request did not arrive in time',
        );
        return 'slow client';
      }
      yield* waitFor([this.stream.readable, stopping], deadline);
    }
  }

  /** One request and its response. @returns why the connection ends with it, if it does */
  *#exchange(event: HttpRequest): Process<CloseReason | undefined> {
    const { host, settings } = this.#server;
    const begin = host.now();
    const ground = {
      host,
      role: this.#role,
      wire: this.#wire,
      settings,
      secure: this.#server.secure,
    };
    const request = new IncomingRequest(event, ground);
    this.#server.requested();
    this.#responder.note(
      'request',
      `${event.method} ${event.target} HTTP/${event.version}`,
      HTTP_RULES.respond,
      {
        method: event.method,
        target: event.target,
        number: this.#responder.served + 1,
        buffered: this.bufferedBytes,
        headBytes: this.#role.headOctets,
      },
    );
    this.#responder.ending = this.#reasonToEnd(event);
    const answer = yield* this.#answer(request);
    // RFC 9112 §9.6: who is going to close says so.
    if (request.clientClosed && this.bufferedBytes === 0) {
      this.#responder.ending ??= 'client closed';
    }
    // A new protocol begins behind the request's content, so that must be out of the way.
    if (answer.upgrade !== undefined) yield* this.#discardContent(request);
    const sent = yield* this.#responder.respond(request, answer);
    if (sent === undefined) return 'handler failed';
    const elapsedUs = host.now() - begin;
    const text = `${sent.status} in ${formatMicros(elapsedUs as Micros)}`;
    this.#responder.note('response', text, ruleOf(event.method, sent.status), {
      ...sent,
      requestBytes: request.contentBytes,
      elapsedUs,
    });
    if (this.#role.state === 'switched protocol') return yield* this.#switch(answer);
    if (this.#role.state === 'must close') return this.#responder.ending ?? 'client closed';
    return (yield* this.#discardContent(request)) ? undefined : 'content not read';
  }

  /** Why the response to this request will be the connection's last, before anybody has looked at it. */
  #reasonToEnd(request: HttpRequest): CloseReason | undefined {
    const { settings, isStopping } = this.#server;
    if (!this.#role.keepAlive) {
      const asked = request.headers.tokens('connection').includes('close');
      return asked || request.version === '1.1' ? 'client asked' : 'no keep-alive in HTTP/1.0';
    }
    if (!settings.keepAlive) return 'keep-alive is off';
    if (isStopping) return 'server is stopping';
    return this.#responder.served + 1 >= settings.maxRequests ? 'request limit' : undefined;
  }

  *#answer(request: IncomingRequest): Process<HttpAnswer> {
    try {
      const result = this.#server.dispatch(request);
      return isProcess(result) ? yield* this.#attend(request, result) : result;
    } catch (error) {
      if (error instanceof ClientGone) return this.#gaveUp(error);
      if (error instanceof RequestRefused) {
        this.#server.refused();
        this.#responder.ending = error.status === 408 ? 'slow client' : 'protocol violation';
        this.#responder.note('request refused', `${error.status}: ${error.message}`, error.rule, {
          status: error.status,
        });
        return errorPage(error.status, error.message);
      }
      // The stream is ours alone while a handler runs, so its failure is no failure of the handler.
      if (this.stream.failure !== undefined) throw this.stream.failure;
      return this.#responder.failed(error);
    }
  }

  /** Runs a handler as long as its client is there (RFC 9112 §9.5). */
  *#attend(request: IncomingRequest, handler: Process<HttpAnswer>): Process<HttpAnswer> {
    const { host, settings } = this.#server;
    const now = (): Micros => host.now();
    let patienceEnds: Micros | undefined;
    const look = (): Micros => {
      request.lookForClient();
      if (!request.clientClosed) return NEVER;
      patienceEnds ??= after(now(), settings.halfClosedTimeout);
      if (now() < patienceEnds) return patienceEnds;
      const patience = formatMicros(settings.halfClosedTimeout);
      throw new ClientGone(`the client closed its side ${patience} ago`);
    };
    try {
      return yield* attended(handler, { signal: this.stream.readable, now, look });
    } catch (error) {
      const lost = this.stream.failure;
      if (lost !== undefined) this.#noteEnded(`the client is gone: ${lost.reason}`);
      throw error;
    }
  }

  /** Who only half-closed and waits for the answer after all is told that there is none. */
  #gaveUp(gone: ClientGone): HttpAnswer {
    this.#noteEnded(gone.message);
    this.#responder.ending = 'client closed';
    return errorPage(503, gone.message);
  }

  #noteEnded(why: string): void {
    this.#responder.note('handler ended', why, HTTP_RULES.clientGone, {});
  }

  *#switch(answer: HttpAnswer): Process<CloseReason> {
    this.#responder.note('protocol switched', 'HTTP ends here', HTTP_RULES.upgrade, {});
    const trailing = this.#role.takeTrailing();
    try {
      if (answer.upgrade !== undefined) yield* answer.upgrade(this.stream, trailing);
    } catch (error) {
      if (this.stream.failure !== undefined) throw this.stream.failure;
      this.#responder.failed(error);
      return 'handler failed';
    }
    return 'protocol switched';
  }

  /** Reads past content that nobody asked for. @returns false when it is too much or too slow */
  *#discardContent(request: IncomingRequest): Process<boolean> {
    const before = request.contentBytes;
    try {
      for (;;) {
        const part = yield* request.receive();
        if (part.length === 0) return true;
        if (request.contentBytes - before > MAX_UNREAD) return false;
      }
    } catch (error) {
      if (error instanceof RequestRefused) return false;
      throw error;
    }
  }

  *#close(reason: CloseReason): Process<CloseReason> {
    const { host, settings } = this.#server;
    // Half a response must not look like a whole one: to HTTP/1.0 an orderly close would be its end.
    if (reason === 'handler failed') this.stream.abort();
    // Nothing of ours is on its way: there is no response that a reset could destroy.
    else if (reason === 'idle timeout' || reason === 'client closed') this.stream.close();
    else yield* linger(this.stream, host, settings.lingerTimeout);
    return reason;
  }
}

/** The rule that a response shows. */
function ruleOf(method: string, status: number): Rule {
  if (status === 421) return HTTP_RULES.misdirected;
  if (status === 412) return HTTP_RULES.preconditionFailed;
  if (status === 405) return HTTP_RULES.allow;
  if (status === 501) return HTTP_RULES.methodKnown;
  if (status === 205) return HTTP_RULES.resetContent;
  if (method === 'OPTIONS') return HTTP_RULES.options;
  if (method === 'HEAD') return HTTP_RULES.head;
  return status === 204 || status === 304 ? HTTP_RULES.noBody : HTTP_RULES.respond;
}
