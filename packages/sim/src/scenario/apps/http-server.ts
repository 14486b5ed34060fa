import * as z from 'zod';
import { patternPayload, us, waitFor, type Process } from '@tcplab/core';
import {
  route,
  serveHttp,
  stockRoutes,
  type Handler,
  type HttpAnswer,
  type HttpServerOptions,
  type Route,
} from '@tcplab/core/http';
import { closed } from '../schema/closed.ts';
import { duration } from '../schema/quantities.ts';
import { count, port } from '../schema/words.ts';
import { appKind } from './app-kind.ts';
import { bulkSize } from './settings.ts';
import { serverSecurity, serverTls } from './tls/index.ts';

export const DEFAULT_HTTP_PORT = 80;
export const DEFAULT_HTTPS_PORT = 443;

const answer = closed({
  status: count(200, 599).optional().describe('Default: 200.'),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.string().max(1_000_000).optional().describe('The content as text.'),
  size: bulkSize.optional().describe('Content of so many bytes instead of a text.'),
  chunks: count(1, 100_000).optional().describe('Send the text so many times, chunked.'),
  think: duration.optional().describe('How long the server thinks before it answers.'),
}).refine((given) => given.body === undefined || given.size === undefined, {
  message: 'an answer has a body or a size, not both',
});

const routePattern = z
  .string()
  .refine(isRoute, 'expected a route such as / or GET /items/:id or POST /*');

function isRoute(text: string): boolean {
  return /^(?:[A-Z]+(?:\|[A-Z]+)* )?\/[\w\-./:*]*$/.test(text) && !/\*./.test(text);
}

/** What every HTTP server of a scenario can be told. */
export const httpServerShape = {
  port: port.optional(),
  keepAlive: z
    .union([
      z.literal(false),
      closed({
        timeout: duration
          .optional()
          .describe('An idle connection is closed after so long. Default: 5s.'),
        max: count(1)
          .optional()
          .describe('A connection is closed after so many requests. Default: 100.'),
      }),
    ])
    .optional()
    .describe('How long connections are kept; false answers every request with Connection: close.'),
  advertise: z
    .boolean()
    .optional()
    .describe('Say Keep-Alive: timeout, max in responses. Default: true.'),
  headerTimeout: duration
    .optional()
    .describe('For a whole request header to arrive. Default: 10s.'),
  bodyTimeout: duration.optional().describe('Without any byte of content. Default: 30s.'),
  maxConnections: count(1)
    .optional()
    .describe('Above so many a new connection gets 503. Default: 1024.'),
  routes: z
    .record(routePattern, answer)
    .optional()
    .describe(
      'What it answers, by path. Without routes: a small site with /, /bytes/N, /slow/MS, /chunked/N.',
    ),
};

const settings = closed({ ...httpServerShape, tls: serverTls.optional() });

export type HttpServerSettings = z.output<typeof settings>;

/** A web server (HTTP/1.1, RFC 9112). */
export const httpServer = appKind({
  key: 'http',
  about: 'Serves HTTP/1.1 with keep-alive, an idle timeout and a limit of requests per connection.',
  settings,
  needs: (given) => ({ listens: [portOf(given)] }),
  *run(host, given) {
    const { tls } = given;
    const secure = tls === undefined ? {} : { secure: serverSecurity(host, tls, ['http/1.1']) };
    const server = serveHttp(host, portOf(given), { ...httpServerOptions(given), ...secure });
    yield* waitFor([server.stopping]);
  },
});

function portOf(given: HttpServerSettings): number {
  return given.port ?? (given.tls === undefined ? DEFAULT_HTTP_PORT : DEFAULT_HTTPS_PORT);
}

/** The server's options, from what a scenario says. */
export function httpServerOptions(
  given: HttpServerSettings,
  more: readonly Route[] = [],
): HttpServerOptions {
  const { keepAlive, advertise, headerTimeout, bodyTimeout, maxConnections } = given;
  const routes = Object.entries(given.routes ?? {}).map(([pattern, each]) =>
    route(pattern, handler(each)),
  );
  return {
    routes: [...more, ...(given.routes === undefined ? stockRoutes() : routes)],
    ...(keepAlive === undefined ? {} : { keepAlive: keepAliveOf(keepAlive) }),
    ...(advertise === undefined ? {} : { advertiseKeepAlive: advertise }),
    ...(headerTimeout === undefined ? {} : { headerTimeout: us(headerTimeout) }),
    ...(bodyTimeout === undefined ? {} : { bodyTimeout: us(bodyTimeout) }),
    ...(maxConnections === undefined ? {} : { maxConnections }),
  };
}

function keepAliveOf(
  given: Exclude<HttpServerSettings['keepAlive'], undefined>,
): Exclude<HttpServerOptions['keepAlive'], undefined> {
  if (given === false) return false;
  return {
    ...(given.timeout === undefined ? {} : { timeout: us(given.timeout) }),
    ...(given.max === undefined ? {} : { max: given.max }),
  };
}

type Answer = z.output<typeof answer>;

function handler(given: Answer): Handler {
  if (given.think === undefined) return () => answerOf(given);
  const think = us(given.think);
  return function* thoughtful({ host }): Process<HttpAnswer> {
    yield* host.sleep(think);
    return answerOf(given);
  };
}

function answerOf(given: Answer): HttpAnswer {
  const { body = '', size, chunks, status, headers } = given;
  return {
    ...(status === undefined ? {} : { status }),
    ...(headers === undefined ? {} : { headers }),
    body: size === undefined ? bodyOf(body, chunks) : patternPayload(0, size),
  };
}

function bodyOf(body: string, chunks: number | undefined): Exclude<HttpAnswer['body'], undefined> {
  if (chunks === undefined) return body;
  return function* write(send): Process {
    for (let i = 0; i < chunks; i += 1) yield* send(body);
  };
}
