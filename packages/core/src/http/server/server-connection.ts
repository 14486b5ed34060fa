import type { ByteStream } from '../../base/byte-stream.ts';
import type { Rule } from '../../base/cause.ts';
import { CallError, ConnectionError, TimeoutError } from '../../base/errors.ts';
import { waitFor, type Process } from '../../base/process.ts';
import { bytesPayload, concatPayloads, type Payload } from '../../base/payload.ts';
import type { Json } from '../../base/program-host.ts';
import { after, formatMicros, type Micros } from '../../base/time.ts';
import type { HttpRequest, HttpViolation, ServerEvent } from '../events.ts';
import { HttpHeaders } from '../headers.ts';
import { RoleStream } from '../role-stream.ts';
import { HTTP_RULES } from '../rules.ts';
import { HttpServerRole } from '../server-role.ts';
import { isProcess, type BodyProducer, type HttpAnswer } from './answer.ts';
import type { CloseReason } from './close-reason.ts';
import type { HttpServer } from './http-server.ts';
import { IncomingRequest, RequestRefused } from './incoming-request.ts';
import { linger } from './linger.ts';
import { errorPage, payloadOf, planResponse, type ResponsePlan } from './response-plan.ts';

/** Content that nobody asked for is read and thrown away up to so many octets, to keep the connection. */
const MAX_UNREAD = 65_536;
/** Bodies up to this size leave in one piece with their header. */
const ONE_PIECE = 16_384;

/** One accepted connection: reads requests, has them answered, decides how long it lives. */
export class ServerConnection {
  readonly stream: ByteStream;
  readonly #server: HttpServer;
  readonly #role: HttpServerRole;
  readonly #wire: RoleStream<ServerEvent>;
  #served = 0;
  /** Why the connection will end with the response that is being made. */
  #ending: CloseReason | undefined;

  constructor(server: HttpServer, stream: ByteStream) {
    this.#server = server;
    this.stream = stream;
    this.#role = new HttpServerRole({ limits: server.settings.limits });
    this.#wire = new RoleStream<ServerEvent>(this.#role, stream, () => server.host.now());
  }

  /** Octets that arrived and wait to be understood. */
  get bufferedBytes(): number {
    return this.#role.bufferedBytes;
  }

