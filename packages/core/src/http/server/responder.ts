import type { Rule } from '../../base/cause.ts';
import { CallError, TimeoutError } from '../../base/errors.ts';
import { bytesPayload, concatPayloads, type Payload } from '../../base/payload.ts';
import type { Process } from '../../base/process.ts';
import type { Json } from '../../base/program-host.ts';
import { NEVER, type Micros } from '../../base/time.ts';
import type { ServerEvent } from '../events.ts';
import { HttpHeaders } from '../headers.ts';
import type { RoleStream } from '../role-stream.ts';
import { HTTP_RULES } from '../rules.ts';
import type { HttpServerRole } from '../server-role.ts';
import type { BodyProducer, HttpAnswer } from './answer.ts';
import { attended, type Attention } from './attended.ts';
import type { CloseReason } from './close-reason.ts';
import type { HttpServer } from './http-server.ts';
import type { IncomingRequest } from './incoming-request.ts';
import { conditional } from './preconditions.ts';
import { errorPage, payloadOf, planResponse, type ResponsePlan } from './response-plan.ts';

/** Bodies up to this size leave in one piece with their header. */
const ONE_PIECE = 16_384;

/** What went out for one request. */
export interface SentResponse {
  readonly status: number;
  /** Octets of content. */
  readonly bytes: number;
  /** Octets of the head, and of what frames the content. */
  readonly headBytes: number;
}

/** Sends the responses of one connection. */
export class Responder {
  /** Why the connection ends with the response that is being made; undefined while nothing ends it. */
  ending: CloseReason | undefined;
  /** Requests answered. */
  served = 0;
  /** Octets of all responses. */
  #octets = 0;
  readonly #server: HttpServer;
  readonly #role: HttpServerRole;
  readonly #wire: RoleStream<ServerEvent>;

  constructor(server: HttpServer, role: HttpServerRole, wire: RoleStream<ServerEvent>) {
    this.#server = server;
    this.#role = role;
    this.#wire = wire;
  }

  /** @returns undefined when the response could not be completed */
  *respond(request: IncomingRequest, answer: HttpAnswer): Process<SentResponse | undefined> {
    let plan: ResponsePlan;
    let head: Uint8Array;
    try {
      this.ending ??= this.#reasonOf(request, answer);
      plan = this.#plan(conditional(request, answer, this.#epochSeconds()));
      head = this.#head(plan);
    } catch (error) {
      // What the handler wants to send cannot be sent; nothing of it is on the wire yet.
      plan = this.#plan(this.failed(error));
      head = this.#head(plan);
    }
    const { status, body } = plan;
    const before = this.#octets;
    let bytes: number | undefined = 0;
    if (this.#role.state !== 'send body') yield* this.#send(bytesPayload(head));
    else if (typeof body !== 'function') bytes = yield* this.#sendWhole(head, body);
    else {
      yield* this.#send(bytesPayload(head));
      // The content of an answer to HEAD is never made.
      bytes = yield* this.#produce(request.method === 'HEAD' ? undefined : body, answer);
    }
    this.served += 1;
    if (bytes === undefined) return undefined;
    return { status, bytes, headBytes: this.#octets - before - bytes };
  }

  /** Answers what could not be understood, where an answer is still possible. */
  *refuse(status: number, rule: Rule, text: string): Process {
    this.note('request refused', `${status}: ${text}`, rule, { status });
    this.#server.refused();
    if (this.#role.state !== 'idle') return;
    this.ending = 'protocol violation';
    const plan = this.#plan(errorPage(status, text));
    yield* this.#sendWhole(this.#head(plan), plan.body as Payload);
  }

  /** The answer for a handler that failed. What failed is for the notes, not for the client. */
  failed(error: unknown): HttpAnswer {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    this.note('handler failed', text, HTTP_RULES.handlerFailed, { status: 500 });
    return errorPage(500, 'the program behind this resource failed');
  }

  /** Puts a note about this connection into the trace. */
  note(kind: string, text: string, rule: Rule, data: { readonly [key: string]: Json }): void {
    const { label } = this.#wire.stream;
    const cause = { rule, why: text };
    this.#server.host.note({ layer: 'http', kind, text, cause, stream: label, data });
  }

  /** Why the connection ends with this answer, where the request gave no reason. */
  #reasonOf(request: IncomingRequest, answer: HttpAnswer): CloseReason | undefined {
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
    const requestsLeft = settings.maxRequests - this.served - 1;
    const close = this.ending !== undefined;
    return planResponse(answer, { settings, now: host.now(), secure, close, requestsLeft });
  }

  #epochSeconds(): number {
    return this.#server.settings.epoch + Math.floor(this.#server.host.now() / 1_000_000);
  }

  #head(plan: ResponsePlan): Uint8Array {
    const { status, headers } = plan;
    if (status < 200 && status !== 101) {
      throw new CallError('invalid status', `${status} does not answer a request`);
    }
    const kind = status < 200 ? 'informational' : 'response';
    const { reason } = plan;
    return this.#role.send({ kind, status, headers, ...(reason === undefined ? {} : { reason }) });
  }

  *#sendWhole(head: Uint8Array, body: Payload): Process<number> {
    const content = this.#role.sendPayload(body);
    const end = this.#role.send({ kind: 'end of message' });
    const parts = [bytesPayload(head), content, bytesPayload(end)];
    if (content.length <= ONE_PIECE) yield* this.#send(concatPayloads(parts));
    else for (const part of parts) yield* this.#send(part);
    return content.length;
  }

  *#produce(produce: BodyProducer | undefined, answer: HttpAnswer): Process<number | undefined> {
    let bytes = 0;
    const role = this.#role;
    const send = (part: Payload): Process => this.#send(part);
    try {
      if (produce !== undefined) {
        const producing = produce(function* (part) {
          const content = payloadOf(part);
          bytes += content.length;
          yield* send(role.sendPayload(content));
        });
        yield* attended(producing, this.#attention());
      }
      const trailers = answer.trailers?.() ?? [];
      yield* send(bytesPayload(role.send({ kind: 'end of message', trailers })));
    } catch (error) {
      if (this.#wire.stream.failure !== undefined || error instanceof TimeoutError) throw error;
      // Half a response is out: without its end the client knows that it is incomplete.
      this.failed(error);
      return undefined;
    }
    return bytes;
  }

  /** A program that writes into a connection which failed is ended at its wait. */
  #attention(): Attention {
    const { stream } = this.#wire;
    const look = (): Micros => {
      if (stream.failure !== undefined) throw stream.failure;
      return NEVER;
    };
    return { signal: stream.readable, now: () => this.#server.host.now(), look };
  }

  #send(data: Payload): Process {
    this.#octets += data.length;
    return this.#wire.send(data, this.#server.settings.sendTimeout);
  }
}
