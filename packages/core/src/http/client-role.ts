import { EMPTY_BYTES } from '../base/bytes.ts';
import { CallError } from '../base/errors.ts';
import type { Payload } from '../base/payload.ts';
import type { BodyStatus } from './body-reader.ts';
import { BodyWriter } from './body-writer.ts';
import type { ClientState } from './client.machine.ts';
import { proposalOf, wantsKeepAlive } from './connection-options.ts';
import {
  isViolation,
  violation,
  type ClientEvent,
  type ClientSend,
  type EndToSend,
  type HttpInformational,
  type HttpRequest,
  type HttpResponse,
  type HttpViolation,
  type RequestToSend,
} from './events.ts';
import { requestFraming, responseFraming } from './framing.ts';
import type { FieldSectionOptions } from './head-reader.ts';
import { encodeRequestHead } from './head-writer.ts';
import { HttpHeaders } from './headers.ts';
import { readStatusLine, type StatusLine } from './response-head.ts';
import { HttpRole, type AcceptedHead, type HttpRoleOptions, type PeerPhase } from './role.ts';
import { HTTP_RULES } from './rules.ts';
import type { ServerState } from './server.machine.ts';

export interface HttpClientRoleOptions extends HttpRoleOptions {
  /** Allow a request before the last one's response has come (RFC 9112 §9.3.2). @default false */
  readonly pipelining?: boolean;
}

const PHASES: Readonly<Record<ServerState, PeerPhase>> = {
  idle: 'head',
  'send response': 'head',
  'send body': 'body',
  done: 'between',
  'must close': 'over',
  closed: 'over',
  'switched protocol': 'switched',
  error: 'over',
};

/**
 * The client's end of one HTTP/1.x connection, without the connection: `send` gives the octets to
 * put on a stream, `receiveData` and `receiveEnd` take what came from it, `nextEvent` tells what
 * that means. When both messages of an exchange are over the role is `idle` again, by itself.
 */
export class HttpClientRole extends HttpRole<HttpResponse | HttpInformational, StatusLine> {
  readonly #pipelining: boolean;
  /** Methods of requests whose final response has not begun, in order. */
  readonly #unanswered: string[] = [];
  #informational = 0;
  #awaitsContinue = false;

  constructor(options: HttpClientRoleOptions = {}) {
    super(options);
    this.#pipelining = options.pipelining ?? false;
  }

  /** Our side. `idle`: ready for a request; `must close`: this connection takes no more. */
  get state(): ClientState {
    return this.conversation.client;
  }

  get serverState(): ServerState {
    return this.conversation.server;
  }

  /** Whether the connection can carry another request now. */
  get reusable(): boolean {
    return this.state === 'idle' && this.serverState === 'idle' && this.input.length === 0;
  }

  /** Whether we expect 100-continue and have heard nothing yet (RFC 9110 §10.1.1). */
  get awaitsContinue(): boolean {
    return this.#awaitsContinue;
  }

  /**
   * The octets that say this.
   * @throws CallError when the message is invalid or its time is wrong; the role is unchanged then
   */
  send(event: ClientSend): Uint8Array {
    if (event.kind === 'request') return this.#sendRequest(event);
    if (event.kind === 'data') return this.sendData(event.bytes);
    if (event.kind === 'end of message') return this.#sendEnd(event);
    this.#expectNot(['closed', 'error', 'switched protocol'], 'connection closed');
    this.conversation.clientDid('connection closed');
    return EMPTY_BYTES;
  }

  /** A part of the content as octets. @throws CallError */
  sendData(content: Uint8Array): Uint8Array {
    if (this.state !== 'send body') throw this.#wrongTime('data');
    return this.frameBytes(content);
  }

  /** A part of the content; a described payload stays described unless it is chunked. @throws CallError */
  sendPayload(content: Payload): Payload {
    if (this.state !== 'send body') throw this.#wrongTime('data');
    return this.frame(content);
  }

  /** What the server said next. Call again until it is `need data` or `paused`. */
  nextEvent(): ClientEvent {
    return this.next();
  }