  /** Requests answered. */
  get served(): number {
    return this.#served;
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
        yield* this.#refuse(event.status, event.rule, event.text);
        return yield* this.#close('protocol violation');
      }
      const reason = yield* this.#exchange(event);
      if (reason !== undefined) return yield* this.#close(reason);
      const left = this.#server.settings.maxRequests - this.#served;
      const idle = formatMicros(this.#server.settings.idleTimeout);
      this.#note(
        'kept alive',
        `kept alive for ${idle} and ${left} more requests`,
        HTTP_RULES.persist,
        {
          served: this.#served,
          left,
        },
      );
    }
  }

  /** A request, what is wrong with it, or why there will be none. */
  *#nextRequest(): Process<HttpRequest | HttpViolation | CloseReason> {
    const { host, settings, stopping } = this.#server;
    const firstWait = this.#served === 0 ? settings.headerTimeout : settings.idleTimeout;
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
        yield* this.#refuse(408, HTTP_RULES.slowClient, 'the request did not arrive in time');
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
    this.#note(
      'request',
      `${event.method} ${event.target} HTTP/${event.version}`,
      HTTP_RULES.respond,
      {
        method: event.method,
        target: event.target,
        number: this.#served + 1,
      },
    );
    this.#ending = this.#reasonToEnd(event);
    const answer = yield* this.#answer(request);
    const bytes = yield* this.#respond(request, answer);
    this.#served += 1;
    if (bytes === undefined) return 'handler failed';
    this.#note(
      'response',
      `${answer.status ?? 200} in ${formatMicros((host.now() - begin) as Micros)}`,
      HTTP_RULES.respond,
      {
        status: answer.status ?? 200,
        bytes,
        elapsedUs: host.now() - begin,
      },
    );
    if (this.#role.state === 'switched protocol') return yield* this.#switch(answer);
    if (this.#role.state === 'must close') return this.#ending ?? 'client closed';
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
    return this.#served + 1 >= settings.maxRequests ? 'request limit' : undefined;
  }

  *#answer(request: IncomingRequest): Process<HttpAnswer> {
    try {
      const result = this.#server.dispatch(request);
      return isProcess(result) ? yield* result : result;
    } catch (error) {
      if (error instanceof RequestRefused) {
        this.#ending = error.status === 408 ? 'slow client' : 'protocol violation';
        this.#note('request refused', `${error.status}: ${error.message}`, error.rule, {
          status: error.status,
        });
        return errorPage(error.status, error.message);
      }
      // The stream is ours alone while a handler runs, so its failure is no failure of the handler.
      if (this.stream.failure !== undefined) throw this.stream.failure;
      return this.#failed(error);
    }
  }

  #failed(error: unknown): HttpAnswer {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    this.#note('handler failed', text, HTTP_RULES.handlerFailed, { status: 500 });
    return errorPage(500, 'the program behind this resource failed');
  }

  /** @returns octets of the body, or undefined when the response could not be completed */
  *#respond(request: IncomingRequest, answer: HttpAnswer): Process<number | undefined> {
    // A new protocol begins behind the request's content, so that must be out of the way.
    if (answer.upgrade !== undefined) yield* this.#discardContent(request);
    let plan: ResponsePlan;
    let head: Uint8Array;
    try {
      this.#ending ??= this.#reasonOfAnswer(request, answer);
      plan = this.#plan(answer);
      head = this.#head(plan);
    } catch (error) {
      // What the handler wants to send cannot be sent; nothing of it is on the wire yet.
      plan = this.#plan(this.#failed(error));
      head = this.#head(plan);
    }
    if (this.#role.state !== 'send body') {
      yield* this.#send(bytesPayload(head));
      return 0;
    }
    const { body } = plan;
    if (typeof body === 'function') return yield* this.#produce(request, answer, head, body);
    const content = this.#role.sendPayload(body);
    const end = this.#role.send({ kind: 'end of message' });
    if (content.length <= ONE_PIECE) {
      yield* this.#send(concatPayloads([bytesPayload(head), content, bytesPayload(end)]));
    } else {
      for (const part of [bytesPayload(head), content, bytesPayload(end)]) yield* this.#send(part);
    }
    return content.length;
  }

  /** Why the connection ends with this answer, where the request gave no reason. */
  #reasonOfAnswer(request: IncomingRequest, answer: HttpAnswer): CloseReason | undefined {
    if (this.#server.isStopping) return 'server is stopping';
    // Who was not told to go on may send the content or not: only a close makes that clear.
    if (this.#role.clientAwaitsContinue) return 'content not read';
    const options = HttpHeaders.from(answer.headers).tokens('connection');
    if (options.includes('close')) return 'handler asked';
    const isStreamed = typeof answer.body === 'function' && request.method !== 'HEAD';
    return isStreamed && request.version === '1.0' ? 'response until close' : undefined;
  }

  #plan(answer: HttpAnswer): ResponsePlan {
    const { settings, host, secure } = this.#server;
    const requestsLeft = settings.maxRequests - this.#served - 1;
    const close = this.#ending !== undefined;
    return planResponse(answer, { settings, now: host.now(), secure, close, requestsLeft });
  }

  #head(plan: ResponsePlan): Uint8Array {
    if (plan.status < 200 && plan.status !== 101) {
      throw new CallError('invalid status', `${plan.status} does not answer a request`);
    }
    const kind = plan.status < 200 ? 'informational' : 'response';
    return this.#role.send({ kind, status: plan.status, headers: plan.headers });
  }

  *#produce(
    request: IncomingRequest,
    answer: HttpAnswer,
    head: Uint8Array,
    produce: BodyProducer,
  ): Process<number | undefined> {
    yield* this.#send(bytesPayload(head));
    let bytes = 0;
    const role = this.#role;
    const send = (part: Payload): Process => this.#send(part);
    try {
      // The content of an answer to HEAD is never made.
      if (request.method !== 'HEAD') {
        yield* produce(function* (part) {
          const content = payloadOf(part);
          bytes += content.length;
          yield* send(role.sendPayload(content));
        });
      }
      yield* this.#send(
        bytesPayload(role.send({ kind: 'end of message', trailers: answer.trailers?.() ?? [] })),
      );
    } catch (error) {
      if (this.stream.failure !== undefined || error instanceof TimeoutError) throw error;
      // Half a response is out: without its end the client knows that it is incomplete.
      this.#failed(error);
      return undefined;
    }
    return bytes;
  }

  *#switch(answer: HttpAnswer): Process<CloseReason> {
    const reason = 'protocol switched';
    this.#note('protocol switched', 'HTTP ends here', HTTP_RULES.upgrade, {});
    const trailing = this.#role.takeTrailing();
    if (answer.upgrade !== undefined) yield* answer.upgrade(this.stream, trailing);
    return reason;
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

  /** Answers what could not be understood, where an answer is still possible. */
  *#refuse(status: number, rule: Rule, text: string): Process {
    this.#note('request refused', `${status}: ${text}`, rule, { status });
    this.#server.refused();
    if (this.#role.state !== 'idle' || this.stream.ended) return;
    this.#ending = 'protocol violation';
    const plan = this.#plan(errorPage(status, text));
    const head = this.#head(plan);
    const content = this.#role.sendPayload(plan.body as Payload);
    const end = this.#role.send({ kind: 'end of message' });
    yield* this.#send(concatPayloads([bytesPayload(head), content, bytesPayload(end)]));
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

  #send(data: Payload): Process {
    return this.#wire.send(data, this.#server.settings.sendTimeout);
  }

  #note(kind: string, text: string, rule: Rule, data: { readonly [key: string]: Json }): void {
    const cause = { rule, why: text };
    this.#server.host.note({ layer: 'http', kind, text, cause, stream: this.stream.label, data });
  }
}
