/**
 * An HTTP client session: one per application, with a pool of connections and a cookie jar that all
 * its requests share. Modelled on aiohttp's ClientSession; `docs/client-session.md` compares them.
 */
import type { ByteStream } from '../../base/byte-stream.ts';
import { DISPOSE } from '../../base/dispose.ts';
import { CallError } from '../../base/errors.ts';
import { bytesPayload } from '../../base/payload.ts';
import { prefixedStream } from '../../base/prefixed-stream.ts';
import type { Process } from '../../base/process.ts';
import type { ProgramHost } from '../../base/program-host.ts';
import { toHex } from '../../base/bytes.ts';
import { formatUrl, resolveUrl, type Url } from '../../base/url.ts';
import { within } from '../../base/within.ts';
import type { CookieJar } from '../../cookies/index.ts';
import { encodeContent, HttpHeaders, type ContentCoding } from '../../http/index.ts';
import type { ClientResponse } from './client-response.ts';
import { checkedTimeout, ClientTimeoutError, deadlineOf } from './client-timeout.ts';
import type { Connector } from './connector.ts';
import { sameOrigin, type Ask } from './prepare-request.ts';
import { encodeForm, jsonBody, NO_BODY, requestBody, type RequestBody } from './request-body.ts';
import { RequestRun, type Answer, type RunContext } from './request-run.ts';
import { CLIENT_RULES } from './rules.ts';
import { enterSession, leaveSession, type LedgerEntry } from './session-ledger.ts';
import type { ClientSessionOptions, RequestOptions, UrlLike } from './session-options.ts';
import { sessionSettings, urlOf, type SessionSettings } from './session-settings.ts';
import { Tracer } from './trace-config.ts';

/** A request to leave HTTP on its connection. */
export interface UpgradeRequest extends Omit<RequestOptions, 'data' | 'json' | 'allowRedirects'> {
  readonly url: UrlLike;
  /** What to change to, e.g. `websocket`. */
  readonly protocol: string;
}

export interface Upgraded {
  readonly response: ClientResponse;
  /** The connection after a 101; undefined where the server refused and `response` says why. */
  readonly stream: ByteStream | undefined;
}

export class ClientSession {
  readonly host: ProgramHost;
  readonly #settings: SessionSettings;
  readonly #ownsConnector: boolean;
  readonly #ledgerEntry: LedgerEntry;
  #closed = false;

  /** @throws CallError for options that contradict each other or are out of range */
  constructor(host: ProgramHost, options: ClientSessionOptions = {}) {
    this.host = host;
    this.#settings = sessionSettings(host, options);
    this.#ownsConnector = options.connector === undefined || (options.connectorOwner ?? true);
    this.#ledgerEntry = enterSession(host);
  }

  get connector(): Connector {
    return this.#settings.connector;
  }

  /** The jar that all requests share; undefined for a session without cookies. */
  get cookieJar(): CookieJar | undefined {
    return this.#settings.jar;
  }

  get headers(): HttpHeaders {
    return this.#settings.headers;
  }

  get closed(): boolean {
    return this.#closed || this.connector.closed;
  }

  get(url: UrlLike, options?: RequestOptions): Process<ClientResponse> {
    return this.request('GET', url, options);
  }

  post(url: UrlLike, options?: RequestOptions): Process<ClientResponse> {
    return this.request('POST', url, options);
  }

  put(url: UrlLike, options?: RequestOptions): Process<ClientResponse> {
    return this.request('PUT', url, options);
  }

  patch(url: UrlLike, options?: RequestOptions): Process<ClientResponse> {
    return this.request('PATCH', url, options);
  }

  delete(url: UrlLike, options?: RequestOptions): Process<ClientResponse> {
    return this.request('DELETE', url, options);
  }

  /** Redirections are not followed unless the options say so. */
  head(url: UrlLike, options?: RequestOptions): Process<ClientResponse> {
    return this.request('HEAD', url, options);
  }

  options(url: UrlLike, options?: RequestOptions): Process<ClientResponse> {
    return this.request('OPTIONS', url, options);
  }

  /**
   * Sends a request and waits for the response's head. Read or release the response: its connection
   * is busy until then.
   * @throws ConnectionError, ClientTimeoutError, ClientPayloadError, ClientResponseError
   * @throws CallError `session is closed`, `invalid URL`, `invalid request`
   */
  *request(method: string, url: UrlLike, options: RequestOptions = {}): Process<ClientResponse> {
    const { response } = yield* this.#perform(method.toUpperCase(), url, options);
    return response;
  }

  /**
   * Asks the server to change the protocol of the connection (RFC 9110 §7.8).
   * @throws as `request`
   */
  *upgrade(request: UpgradeRequest): Process<Upgraded> {
    const { url, protocol, headers, ...rest } = request;
    const all = HttpHeaders.from(headers).with('Connection', 'Upgrade').with('Upgrade', protocol);
    const options = { ...rest, headers: all, allowRedirects: false, raiseForStatus: false };
    const { response, exchange } = yield* this.#perform('GET', url, options);
    if (response.status !== 101) return { response, stream: undefined };
    return { response, stream: prefixedStream(exchange.handOver(), exchange.connection.stream) };
  }

