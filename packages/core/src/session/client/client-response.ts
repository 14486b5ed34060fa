/** A response as the program sees it: the head is here, the content is read when asked for. */
import { concatBytes, latin1Text } from '../../base/bytes.ts';
import { DISPOSE } from '../../base/dispose.ts';
import type { Process } from '../../base/process.ts';
import type { Json, ProgramHost } from '../../base/program-host.ts';
import type { Micros } from '../../base/time.ts';
import { formatUrl, type Url } from '../../base/url.ts';
import { utf8Text } from '../../base/utf8.ts';
import { within } from '../../base/within.ts';
import {
  DEFAULT_EPOCH,
  parseSetCookie,
  type CookieJar,
  type ParsedSetCookie,
} from '../../cookies/index.ts';
import {
  ContentDecoder,
  isViolation,
  type HttpHeaders,
  type HttpInformational,
  type HttpResponse,
  type HttpVersion,
} from '../../http/index.ts';
import { ClientPayloadError, ClientResponseError } from './client-errors.ts';
import type { HttpExchange, PreparedRequest } from './http-exchange.ts';
import type { ConnectionStatistics } from './pooled-connection.ts';

/** Content that `read`, `text` and `json` keep in memory at most. */
export const MAX_CONTENT_IN_MEMORY = 268_435_456;

export interface ResponseContext {
  readonly host: ProgramHost;
  readonly jar: CookieJar | undefined;
  readonly history: readonly ClientResponse[];
  readonly autoDecompress: boolean;
  /** The end of the whole operation. */
  readonly deadline: Micros;
  readonly late: () => Error;
  /** Guesses the character set of a text that names none. */
  readonly fallbackCharsetResolver: (response: ClientResponse, body: Uint8Array) => string;
}

export class ClientResponse {
  readonly status: number;
  readonly reason: string;
  readonly version: HttpVersion;
  readonly headers: HttpHeaders;
  /** What was asked last, after redirections. */
  readonly requestInfo: PreparedRequest;
  /** The responses that redirected here, the first one first. */
  readonly history: readonly ClientResponse[];
  /** The Set-Cookie fields of this response by name, whether the jar took them or not. */
  readonly cookies: ReadonlyMap<string, ParsedSetCookie>;
  readonly #exchange: HttpExchange;
  readonly #context: ResponseContext;
  readonly #decoder: ContentDecoder | undefined;
  #body: Uint8Array | undefined;

  constructor(
    head: HttpResponse | HttpInformational,
    exchange: HttpExchange,
    context: ResponseContext,
  ) {
    this.status = head.status;
    this.reason = head.reason;
    this.version = head.version;
    this.headers = head.headers;
    this.requestInfo = exchange.request;
    this.history = context.history;
    this.cookies = cookiesOf(head.headers, context);
    this.#exchange = exchange;
    this.#context = context;
    this.#decoder = context.autoDecompress ? ContentDecoder.for(head.headers) : undefined;
  }

  get method(): string {
    return this.requestInfo.method;
  }

  /** The URL that answered, without its fragment. */
  get url(): Url {
    return { ...this.requestInfo.url, fragment: undefined };
  }

  /** The URL that answered, with its fragment. */
  get realUrl(): Url {
    return this.requestInfo.url;
  }

  get host(): string {
    return this.requestInfo.url.host;
  }

  /** Whether the status is below 400. */
  get ok(): boolean {
    return this.status < 400;
  }

  /** The media type without parameters, in lower case; `application/octet-stream` where none is given. */
  get contentType(): string {
    const type = this.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
    return type === undefined || type === '' ? 'application/octet-stream' : type;
  }

  /** The charset parameter in lower case, where there is one. */
  get charset(): string | undefined {
    const value = this.headers.get('content-type') ?? '';
    return /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(value)?.[1]?.toLowerCase();
  }

  /** Length as announced; undefined where it is not known before the end. */
  get contentLength(): number | undefined {
    const value = this.headers.get('content-length');
    return value === undefined ? undefined : Number(value);
  }

  /** The connection that carried it. */
  get connection(): ConnectionStatistics {
    return this.#exchange.connection.statistics;
  }

  /** True once the content was read to its end, released or closed. */
  get closed(): boolean {
    return this.#exchange.isOver;
  }

