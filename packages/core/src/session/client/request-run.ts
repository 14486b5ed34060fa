/** One request of the program: its redirections, its retry, its cookies and its proxy. */
import type { Cause, Rule } from '../../base/cause.ts';
import type { Process } from '../../base/process.ts';
import type { Micros } from '../../base/time.ts';
import { formatUrl, type Url } from '../../base/url.ts';
import { HttpHeaders, type HttpInformational, type HttpResponse } from '../../http/index.ts';
import { authOfUrl, basicAuthorization } from './basic-auth.ts';
import { InvalidRedirect, TooManyRedirects } from './client-errors.ts';
import { ClientResponse } from './client-response.ts';
import type { ClientTimeout } from './client-timeout.ts';
import { cookieContext, cookiesFromJar, cookiesToJar } from './cookie-notes.ts';
import { drain } from './drain.ts';
import { HttpExchange } from './http-exchange.ts';
import { prepareRequest, sameOrigin, type Ask } from './prepare-request.ts';
import { proxyFromEnvironment } from './proxy-environment.ts';
import {
  isRedirect,
  redirectedMethod,
  redirectTarget,
  withoutContentFields,
  withoutSecrets,
} from './redirect.ts';
import { isRepeatable, NO_BODY } from './request-body.ts';
import { retryVerdict } from './retry-verdict.ts';
import { routeTo, usesAbsoluteForm, type ProxyHop } from './route.ts';
import { CLIENT_RULES } from './rules.ts';
import type { RequestOptions } from './session-options.ts';
import { cookiePairs, proxyOf, type SessionSettings } from './session-settings.ts';
import type { Tracer } from './trace-config.ts';

/** Redirections that are followed for one request. */
export const MAX_REDIRECTS = 10;

export interface RunContext {
  readonly settings: SessionSettings;
  readonly options: RequestOptions;
  readonly timeout: ClientTimeout;
  readonly tracer: Tracer;
  /** The end of the whole operation. */
  readonly deadline: Micros;
  readonly late: () => Error;
}

/** A response whose content nobody has read yet, and the exchange it came from. */
export interface Answer {
  readonly response: ClientResponse;
  readonly exchange: HttpExchange;
}

export class RequestRun {
  readonly #context: RunContext;
  readonly #history: ClientResponse[] = [];
  /** A redirection led to another origin: what was meant for the first one is not sent any more. */
  #crossed = false;
  /** Whether content waits for 100 (Continue); not after a server refused to be asked. */
  #expects: boolean;

  constructor(context: RunContext) {
    this.#context = context;
    this.#expects = context.options.expect100 ?? false;
  }

