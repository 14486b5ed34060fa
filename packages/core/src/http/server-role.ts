import { EMPTY_BYTES } from '../base/bytes.ts';
import { CallError } from '../base/errors.ts';
import type { Payload } from '../base/payload.ts';
import type { BodyStatus } from './body-reader.ts';
import { BodyWriter } from './body-writer.ts';
import type { ClientState } from './client.machine.ts';
import { proposalOf, wantsKeepAlive } from './connection-options.ts';
import {
  violation,
  type EndToSend,
  type HttpRequest,
  type HttpViolation,
  type ResponseToSend,
  type ServerEvent,
  type ServerSend,
} from './events.ts';
import { requestFraming, type Framing } from './framing.ts';
import type { FieldSectionOptions } from './head-reader.ts';
import { encodeResponseHead } from './head-writer.ts';
import { HttpHeaders } from './headers.ts';
import { readRequestHead, readRequestLine, type RequestLine } from './request-head.ts';
import { prepareResponse } from './response-framing.ts';
import { HttpRole, type AcceptedHead, type HttpRoleOptions, type PeerPhase } from './role.ts';
import { HTTP_RULES } from './rules.ts';
import type { ServerState } from './server.machine.ts';
import { statusReason } from './status-reason.ts';
import { isToken, shown } from './tokens.ts';

const PHASES: Readonly<Record<ClientState, PeerPhase>> = {
  idle: 'head',
  'send body': 'body',
  done: 'between',
  'must close': 'over',
  closed: 'over',
  'might switch protocol': 'undecided',
  'switched protocol': 'switched',
  error: 'over',
};

const SPACE = 0x20;
/** No method of the registry comes near (UPDATEREDIRECTREF has 17 octets). */
const LONGEST_METHOD = 64;

/**
 * The server's end of one HTTP/1.x connection, without the connection. Requests that were pipelined
 * wait inside (`paused`) until the response before is over, so answers keep the order of requests.
 */
export class HttpServerRole extends HttpRole<HttpRequest, RequestLine> {
  /** The request that is being read or answered. */
  #request: HttpRequest | undefined;
  #emptyLines = 0;
  #awaitsContinue = false;
  #peerVersion: HttpRequest['version'] = '1.1';
  /** Whether what is being read began as a request for HEAD, also where it turns out to be no request. */
  #beginsAsHead = false;

  constructor(options: HttpRoleOptions = {}) {
    super(options);
  }

  /** Our side. `idle`: no request; `send response`: one waits for an answer. */
  get state(): ServerState {
    return this.conversation.server;
  }

  get clientState(): ClientState {
    return this.conversation.client;
  }

  /** Whether the client waits for 100 or a final response before it sends the content (RFC 9110 §10.1.1). */
  get clientAwaitsContinue(): boolean {
    return (
      this.#awaitsContinue && this.clientState === 'send body' && this.state === 'send response'
    );
  }

  /** Whether part of a request has arrived, but not all of its head. */
  get readingHead(): boolean {
    return this.clientState === 'idle' && (this.partOfHead || this.input.length > 0);
  }

  /**
   * The octets that say this. Adds what framing and persistence need: Transfer-Encoding where a
   * response has no length and the client can read it, `Connection: close` or `keep-alive` where
   * version and state make them necessary.
   * @throws CallError when the message is invalid or its time is wrong; the role is unchanged then
   */
  send(event: ServerSend): Uint8Array {
    if (event.kind === 'informational') return this.#sendInformational(event);
    if (event.kind === 'response') return this.#sendResponse(event);
    if (event.kind === 'data') return this.sendData(event.bytes);
    if (event.kind === 'end of message') return this.#sendEnd(event);
    if (this.state === 'closed' || this.state === 'switched protocol') {
      throw this.#wrongTime('connection closed');
    }
    this.conversation.serverDid('connection closed');
    return EMPTY_BYTES;
  }

