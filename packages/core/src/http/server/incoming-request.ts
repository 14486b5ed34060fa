import { concatBytes, EMPTY_BYTES } from '../../base/bytes.ts';
import { TimeoutError } from '../../base/errors.ts';
import type { Rule } from '../../base/cause.ts';
import { percentDecode } from '../../base/percent.ts';
import type { Process } from '../../base/process.ts';
import type { ProgramHost } from '../../base/program-host.ts';
import { after, earliest, type Micros } from '../../base/time.ts';
import { readUrl } from '../../base/url.ts';
import { utf8Text } from '../../base/utf8.ts';
import type { HttpRequest, HttpVersion, ServerEvent } from '../events.ts';
import { HttpHeaders } from '../headers.ts';
import type { RoleStream } from '../role-stream.ts';
import { HTTP_RULES } from '../rules.ts';
import type { HttpServerRole } from '../server-role.ts';
import { readTarget } from '../target.ts';
import type { ServerSettings } from './options.ts';

/** A request that cannot be served; the server answers `status` and closes. Handlers need not catch it. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
  readonly status: number;
  readonly rule: Rule;

  constructor(status: number, rule: Rule, text: string) {
    super(text);
    this.status = status;
    this.rule = rule;
  }
}

/** What an incoming request stands on. */
export interface RequestGround {
  readonly host: ProgramHost;
  readonly role: HttpServerRole;
  readonly wire: RoleStream<ServerEvent>;
  readonly settings: ServerSettings;
  readonly secure: boolean;
}

/** A request as a handler sees it. Its content is read when the handler asks for it. */
export class IncomingRequest {
  readonly method: string;
  readonly target: string;
  readonly version: HttpVersion;
  readonly headers: HttpHeaders;
  /** Percent-encoded, dot segments removed; `*` for the server as a whole. */
  readonly path: string;
  /** Percent-encoded, without `?`. */
  readonly query: string | undefined;
  /** Host and port that the client asked for: from the target, or else the Host field. */
  readonly authority: string;
  /** Of the target URI: from the target, or else how the request came (RFC 9112 §3.3). */
  readonly scheme: 'http' | 'https';
  /** Whether it came over TLS. */
  readonly secure: boolean;
  /** Where the program runs: time, sleep, other connections. */
  readonly host: ProgramHost;
  /** What the route's `:name` and `*` stand for, decoded. */
  params: ReadonlyMap<string, string> = new Map();
  /** Fields after the content; empty until it was read to the end. */
  trailers: HttpHeaders = HttpHeaders.EMPTY;

  readonly #ground: RequestGround;
  readonly #deadline: Micros;
  #ahead: ServerEvent | undefined;
  #ended = false;
  #contentBytes = 0;

  constructor(request: HttpRequest, ground: RequestGround) {
    this.method = request.method;
    this.target = request.target;
    this.version = request.version;
    this.headers = request.headers;
    this.secure = ground.secure;
    this.host = ground.host;
    this.#ground = ground;
    this.#deadline = after(ground.host.now(), ground.settings.requestTimeout);
    const target = readTarget(request.method, request.target)!;
    const ownScheme = ground.secure ? 'https' : 'http';
    this.scheme = target.form === 'absolute' ? target.scheme : ownScheme;
    this.authority =
      target.form === 'absolute' ? target.authority : (request.headers.get('host') ?? '');
    this.path = 'path' in target ? canonical(target.path) : request.target;
    this.query = 'query' in target ? target.query : undefined;
    // A request without content is over now, not only when somebody asks for its content.
    this.#take(ground.role.nextEvent());
  }

  /** Whether the content was read to its end. */
  get complete(): boolean {
    return this.#ended;
  }

  /** Octets of content read so far. */
  get contentBytes(): number {
    return this.#contentBytes;
  }

  /**
   * Whether the client has closed its side. It may still read the answer, or be gone. Known only
   * once all that it sent was read, and looked for only while a handler waits.
   */
  get clientClosed(): boolean {
    return this.#ended && this.#ground.role.inputEnded;
  }

  /**
   * For the server, while a handler waits: looks whether the client is still there. Nothing that
   * belongs to another request is read further than one piece.
   * @throws ConnectionError when the connection failed
   */
  lookForClient(): void {
    const { role, wire } = this.#ground;
    if (wire.stream.failure !== undefined) throw wire.stream.failure;
    if (!this.#ended || role.inputEnded) return;
    if (role.bufferedBytes === 0 && role.clientState !== 'might switch protocol') wire.feed();
  }

  /** The values of `name=value` pairs in the query, decoded; the last of a name wins. */
  get parameters(): ReadonlyMap<string, string> {
    const found = new Map<string, string>();
    for (const pair of (this.query ?? '').split('&')) {
      if (pair === '') continue;
      const [name = '', ...value] = pair.split('=').map((text) => text.replaceAll('+', ' '));
      found.set(percentDecode(name), percentDecode(value.join('=')));
    }
    return found;
  }

  /** The next part of the content, empty at its end. @throws RequestRefused, ConnectionError */
  *receive(): Process<Uint8Array> {
    for (;;) {
      const event = this.#ahead;
      this.#ahead = undefined;
      if (event?.kind === 'data') {
        this.#contentBytes += event.bytes.length;
        return event.bytes;
      }
      if (event?.kind === 'violation')
        throw new RequestRefused(event.status, event.rule, event.text);
      if (this.#ended) return EMPTY_BYTES;
      yield* this.#await();
    }
  }

  /** All of the content. @throws RequestRefused, ConnectionError */
  *bytes(): Process<Uint8Array> {
    const parts: Uint8Array[] = [];
    for (;;) {
      const part = yield* this.receive();
      if (part.length === 0) return concatBytes(parts);
      parts.push(part);
    }
  }

  /** All of the content, read as UTF-8. @throws RequestRefused, ConnectionError */
  *text(): Process<string> {
    return utf8Text(yield* this.bytes());
  }

  *#await(): Process {
    const { role, wire, settings, host } = this.#ground;
    // Who asks for the content wants it: now the client is told to go on (RFC 9110 §10.1.1).
    if (role.clientAwaitsContinue) {
      yield* wire.send(role.send({ kind: 'informational', status: 100 }), settings.sendTimeout);
    }
    const deadline = earliest(this.#deadline, after(host.now(), settings.bodyTimeout));
    try {
      this.#take(yield* wire.next(deadline));
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      throw new RequestRefused(408, HTTP_RULES.slowClient, 'the content did not arrive in time');
    }
  }

  #take(event: ServerEvent): void {
    if (event.kind === 'end of message') {
      this.#ended = true;
      this.trailers = event.trailers;
    } else if (event.kind !== 'need data') this.#ahead = event;
  }
}

function canonical(path: string): string {
  const url = readUrl(`http://h${path}`);
  return 'problem' in url ? path : url.path;
}
