import * as z from 'zod';
import { patternPayload, us, waitFor, type Process, type ProgramHost } from '@tcplab/core';
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
import { siteRoutes, siteShape } from './visitor-site.ts';

export const DEFAULT_HTTP_PORT = 80;
export const DEFAULT_HTTPS_PORT = 443;

const answer = closed({
  status: count(200, 599).optional().describe('Default: 200.'),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.string().max(1_000_000).optional().describe('The content as text.'),
  size: bulkSize.optional().describe('Content of so many bytes instead of a text.'),
  chunks: count(1, 100_000).optional().describe('Send the text so many times, chunked.'),
  pause: duration.optional().describe('Time between two of the chunks.'),
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
  ...siteShape,
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
    const options = { ...httpServerOptions(host, given), ...secure };
    const server = serveHttp(host, portOf(given), options);
    yield* waitFor([server.stopping]);
  },
});

function portOf(given: HttpServerSettings): number {
  return given.port ?? (given.tls === undefined ? DEFAULT_HTTP_PORT : DEFAULT_HTTPS_PORT);
}

/** The server's options, from what a scenario says; `secure` is added by who has TLS. */
export function httpServerOptions(host: ProgramHost, given: HttpServerSettings): HttpServerOptions {
  const { keepAlive, advertise, headerTimeout, bodyTimeout, maxConnections } = given;
  return {
    routes: routesOf(host, given),
    ...(keepAlive === undefined ? {} : { keepAlive: keepAliveOf(keepAlive) }),
    ...(advertise === undefined ? {} : { advertiseKeepAlive: advertise }),
    ...(headerTimeout === undefined ? {} : { headerTimeout: us(headerTimeout) }),
    ...(bodyTimeout === undefined ? {} : { bodyTimeout: us(bodyTimeout) }),
    ...(maxConnections === undefined ? {} : { maxConnections }),
  };
}

/** The scenario's routes and the pages of its site; a small site of stock where it names neither. */
function routesOf(host: ProgramHost, given: HttpServerSettings): readonly Route[] {
  if (given.routes === undefined && given.site === undefined) return stockRoutes();
  const own = Object.entries(given.routes ?? {}).map(([pattern, each]) =>
    route(pattern, handler(each)),
  );
  return [...siteRoutes(host, given), ...own];
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
  if (given.think === undefined) return ({ host }) => answerOf(host, given);
  const think = us(given.think);
  return function* thoughtful({ host }): Process<HttpAnswer> {
    yield* host.sleep(think);
    return answerOf(host, given);
  };
}

function answerOf(host: ProgramHost, given: Answer): HttpAnswer {
  const { body = '', size, chunks, status, headers } = given;
  const text = chunks === undefined ? body : inChunks(host, given);
  return {
    body: size === undefined ? text : patternPayload(0, size),
    ...(status === undefined ? {} : { status }),
    ...(headers === undefined ? {} : { headers }),
  };
}

/** A text as often as `chunks` says, with a pause before each but the first. */
function inChunks(host: ProgramHost, given: Answer): Exclude<HttpAnswer['body'], undefined> {
  const { body = '', chunks = 1, pause } = given;
  return function* write(send): Process {
    for (let i = 0; i < chunks; i += 1) {
      if (i > 0 && pause !== undefined) yield* host.sleep(us(pause));
      yield* send(body);
    }
  };
}