  /** A part of the content as octets; none where the response has no content (HEAD). @throws CallError */
  sendData(content: Uint8Array): Uint8Array {
    if (this.state !== 'send body') throw this.#wrongTime('data');
    return this.frameBytes(content);
  }

  /** A part of the content; a described payload stays described unless it is chunked. @throws CallError */
  sendPayload(content: Payload): Payload {
    if (this.state !== 'send body') throw this.#wrongTime('data');
    return this.frame(content);
  }

  /** What the client said next. Call again until it is `need data` or `paused`. */
  nextEvent(): ServerEvent {
    const event = this.next();
    // Who sends content waits no longer.
    if (event.kind === 'data') this.#awaitsContinue = false;
    return event;
  }

  #sendInformational(init: ResponseToSend): Uint8Array {
    const { status } = init;
    if (this.state !== 'send response') throw this.#wrongTime('informational response');
    if (!(status >= 100 && status < 200))
      throw new CallError('invalid status', `${status} is final`);
    // RFC 9110 §15.2: a server sends no 1xx to a client of HTTP/1.0.
    if (this.#peerVersion === '1.0') throw new CallError('wrong time', 'HTTP/1.0 knows no 1xx');
    if (status === 101 && this.conversation.proposal !== 'upgrade') {
      throw new CallError('wrong time', 'the client did not offer another protocol');
    }
    const headers = HttpHeaders.from(init.headers);
    if (headers.has('content-length') || headers.has('transfer-encoding')) {
      throw new CallError('invalid framing', 'an interim response has no content');
    }
    const bytes = encodeResponseHead(status, init.reason ?? statusReason(status), headers);
    this.#awaitsContinue = false;
    if (status === 101) this.conversation.switch();
    else this.conversation.serverDid('informational response');
    return bytes;
  }