  #sendRequest(init: RequestToSend): Uint8Array {
    const version = init.version ?? '1.1';
    const { method, target } = init;
    const headers = HttpHeaders.from(init.headers);
    const canPipeline = this.state === 'done' && this.#pipelining && this.keepAlive;
    if (this.state !== 'idle' && !canPipeline) throw this.#wrongTime('request');
    const request: HttpRequest = { kind: 'request', method, target, version, headers };
    const framing = requestFraming(request);
    if (isViolation(framing)) throw new CallError('invalid framing', framing.text);
    // RFC 9112 §3.2: a client sends exactly one Host, in HTTP/1.0 it may leave it out.
    const hosts = headers.getAll('host').length;
    if (hosts > 1 || (hosts === 0 && version === '1.1')) {
      throw new CallError('invalid Host', `expected one Host field, got ${hosts}`);
    }
    const bytes = encodeRequestHead({ method, target, version }, headers);
    if (this.state === 'done') this.conversation.pipeline();
    this.conversation.request(proposalOf(request));
    if (!wantsKeepAlive(version, headers)) this.conversation.dropKeepAlive();
    this.#unanswered.push(method);
    this.#awaitsContinue = headers.tokens('expect').includes('100-continue');
    this.writer = new BodyWriter(framing as Exclude<typeof framing, HttpViolation>);
    return bytes;
  }

  #sendEnd(event: EndToSend): Uint8Array {
    if (this.state !== 'send body') throw this.#wrongTime('end of message');
    const bytes = this.writer!.end(HttpHeaders.from(event.trailers));
    this.writer = undefined;
    this.conversation.clientDid('end of message');
    return bytes;
  }

  #expectNot(states: readonly ClientState[], what: string): void {
    if (states.includes(this.state)) throw this.#wrongTime(what);
  }

  #wrongTime(what: string): CallError {
    return new CallError('wrong time', `cannot send ${what} when ${this.state}`);
  }

  protected peerPhase(): PeerPhase {
    return PHASES[this.conversation.server];
  }

  protected readStartLine(): StatusLine | undefined | HttpViolation {
    if (this.#unanswered.length === 0) {
      const text = 'expected nothing without a request, got octets';
      return violation(HTTP_RULES.unsolicited, 0, text);
    }
    const text = `expected at most ${this.limits.startLine} octets in the status line`;
    const tooLong = violation(HTTP_RULES.startLineLimit, 0, text);
    const line = this.input.line(this.limits.startLine, tooLong, 0);
    return typeof line === 'string' ? readStatusLine(line) : line;
  }

  protected fieldOptions(): FieldSectionOptions {
    const { fieldCount: count, fieldBytes: bytes } = this.limits;
    return { limits: { count, bytes }, status: { syntax: 0, limit: 0 }, unfold: true };
  }

  protected acceptHead(
    line: StatusLine,
    headers: HttpHeaders,
  ): AcceptedHead<HttpResponse | HttpInformational> | HttpViolation {
    this.#awaitsContinue = false;
    if (line.status < 200)
      return this.#acceptInformational({ kind: 'informational', ...line, headers });
    const response: HttpResponse = { kind: 'response', ...line, headers };
    const method = this.#unanswered[0]!;
    const switches = method === 'CONNECT' && line.status < 300;
    const framing = switches ? undefined : responseFraming(response, method);
    if (framing?.kind === 'violation') return framing;
    if (framing?.kind === 'length' && framing.length > this.limits.bodyBytes) {
      const text = `expected at most ${this.limits.bodyBytes} octets of content, got ${framing.length}`;
      return violation(HTTP_RULES.bodyLimit, 0, text);
    }
    this.#unanswered.shift();
    this.#informational = 0;
    if (switches) {
      this.conversation.switch();
    } else {
      this.conversation.serverDid('response');
      const isOver = !wantsKeepAlive(line.version, headers) || framing!.kind === 'until close';
      if (isOver) this.conversation.dropKeepAlive();
    }
    return { kind: 'accepted', head: response, framing };
  }

  #acceptInformational(head: HttpInformational): AcceptedHead<HttpInformational> | HttpViolation {
    this.#informational += 1;
    if (this.#informational > this.limits.informational) {
      const text = `expected at most ${this.limits.informational} interim responses`;
      return violation(HTTP_RULES.informational, 0, text);
    }
    if (head.status !== 101) this.conversation.serverDid('informational response');
    else if (this.conversation.proposal === 'upgrade' && this.outstanding === 1) {
      this.#unanswered.shift();
      this.conversation.switch();
    } else {
      const text = 'expected no switch of protocol, got 101 without an offer';
      return violation(HTTP_RULES.upgradeUnasked, 0, text);
    }
    return { kind: 'accepted', head, framing: undefined };
  }

  protected peerDid(what: 'end of message' | 'connection closed' | 'protocol error'): void {
    this.conversation.serverDid(what);
  }

  protected bodyStatus(): BodyStatus {
    return { syntax: 0, tooLarge: 0 };
  }

  protected incompleteHead(): HttpViolation {
    const text = 'expected the rest of a response, got the end of the stream';
    return violation(HTTP_RULES.incomplete, 0, text);
  }
}
