import { patternPayload } from '../../base/payload.ts';
import { ms } from '../../base/time.ts';
import type { Handler } from './answer.ts';
import type { IncomingRequest } from './incoming-request.ts';
import { errorPage } from './response-plan.ts';
import { route, type Route } from './router.ts';

/** The largest numbers that the routes take. */
const MAX_BYTES = 1_000_000_000_000;
const MAX_SLOW_MS = 600_000;
const MAX_CHUNKS = 1_000_000;

/**
 * A small site to try clients on: `GET /` says hello, `/bytes/N` gives N octets, `/slow/MS` answers
 * after so many milliseconds, `/chunked/N` gives N chunks, and any POST gets its content back.
 */
export function stockRoutes(): readonly Route[] {
  return [
    route('GET /', () => ({ body: 'hello from tcplab\n' })),
    route(
      'GET /bytes/:n',
      withNumber(MAX_BYTES, (n) => ({
        headers: { 'Content-Type': 'text/plain; charset=us-ascii' },
        body: patternPayload(0, n),
      })),
    ),
    route(
      'GET /slow/:n',
      withNumber(MAX_SLOW_MS, function* (n, { host }) {
        yield* host.sleep(ms(n));
        return { body: `waited ${n} ms\n` };
      }),
    ),
    route(
      'GET /chunked/:n',
      withNumber(MAX_CHUNKS, (n) => ({
        headers: { 'Content-Type': 'text/plain; charset=us-ascii' },
        *body(write) {
          for (let i = 1; i <= n; i += 1) yield* write(`chunk ${i} of ${n}\n`);
        },
      })),
    ),
    route('POST /*', function* (request) {
      const body = yield* request.bytes();
      const type = request.headers.get('content-type') ?? 'application/octet-stream';
      return { headers: { 'Content-Type': type }, body };
    }),
  ];
}

/** A handler whose path ends in a number from 0 to `max`. */
function withNumber(
  max: number,
  answer: (n: number, request: IncomingRequest) => ReturnType<Handler>,
): Handler {
  return (request) => {
    const text = request.params.get('n') ?? '';
    const n = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
    if (!(n <= max)) return errorPage(404, `expected a number from 0 to ${max}`);
    return answer(n, request);
  };
}