  /** @throws ConnectionError, ClientTimeoutError, ClientPayloadError, ClientResponseError */
  *perform(first: Ask): Process<Answer> {
    const { settings, options, tracer } = this.#context;
    const follow = options.allowRedirects ?? first.method !== 'HEAD';
    let ask = first;
    for (;;) {
      const answer = yield* this.#roundTrip(ask);
      const { response, exchange } = answer;
      this.#takeCookies(ask, response, exchange);
      exchange.settle();
      if (response.status === 417 && this.#asksAgain(ask, exchange)) {
        ask = withoutExpectation(ask);
        yield* drain(response);
        continue;
      }
      const location = response.headers.get('location');
      if (!follow || !isRedirect(response.status) || location === undefined) return answer;
      if (this.#history.length >= (options.maxRedirects ?? MAX_REDIRECTS)) {
        const told = `after ${this.#history.length} redirections`;
        const error = new TooManyRedirects(response.status, told, nameOf(ask.url));
        throw this.#givingUp(response, CLIENT_RULES.redirectLimit, error);
      }
      this.#history.push(response);
      tracer.emit('onRequestRedirect', { ...exchange.request, response });
      ask = this.#redirected(
        ask,
        response,
        redirectTarget(ask.url, location, settings.requoteRedirectUrl),
      );
      yield* drain(response);
    }
  }

  /** Sends a request and waits for the response's head; once more where the connection was stale. */
  *#roundTrip(ask: Ask): Process<Answer> {
    const { settings, timeout, tracer } = this.#context;
    const { host, connector, limits, readBufsize } = settings;
    const route = routeTo(ask.url, this.#proxyFor(ask.url));
    for (let fresh = false; ; fresh = true) {
      const request = prepareRequest(ask, route, this.#prepareOptions(ask));
      const connection = yield* connector.acquire({ route, fresh, timeout, limits, tracer });
      const isReused = connection.statistics.requests > 0;
      const { sockRead } = timeout;
      const context = { host, connector, tracer, sockRead, readBufsize };
      const exchange = new HttpExchange(connection, request, context);
      const { id } = connection.statistics;
      const text = `${ask.method} ${nameOf(ask.url)} over connection ${id}`;
      const why = `${route.name} takes requests for ${nameOf(ask.url)}`;
      const cause = { rule: CLIENT_RULES.proxy, why };
      this.#note('request', text, exchange, usesAbsoluteForm(route) ? cause : undefined);
      try {
        const head = yield* exchange.begin();
        this.#note(
          'response',
          `${head.status} ${head.reason} to ${ask.method} ${nameOf(ask.url)}`,
          exchange,
        );
        return { response: this.#response(head, exchange), exchange };
      } catch (error) {
        if (!isReused || fresh || !this.#repeats(error, exchange)) throw error;
      }
    }
  }

  /** Whether a request that died with a reused connection is sent on a new one. */
  #repeats(error: unknown, exchange: HttpExchange): boolean {
    const verdict = retryVerdict(error, exchange, this.#context.settings.retryStale);
    if (verdict === undefined) return false;
    const { method, url } = exchange.request;
    const kind = verdict.repeat ? 'retry' : 'no retry';
    const fate = verdict.repeat ? 'is sent once more' : 'is not repeated';
    this.#note(kind, `${method} ${nameOf(url)} ${fate}`, exchange, verdict.cause);
    return verdict.repeat;
  }

  /** Whether the request is sent again without its expectation, the one thing that was refused. */
  #asksAgain(ask: Ask, exchange: HttpExchange): boolean {
    const { method, url, headers } = exchange.request;
    const asked = headers.tokens('expect').includes('100-continue');
    if (!asked || !isRepeatable(ask.body)) return false;
    this.#expects = false;
    const why = `417 to ${method} ${nameOf(url)} refuses the expectation and nothing else`;
    const cause = { rule: CLIENT_RULES.expectRefused, why };
    this.#note('retry', `${method} ${nameOf(url)} is sent without Expect`, exchange, cause);
    return true;
  }

  #redirected(ask: Ask, response: ClientResponse, target: Url | undefined): Ask {
    const { status } = response;
    if (target === undefined) {
      const what = 'the Location is no URL of HTTP';
      const error = new InvalidRedirect(status, what, nameOf(ask.url));
      throw this.#givingUp(response, CLIENT_RULES.redirectInvalid, error);
    }
    const { method, keepsContent, cause } = redirectedMethod(status, ask.method);
    this.#context.settings.host.note({
      layer: 'http',
      kind: 'redirect',
      text: `${nameOf(ask.url)} redirects to ${nameOf(target)}`,
      cause,
      stream: response.connection.label,
      data: { status, method },
    });
    if (keepsContent && !isRepeatable(ask.body)) {
      const what = 'the content cannot be sent again';
      const error = new InvalidRedirect(status, what, nameOf(ask.url));
      throw this.#givingUp(response, CLIENT_RULES.redirectSame, error);
    }
    const headers = keepsContent ? ask.headers : withoutContentFields(ask.headers);
    const next = { ...ask, method, url: target, headers, body: keepsContent ? ask.body : NO_BODY };
    if (sameOrigin(ask.url, target)) return next;
    return this.#crossing(next);
  }

  /** A redirection that is not followed: the response is let go, and the error says why. */
  #givingUp(response: ClientResponse, rule: Rule, error: Error): Error {
    response.release();
    const { label } = response.connection;
    const cause = { rule, why: error.message };
    const note = { layer: 'http', kind: 'redirect refused', text: error.message, cause };
    this.#context.settings.host.note({ ...note, stream: label });
    return error;
  }

  /** RFC 9110 §15.4: another origin hears nothing that was meant for the first one. */
  #crossing(ask: Ask): Ask {
    this.#crossed = true;
    const kept = withoutSecrets(ask.headers);
    const lost = ask.headers.size - kept.size + (ask.auth === undefined ? 0 : 1);
    if (lost > 0) {
      const why = `${nameOf(ask.url)} is another origin`;
      this.#context.settings.host.note({
        layer: 'http',
        kind: 'secrets withheld',
        text: `${lost} fields that were meant for the first origin are not sent on`,
        cause: { rule: CLIENT_RULES.redirectSecrets, why },
      });
    }
    return { ...ask, headers: kept.without('host'), auth: undefined };
  }

  #response(head: HttpResponse | HttpInformational, exchange: HttpExchange): ClientResponse {
    const { settings, options, deadline, late } = this.#context;
    const { host, jar, fallbackCharsetResolver } = settings;
    return new ClientResponse(head, exchange, {
      host,
      jar,
      history: this.#history.slice(),
      autoDecompress: options.autoDecompress ?? settings.autoDecompress,
      deadline,
      late,
      fallbackCharsetResolver,
    });
  }

  #prepareOptions(ask: Ask): Parameters<typeof prepareRequest>[2] {
    const { settings, options } = this.#context;
    const skip = (options.skipAutoHeaders ?? []).map((name) => name.toLowerCase());
    return {
      version: settings.version,
      forceClose: settings.connector.options.forceClose,
      chunked: options.chunked ?? false,
      expect100: this.#expects,
      acceptEncoding: options.autoDecompress ?? settings.autoDecompress,
      skip: new Set([...settings.skipAutoHeaders, ...skip]),
      cookie: this.#cookiesFor(ask),
    };
  }

  /** The jar's cookies, the session's and the request's own. */
  #cookiesFor(ask: Ask): string | undefined {
    const { settings, options } = this.#context;
    const { host, jar, baseUrl } = settings;
    const context = cookieContext(ask.url, ask.method, browserOf(options));
    const fromJar = jar === undefined ? undefined : cookiesFromJar({ host, jar, context });
    const pairs = fromJar === undefined ? [] : [fromJar];
    const isOurs = baseUrl === undefined ? !this.#crossed : sameOrigin(ask.url, baseUrl);
    if (isOurs) pairs.push(...settings.cookies);
    if (!this.#crossed) pairs.push(...cookiePairs(options.cookies));
    return pairs.length === 0 ? undefined : pairs.join('; ');
  }

  #takeCookies(ask: Ask, response: ClientResponse, exchange: HttpExchange): void {
    const { settings, options } = this.#context;
    const { host, jar } = settings;
    if (jar === undefined) return;
    const context = cookieContext(ask.url, ask.method, browserOf(options));
    cookiesToJar(response.headers, { host, jar, context }, exchange.connection.statistics.label);
  }

  #proxyFor(url: Url): ProxyHop | undefined {
    const { settings, options } = this.#context;
    const given = options.proxy === undefined ? settings.proxy : proxyOf(options.proxy);
    const proxy =
      given ??
      (settings.environment === undefined
        ? undefined
        : proxyFromEnvironment(url, settings.environment));
    if (proxy === undefined) return undefined;
    const headers = HttpHeaders.from(options.proxyHeaders);
    const auth = options.proxyAuth ?? settings.proxyAuth ?? authOfUrl(proxy);
    if (auth === undefined) return { url: proxy, headers };
    return { url: proxy, headers: headers.with('Proxy-Authorization', basicAuthorization(auth)) };
  }

  #note(kind: string, text: string, exchange: HttpExchange, cause?: Cause): void {
    const { id, label, requests } = exchange.connection.statistics;
    this.#context.settings.host.note({
      layer: kind.includes('retry') ? 'pool' : 'http',
      kind,
      text,
      ...(cause === undefined ? {} : { cause }),
      stream: label,
      data: { connection: id, requests },
    });
  }
}

function browserOf(
  options: RequestOptions,
): Pick<RequestOptions, 'initiator' | 'topLevelNavigation'> {
  const { initiator, topLevelNavigation } = options;
  return {
    ...(initiator === undefined ? {} : { initiator }),
    ...(topLevelNavigation === undefined ? {} : { topLevelNavigation }),
  };
}

function nameOf(url: Url): string {
  return formatUrl(url, { credentials: false });
}

/** RFC 9110 §10.1.1: a client that gets 417 asks again without the expectation. */
function withoutExpectation(ask: Ask): Ask {
  return { ...ask, headers: ask.headers.without('expect') };
}
