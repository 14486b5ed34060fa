/** One request of a scenario through a client session, told to the trace however it ends. */
import {
  CallError,
  ConnectionError,
  TimeoutError,
  formatMicros,
  patternPayload,
  us,
  type Process,
  type ProgramHost,
} from '@tcplab/core';
import {
  ClientPayloadError,
  ClientResponseError,
  type ClientSession,
  type RequestOptions,
} from '@tcplab/core/session';
import { clientTimeout, type FetchSettings } from './session-settings.ts';

/** Asks, reads the answer and notes it; what the network or the server did wrong is noted too. */
export function* fetchOnce(
  host: ProgramHost,
  session: ClientSession,
  request: FetchSettings,
): Process {
  const asked = host.now();
  const method = request.method ?? 'GET';
  const what = `${method} ${request.url}`;
  try {
    const response = yield* session.request(method, request.url, requestOptions(request));
    const body = request.unread === true ? undefined : yield* response.read();
    const took = us(host.now() - asked);
    const { status } = response;
    const bytes = body?.length ?? 0;
    host.note({
      layer: 'app',
      kind: 'answer',
      text: `${what}: ${status} with ${bytes} bytes after ${formatMicros(took)}.`,
      data: { url: request.url, status, bytes, tookUs: took, redirects: response.history.length },
    });
  } catch (error) {
    if (!isExpected(error)) throw error;
    host.note({
      layer: 'app',
      kind: 'failure',
      text: `${what} failed: ${error.message}.`,
      data: { url: request.url, error: error.message, tookUs: us(host.now() - asked) },
    });
  }
}

/** What can happen to any request, as opposed to a mistake of ours. */
export function isExpected(error: unknown): error is Error {
  return (
    error instanceof ConnectionError ||
    error instanceof TimeoutError ||
    error instanceof ClientPayloadError ||
    error instanceof ClientResponseError ||
    (error instanceof CallError && error.message.startsWith('session is closed'))
  );
}

function requestOptions(request: FetchSettings): RequestOptions {
  const { headers, text, size, form, json, expect100, chunked, redirects, timeout } = request;
  return {
    ...(headers === undefined ? {} : { headers }),
    ...(text === undefined ? {} : { data: text }),
    ...(size === undefined ? {} : { data: patternPayload(0, size).toBytes() }),
    ...(form === undefined ? {} : { data: form }),
    ...(json === undefined ? {} : { json }),
    ...(expect100 === undefined ? {} : { expect100 }),
    ...(chunked === undefined ? {} : { chunked }),
    ...(redirects === undefined ? {} : redirectOptions(redirects)),
    ...(timeout === undefined ? {} : { timeout: clientTimeout(timeout) }),
  };
}

function redirectOptions(redirects: number): RequestOptions {
  return redirects === 0 ? { allowRedirects: false } : { maxRedirects: redirects };
}
