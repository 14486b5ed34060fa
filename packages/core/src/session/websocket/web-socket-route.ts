import { InvariantViolation } from '../../base/errors.ts';
import type { Process } from '../../base/process.ts';
import type { ProgramHost, StreamListener } from '../../base/program-host.ts';
import {
  errorPage,
  HttpHeaders,
  route,
  serveHttp,
  type HttpAnswer,
  type HttpServer,
  type HttpServerOptions,
  type IncomingRequest,
  type Route,
} from '../../http/index.ts';
import {
  answerHandshake,
  CLOSE_CODE,
  openWebSocket,
  WebSocketConnection,
  type ServerHandshakeOptions,
  type WebSocket,
  type WebSocketOptions,
} from '../../websocket/index.ts';

/** Talks on one WebSocket. When it returns, the connection is closed with 1000. */
export type WebSocketHandler = (socket: WebSocket, request: IncomingRequest) => Process;

export interface WebSocketRouteOptions extends ServerHandshakeOptions, WebSocketOptions {}

/**
 * A route that opens WebSockets; requests that ask for none, or wrongly, get their status.
 * @param path e.g. `/chat` or `/*`
 */
export function webSocketRoute(
  path: string,
  handler: WebSocketHandler,
  options: WebSocketRouteOptions = {},
): Route {
  return route(path, (request) => answerUpgrade(request, handler, options));
}

function answerUpgrade(
  request: IncomingRequest,
  handler: WebSocketHandler,
  options: WebSocketRouteOptions,
): HttpAnswer {
  const { method, version, host } = request;
  const headers = request.headers.entries;
  const answer = answerHandshake({ method, version, headers }, options);
  if (answer.status !== 101) {
    const { status, cause } = answer;
    host.note({
      layer: 'ws',
      kind: 'refused',
      text: `the server answers ${status}: ${cause.why}`,
      cause,
      data: { status },
    });
    return errorPage(status, cause.why, HttpHeaders.from(answer.headers));
  }
  return {
    status: 101,
    headers: answer.headers,
    *upgrade(stream, trailing) {
      const connection = new WebSocketConnection('server', host.random('websocket'), options);
      const { agreement } = answer;
      const socket = openWebSocket(host, stream, { connection, agreement, rest: trailing });
      yield* talk(socket, request, handler);
    },
  };
}

function* talk(socket: WebSocket, request: IncomingRequest, handler: WebSocketHandler): Process {
  let code: number = CLOSE_CODE.goingAway;
  try {
    yield* handler(socket, request);
    code = CLOSE_CODE.normal;
  } catch (error) {
    if (error instanceof InvariantViolation) throw error;
    code = CLOSE_CODE.internalError;
    request.host.note({
      layer: 'ws',
      kind: 'handler failed',
      text: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
      stream: socket.label,
    });
  } finally {
    socket.startClose(code);
  }
  // The stream belongs to the WebSocket until its closing handshake is over.
  yield* socket.close(code);
}

/** Serves nothing but WebSockets, at every path. @throws CallError when the port is taken */
export function serveWebSocket(
  host: ProgramHost,
  where: number | StreamListener,
  handler: WebSocketHandler,
  options: WebSocketRouteOptions & Omit<HttpServerOptions, 'routes'> = {},
): HttpServer {
  return serveHttp(host, where, { ...options, routes: [webSocketRoute('/*', handler, options)] });
}
