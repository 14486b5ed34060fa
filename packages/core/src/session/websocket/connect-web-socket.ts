import { CallError, ConnectionError } from '../../base/errors.ts';
import type { Cause } from '../../base/cause.ts';
import type { Process } from '../../base/process.ts';
import { formatUrl, parseUrl } from '../../base/url.ts';
import { HttpHeaders, type HeadersInit } from '../../http/index.ts';
import {
  checkResponse,
  openWebSocket,
  startHandshake,
  WebSocketConnection,
  type ClientHandshakeOptions,
  type WebSocket,
  type WebSocketOptions,
} from '../../websocket/index.ts';
import type { ClientSession, ClientTimeout } from '../client/index.ts';

export interface ConnectWebSocketOptions extends ClientHandshakeOptions, WebSocketOptions {
  /** Fields of the request besides those of the handshake. */
  readonly headers?: HeadersInit;
  /** Of the opening handshake. @default the session's */
  readonly timeout?: ClientTimeout;
}

/** The server did not open a WebSocket; `status` and `cause` say what it did instead. */
export class WebSocketRefused extends ConnectionError {
  override readonly name = 'WebSocketRefused';
  readonly status: number;
  override readonly cause: Cause;

  constructor(status: number, cause: Cause) {
    super('protocol error', cause.why);
    this.status = status;
    this.cause = cause;
  }
}

/**
 * Opens a WebSocket (RFC 6455 §4.1). The session gives cookies, proxies and, for `wss`, TLS.
 * @param url `ws` or `wss`, without a fragment
 * @throws WebSocketRefused when the answer is not the right one; else as `ClientSession.request`
 * @throws CallError `invalid URL`
 */
export function* connectWebSocket(
  session: ClientSession,
  url: string,
  options: ConnectWebSocketOptions = {},
): Process<WebSocket> {
  const { host } = session;
  const random = host.random('websocket');
  const handshake = startHandshake(random, options);
  const own = handshake.headers.filter(([name]) => name !== 'Upgrade' && name !== 'Connection');
  const headers = [...HttpHeaders.from(options.headers).entries, ...own];
  const { response, stream } = yield* session.upgrade({
    url: httpUrl(url),
    protocol: 'websocket',
    headers,
    ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
  });
  const agreement = checkResponse(handshake, response.status, response.headers.entries);
  if ('rule' in agreement) {
    // §4.1: a handshake that failed leaves no connection behind.
    if (stream === undefined) response.release();
    else stream.close();
    host.note({
      layer: 'ws',
      kind: 'refused',
      text: `no WebSocket at ${url}: ${agreement.why}`,
      cause: agreement,
      data: { status: response.status },
    });
    throw new WebSocketRefused(response.status, agreement);
  }
  const connection = new WebSocketConnection('client', random, options);
  return openWebSocket(host, stream!, { connection, agreement });
}

/** RFC 6455 §3: the same origin with the scheme of the handshake. */
function httpUrl(text: string): string {
  const url = parseUrl(text);
  if (url.scheme !== 'ws' && url.scheme !== 'wss') {
    throw new CallError('invalid URL', `expected ws or wss, found ${url.scheme}`);
  }
  if (url.fragment !== undefined) {
    throw new CallError('invalid URL', 'the URL of a WebSocket has no fragment');
  }
  return formatUrl({ ...url, scheme: url.scheme === 'ws' ? 'http' : 'https' });
}