  /**
   * The next part of the content, decompressed; undefined at the end.
   * @throws ConnectionError, ClientPayloadError, ClientTimeoutError
   */
  *readChunk(): Process<Uint8Array | undefined> {
    for (;;) {
      const { deadline, late, host } = this.#context;
      const reading = this.#exchange.readChunk();
      const chunk = yield* within(reading, deadline, () => host.now(), late);
      const decoder = this.#decoder;
      if (decoder === undefined) return chunk;
      const decoded = chunk === undefined ? decoder.finish() : decoder.push(chunk);
      if (isViolation(decoded)) {
        this.close();
        throw new ClientPayloadError(`${decoded.text} (${decoded.rule.id}) from ${this.#name}`);
      }
      if (decoded.length > 0) return decoded;
      if (chunk === undefined) return undefined;
    }
  }

  /** The whole content; the connection is free for the next request then. Reads once, remembers. */
  *read(): Process<Uint8Array> {
    if (this.#body !== undefined) return this.#body;
    const parts: Uint8Array[] = [];
    let length = 0;
    for (;;) {
      const chunk = yield* this.readChunk();
      if (chunk === undefined) break;
      length += chunk.length;
      if (length > MAX_CONTENT_IN_MEMORY) {
        this.close();
        throw new ClientPayloadError(`content longer than ${MAX_CONTENT_IN_MEMORY} octets`);
      }
      parts.push(chunk);
    }
    this.#body = concatBytes(parts);
    return this.#body;
  }

  /** The content as text, in `encoding`, else as Content-Type says, else UTF-8. */
  *text(encoding?: string): Process<string> {
    const body = yield* this.read();
    const charset = encoding ?? this.charset ?? this.#context.fallbackCharsetResolver(this, body);
    return decodeText(body, charset.toLowerCase());
  }

  /**
   * The content as JSON.
   * @param contentType what the response must say it is; null takes anything.
   * @throws ClientPayloadError for another content type or text that is no JSON
   */
  *json(contentType: string | null = 'application/json'): Process<Json> {
    if (contentType !== null && !isJsonType(this.contentType, contentType)) {
      const text = `expected ${contentType}, got ${this.contentType}`;
      throw new ClientPayloadError(`${text} from ${this.#name}`);
    }
    const text = yield* this.text();
    try {
      return JSON.parse(text) as Json;
    } catch {
      throw new ClientPayloadError(`expected JSON from ${this.#name}, got something else`);
    }
  }

  /**
   * No more is wanted. A response that is complete gives its connection back; of any other the
   * connection is closed, for the rest would stand before the next response.
   */
  release(): void {
    this.#exchange.release();
  }

  /** Closes the connection unless the response was read to its end. */
  close(): void {
    this.#exchange.close();
  }

  /** @throws ClientResponseError for a status of 400 and above; the response is released then */
  raiseForStatus(): void {
    if (this.ok) return;
    this.release();
    throw new ClientResponseError(this.status, this.reason, this.#name);
  }

  [DISPOSE](): void {
    this.release();
  }

  get #name(): string {
    return formatUrl(this.requestInfo.url, { credentials: false });
  }
}

function cookiesOf(
  headers: HttpHeaders,
  { jar, host }: ResponseContext,
): ReadonlyMap<string, ParsedSetCookie> {
  const cookies = new Map<string, ParsedSetCookie>();
  const now = jar?.dateOf(host.now()) ?? DEFAULT_EPOCH + Math.floor(host.now() / 1_000);
  for (const text of headers.getAll('set-cookie')) {
    const parsed = parseSetCookie(text, now, jar?.policy.profile);
    if (parsed.ok) cookies.set(parsed.cookie.name, parsed.cookie);
  }
  return cookies;
}

/** `application/json` also means `application/problem+json` and the like (RFC 6839 §3.1). */
function isJsonType(given: string, wanted: string): boolean {
  if (given === wanted) return true;
  return wanted === 'application/json' && /^application\/[\w.+-]+\+json$/.test(given);
}

/** @throws ClientPayloadError for a character set other than UTF-8, US-ASCII and ISO 8859-1 */
function decodeText(body: Uint8Array, charset: string): string {
  if (['utf-8', 'utf8'].includes(charset)) return utf8Text(body).replace(/^\ufeff/, '');
  if (['us-ascii', 'ascii'].includes(charset)) return utf8Text(body);
  if (['iso-8859-1', 'latin1', 'latin-1'].includes(charset)) return latin1Text(body);
  throw new ClientPayloadError(`the character set ${charset.slice(0, 40)} is not known here`);
}
