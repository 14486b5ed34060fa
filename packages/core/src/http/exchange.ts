import { concatBytes } from '../base/bytes.ts';
import type { ByteStream } from '../base/byte-stream.ts';
import { ConnectionError } from '../base/errors.ts';
import type { Process } from '../base/process.ts';
import { NEVER, type Micros } from '../base/time.ts';
import { utf8Bytes, utf8Text } from '../base/utf8.ts';
import { HttpClientRole } from './client-role.ts';
import type { ClientEvent, HttpInformational, HttpResponse, HttpVersion } from './events.ts';
import { HttpHeaders, type HeadersInit } from './headers.ts';
import { RoleStream } from './role-stream.ts';

export interface ExchangeRequest {
  /** @default 'GET' */
  readonly method?: string;
  /** @default '/' */
  readonly target?: string;
  readonly version?: HttpVersion;
  /** Host must be among them; Content-Length is added for a body. */
  readonly headers?: HeadersInit;
  readonly body?: Uint8Array | string;
}

export interface ExchangeOptions {
  /** The connection's role, to use one connection for several exchanges. @default a new one */
  readonly role?: HttpClientRole;
  /** Needed for a deadline. */
  readonly now?: () => Micros;
  readonly deadline?: Micros;
}

/** A complete response. */
export interface ExchangeResponse extends Omit<HttpResponse, 'kind'> {
  readonly body: Uint8Array;
  /** The body read as UTF-8. */
  readonly text: string;
  readonly trailers: HttpHeaders;
  /** Interim responses that came before, in order. */
  readonly informational: readonly HttpInformational[];
  /** Whether the connection can carry another request. */
  readonly reusable: boolean;
}

/**
 * One request and its response over a stream: the simplest client there is. It follows nothing,
 * decodes nothing, keeps nothing; `session` has a client that does.
 * @throws CallError for a request that cannot be sent; ConnectionError when the connection fails,
 *   closes early or the response breaks a rule (`protocol error`); TimeoutError at `deadline`
 */
export function* httpExchange(
  stream: ByteStream,
  request: ExchangeRequest,
  options: ExchangeOptions = {},
): Process<ExchangeResponse> {
  const role = options.role ?? new HttpClientRole();
  const wire = new RoleStream<ClientEvent>(role, stream, options.now ?? (() => 0 as Micros));
  const { method = 'GET', target = '/', version = '1.1' } = request;
  const body = typeof request.body === 'string' ? utf8Bytes(request.body) : request.body;
  let headers = HttpHeaders.from(request.headers);
  if (body !== undefined && !headers.has('transfer-encoding')) {
    headers = headers.with('Content-Length', String(body.length));
  }
  const parts = [role.send({ kind: 'request', method, target, version, headers })];
  if (body !== undefined) parts.push(role.sendData(body));
  parts.push(role.send({ kind: 'end of message' }));
  yield* wire.send(concatBytes(parts));
  return yield* readResponse(wire, role, options.deadline ?? NEVER);
}

function* readResponse(
  wire: RoleStream<ClientEvent>,
  role: HttpClientRole,
  deadline: Micros,
): Process<ExchangeResponse> {
  const informational: HttpInformational[] = [];
  const content: Uint8Array[] = [];
  let head: HttpResponse | undefined;
  for (;;) {
    const event = yield* wire.next(deadline);
    if (event.kind === 'violation') throw new ConnectionError('protocol error', event.text);
    if (event.kind === 'connection closed') throw new ConnectionError('connection closed');
    if (event.kind === 'informational') informational.push(event);
    else if (event.kind === 'response') head = event;
    else if (event.kind === 'data') content.push(event.bytes);
    const trailers = event.kind === 'end of message' ? event.trailers : HttpHeaders.EMPTY;
    if (event.kind !== 'end of message' && role.state !== 'switched protocol') continue;
    const { status, reason, version, headers } = head ?? informational.at(-1)!;
    const body = concatBytes(content);
    const message = { status, reason, version, headers, body, text: utf8Text(body), trailers };
    return { ...message, informational, reusable: role.reusable };
  }
}