  #sendResponse(init: ResponseToSend): Uint8Array {
    const { status } = init;
    // What was refused before it was a request is answered too, and a client that sends none (408).
    const isRefusal = this.state === 'idle' && status >= 400;
    if (this.state !== 'send response' && !isRefusal) throw this.#wrongTime('response');
    if (status < 200) throw new CallError('invalid status', `${status} is not final`);
    const prepared = prepareResponse(HttpHeaders.from(init.headers), {
      status,
      // RFC 9110 §9.3.2: what answers HEAD has no content, a refusal neither.
      method: this.#request?.method ?? (this.#beginsAsHead ? 'HEAD' : 'GET'),
      version: this.#peerVersion,
      keepAlive: this.keepAlive && this.state === 'send response',
    });
    const bytes = encodeResponseHead(status, init.reason ?? statusReason(status), prepared.headers);
    this.#awaitsContinue = false;
    if (prepared.framing === 'switch') {
      this.conversation.switch();
      return bytes;
    }
    this.conversation.serverDid('response');
    if (!prepared.keepAlive) this.conversation.dropKeepAlive();
    this.writer = new BodyWriter(prepared.framing, prepared.suppressed);
    return bytes;
  }

  #sendEnd(event: EndToSend): Uint8Array {
    if (this.state !== 'send body') throw this.#wrongTime('end of message');
    const bytes = this.writer!.end(HttpHeaders.from(event.trailers));
    this.writer = undefined;
    this.#request = undefined;
    this.conversation.serverDid('end of message');
    return bytes;
  }

  #wrongTime(what: string): CallError {
    return new CallError('wrong time', `cannot send ${what} when ${this.state}`);
  }

  protected peerPhase(): PeerPhase {
    return PHASES[this.conversation.client];
  }

  protected readStartLine(): RequestLine | undefined | HttpViolation {
    for (;;) {
      const impossible = this.#impossibleStart();
      if (impossible !== undefined) return impossible;
      this.#beginsAsHead = this.#begins('HEAD ');
      const line = this.input.line(this.limits.startLine, this.#tooLong(), 400);
      if (typeof line !== 'string') return line;
      if (line !== '') return readRequestLine(line);
      this.#emptyLines += 1;
      if (this.#emptyLines > this.limits.emptyLines) {
        const many = `expected at most ${this.limits.emptyLines} empty lines before a request`;
        return violation(HTTP_RULES.emptyLines, 400, many);
      }
    }
  }

  /** RFC 9112 §3: a longer method than any that is known gets 501, a longer target 414. */
  #tooLong(): HttpViolation {
    const { startLine } = this.limits;
    const longMethod = `expected a method of at most ${LONGEST_METHOD} octets, got a longer one`;
    for (let at = 0; at < LONGEST_METHOD; at += 1) {
      if (this.input.peek(at) !== SPACE) continue;
      const text = `expected at most ${startLine} octets in the request line`;
      return violation(HTTP_RULES.startLineLimit, 414, text);
    }
    return violation(HTTP_RULES.methodKnown, 501, longMethod);
  }

  #begins(text: string): boolean {
    for (let at = 0; at < text.length; at += 1) {
      if (this.input.peek(at) !== text.charCodeAt(at)) return false;
    }
    return true;
  }

  /** A line that cannot begin so: said at once, because TLS or a binary protocol may never send LF. */
  #impossibleStart(): HttpViolation | undefined {
    const first = this.input.peek(0);
    if (first === undefined || first === 0x0d || first === 0x0a) return undefined;
    if (isToken(String.fromCharCode(first))) return undefined;
    return violation(HTTP_RULES.method, 400, `expected a method, got the octet ${first}`);
  }

  protected fieldOptions(): FieldSectionOptions {
    const { fieldCount: count, fieldBytes: bytes } = this.limits;
    return { limits: { count, bytes }, status: { syntax: 400, limit: 431 }, unfold: false };
  }

  protected acceptHead(
    line: RequestLine,
    headers: HttpHeaders,
  ): AcceptedHead<HttpRequest> | HttpViolation {
    this.#peerVersion = line.version;
    const request = readRequestHead(line, headers);
    if (request.kind === 'violation') return request;
    const framing = requestFraming(request);
    if (framing.kind === 'violation') return framing;
    const problem = this.#limitProblem(request, framing);
    if (problem !== undefined) return problem;
    this.#request = request;
    this.#emptyLines = 0;
    this.conversation.request(proposalOf(request));
    if (!wantsKeepAlive(line.version, headers)) this.conversation.dropKeepAlive();
    return { kind: 'accepted', head: request, framing };
  }

  #limitProblem(request: HttpRequest, framing: Framing): HttpViolation | undefined {
    if (framing.kind === 'length' && framing.length > this.limits.bodyBytes) {
      const text = `expected at most ${this.limits.bodyBytes} octets of content, got ${framing.length}`;
      return violation(HTTP_RULES.bodyLimit, 413, text);
    }
    // RFC 9110 §10.1.1: expectations of a client of HTTP/1.0 are ignored.
    if (request.version === '1.0') return undefined;
    const expectations = request.headers.tokens('expect');
    const unknown = expectations.find((each) => each !== '100-continue');
    if (unknown !== undefined) {
      const text = `expected 100-continue as expectation, got ${shown(unknown)}`;
      return violation(HTTP_RULES.expectUnknown, 417, text);
    }
    // A request without content waits for nothing.
    const hasContent = framing.kind !== 'length' || framing.length > 0;
    this.#awaitsContinue = expectations.length > 0 && hasContent && this.input.length === 0;
    return undefined;
  }

  protected peerDid(what: 'end of message' | 'connection closed' | 'protocol error'): void {
    this.conversation.clientDid(what);
  }

  protected bodyStatus(): BodyStatus {
    return { syntax: 400, tooLarge: 413 };
  }

  protected incompleteHead(): HttpViolation {
    const text = 'expected the rest of a request, got the end of the stream';
    return violation(HTTP_RULES.incomplete, 400, text);
  }
}
