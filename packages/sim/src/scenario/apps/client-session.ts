import {
  ConnectionError,
  TimeoutError,
  formatMicros,
  readUrl,
  us,
  type Micros,
  type Process,
  type ProgramHost,
} from '@tcplab/core';
import {
  ClientSession,
  Connector,
  type ClientSessionOptions,
  type RequestOptions,
} from '@tcplab/core/session';
import { closed } from '../schema/closed.ts';
import { appKind } from './app-kind.ts';
import {
  connectorOptions,
  momentOf,
  sessionOptions,
  sessionShape,
  type RequestSettings,
  type SessionSettings,
} from './session-settings.ts';
import { ClientSecurity } from './tls/index.ts';

const settings = closed(sessionShape);

/** Sends requests through one ClientSession, or, to show what that costs, through a new one each time. */
export const clientSession = appKind({
  key: 'session',
  about:
    'Sends HTTP requests through a client session with a pool of connections and a cookie jar.',
  settings,
  needs: (given) => ({ peers: hostsOf(given.requests) }),
  *run(host, given) {
    const start = host.now();
    const source = new SessionSource(host, given);
    for (const request of given.requests) {
      if (request.at !== undefined) yield* sleepUntil(host, momentOf(start, request.at));
      yield* perform(host, source, request);
    }
    if (given.linger !== undefined) yield* host.sleep(us(given.linger));
    source.close();
  },
});

/** Host names of the URLs that name hosts; addresses and names of the DNS are nobody's to check. */
function hostsOf(requests: readonly RequestSettings[]): string[] {
  const names = requests.flatMap(({ url }) => {
    const parsed = readUrl(url);
    return 'host' in parsed && /^[A-Za-z][\w-]*$/.test(parsed.host) ? [parsed.host] : [];
  });
  return [...new Set(names)];
}

/** Gives the session for the next request. */
class SessionSource {
  readonly #host: ProgramHost;
  readonly #given: SessionSettings;
  readonly #security: ClientSecurity;
  #shared: ClientSession | undefined;

  constructor(host: ProgramHost, given: SessionSettings) {
    this.#host = host;
    this.#given = given;
    this.#security = new ClientSecurity(host, given.tls ?? {});
  }

  take(): ClientSession {
    if (this.#given.sessions === 'each') return this.#make();
    this.#shared ??= this.#make();
    return this.#shared;
  }

  /** The request is over: a session of its own is closed. */
  done(session: ClientSession): void {
    if (this.#given.sessions === 'each') session.close();
  }

  close(): void {
    this.#shared?.close();
  }

  #make(): ClientSession {
    const connector = new Connector(this.#host, {
      ...connectorOptions(this.#given),
      secure: (stream, peer) => this.#security.secure(stream, peer),
    });
    const options: ClientSessionOptions = { ...sessionOptions(this.#given), connector };
    return new ClientSession(this.#host, options);
  }
}

function* perform(host: ProgramHost, source: SessionSource, request: RequestSettings): Process {
  for (let i = 0; i < (request.times ?? 1); i += 1) {
    if (i > 0 && request.pause !== undefined) yield* host.sleep(us(request.pause));
    const together = Array.from({ length: request.parallel ?? 1 }, (_, k) =>
      host.spawn(fetchOnce(host, source, request), `request ${k + 1}`),
    );
    for (const task of together) yield* task.join();
  }
}

function* fetchOnce(host: ProgramHost, source: SessionSource, request: RequestSettings): Process {
  const session = source.take();
  const asked = host.now();
  const method = request.method ?? 'GET';
  try {
    const response = yield* session.request(method, request.url, requestOptions(request));
    const body = request.unread === true ? undefined : yield* response.read();
    const took = us(host.now() - asked);
    host.note({
      layer: 'app',
      kind: 'answer',
      text: `${method} ${request.url}: ${response.status} with ${body?.length ?? 0} bytes after ${formatMicros(took)}.`,
      data: { url: request.url, status: response.status, bytes: body?.length ?? 0, tookUs: took },
    });
  } catch (error) {
    if (!(error instanceof ConnectionError || error instanceof TimeoutError)) throw error;
    host.note({
      layer: 'app',
      kind: 'failure',
      text: `${method} ${request.url} failed: ${error.message}.`,
      data: { url: request.url, error: error.message, tookUs: us(host.now() - asked) },
    });
  } finally {
    source.done(session);
  }
}

function requestOptions(request: RequestSettings): RequestOptions {
  const { headers, text, form, json } = request;
  return {
    ...(headers === undefined ? {} : { headers }),
    ...(text === undefined ? {} : { data: text }),
    ...(form === undefined ? {} : { data: form }),
    ...(json === undefined ? {} : { json }),
  };
}

function* sleepUntil(host: ProgramHost, moment: Micros): Process {
  if (moment > host.now()) yield* host.sleep(us(moment - host.now()));
}