  /** Closes the session and, if it owns its connector, all connections. Safe to call twice. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    leaveSession(this.host, this.#ledgerEntry);
    if (this.#ownsConnector) this.connector.close();
  }

  /** At the end of a scope: `using session = new ClientSession(host)`. */
  [DISPOSE](): void {
    this.close();
  }

  *#perform(method: string, url: UrlLike, options: RequestOptions): Process<Answer> {
    if (this.closed) throw new CallError('session is closed');
    this.#ledgerEntry.requests += 1;
    const ask = this.#firstAsk(method, url, options);
    const context = this.#runContext(ask, options);
    const { tracer, deadline, late } = context;
    const told = { method, url: ask.url, headers: ask.headers };
    tracer.emit('onRequestStart', told);
    try {
      const running = new RequestRun(context).perform(ask);
      const answer = yield* within(running, deadline, () => this.host.now(), late);
      tracer.emit('onRequestEnd', { ...told, response: answer.response });
      this.#judgeStatus(answer.response, options);
      return answer;
    } catch (exception) {
      this.#noteTimeout(exception);
      tracer.emit('onRequestException', { ...told, exception });
      throw exception;
    }
  }

  #noteTimeout(exception: unknown): void {
    if (!(exception instanceof ClientTimeoutError)) return;
    const { message, phase } = exception;
    const cause = { rule: CLIENT_RULES.timeout, why: message };
    this.host.note({ layer: 'http', kind: 'timeout', text: message, cause, data: { phase } });
  }

  #runContext(ask: Ask, options: RequestOptions): RunContext {
    const settings = this.#settings;
    const timeout = checkedTimeout({ ...settings.timeout, ...options.timeout });
    const { total } = timeout;
    const what = `asking for ${ask.method} ${formatUrl(ask.url, { credentials: false })}`;
    return {
      settings,
      options,
      timeout,
      tracer: new Tracer(this, settings.traceConfigs, options.traceRequestCtx),
      deadline: deadlineOf(total, this.host.now()),
      late: () => new ClientTimeoutError('total', total!, what),
    };
  }

  #firstAsk(method: string, urlLike: UrlLike, options: RequestOptions): Ask {
    const url = this.#resolve(urlLike, options);
    const { baseUrl, auth } = this.#settings;
    let { headers } = this.#settings;
    for (const [name] of HttpHeaders.from(options.headers).entries) headers = headers.without(name);
    headers = new HttpHeaders([...headers.entries, ...HttpHeaders.from(options.headers).entries]);
    const isOurs = baseUrl === undefined || sameOrigin(url, baseUrl);
    const own = headers.has('authorization') || url.username !== undefined;
    const fallback = isOurs && !own ? auth : undefined;
    const body = this.#body(options);
    const { compress } = options;
    const ask = { method, url, headers, body, auth: options.auth ?? fallback };
    return compress === undefined ? ask : compressed(ask, compress);
  }

  #resolve(urlLike: UrlLike, options: RequestOptions): Url {
    const { baseUrl } = this.#settings;
    const isRelative = typeof urlLike === 'string' && baseUrl !== undefined;
    const url = isRelative ? resolveUrl(baseUrl, urlLike) : urlOf(urlLike);
    if (url.scheme === 'ftp') throw new CallError('invalid URL', 'a session does not speak FTP');
    if (options.params === undefined) return url;
    const query = [url.query ?? '', encodeForm(options.params)].filter((part) => part !== '');
    return { ...url, query: query.join('&') };
  }

  #body(options: RequestOptions): RequestBody {
    if (options.data !== undefined && options.json !== undefined) {
      throw new CallError('invalid request', 'both data and json are given');
    }
    if (options.json !== undefined) return jsonBody(this.#settings.jsonSerialize(options.json));
    if (options.data === undefined) return NO_BODY;
    const boundary = (): string => toHex(this.host.random('multipart boundary').bytes(16));
    return requestBody(options.data, boundary);
  }

  #judgeStatus(response: ClientResponse, options: RequestOptions): void {
    const judge = options.raiseForStatus ?? this.#settings.raiseForStatus;
    if (typeof judge === 'function') judge(response);
    else if (judge) response.raiseForStatus();
  }
}

/** @throws CallError `invalid request` for content that is compressed already or written in chunks */
function compressed(ask: Ask, coding: ContentCoding): Ask {
  const { body, headers } = ask;
  if (body.kind === 'none') return ask;
  if (body.kind === 'chunks' || headers.has('content-encoding')) {
    throw new CallError('invalid request', 'only content known as a whole is compressed');
  }
  const content = bytesPayload(encodeContent(coding, body.content.toBytes()));
  return { ...ask, headers: headers.with('Content-Encoding', coding), body: { ...body, content } };
}

/** Runs a program with a session that is closed at the end, however it ends. */
export function* withSession<T>(
  host: ProgramHost,
  options: ClientSessionOptions,
  program: (session: ClientSession) => Process<T>,
): Process<T> {
  const session = new ClientSession(host, options);
  try {
    return yield* program(session);
  } finally {
    session.close();
  }
}
