/** Makes a handler's answer a response: fields that every response has, and the connection's fate. */
import { bytesPayload, EMPTY_PAYLOAD, type Payload } from '../../base/payload.ts';
import type { Micros } from '../../base/time.ts';
import { utf8Bytes } from '../../base/utf8.ts';
import { withConnectionOption } from '../connection-options.ts';
import { HttpHeaders } from '../headers.ts';
import { formatHttpDate } from '../http-date.ts';
import { statusReason } from '../status-reason.ts';
import type { BodyPart, BodyProducer, HttpAnswer } from './answer.ts';
import type { ServerSettings } from './options.ts';

export interface ResponsePlan {
  readonly status: number;
  readonly reason: string | undefined;
  readonly headers: HttpHeaders;
  readonly body: Payload | BodyProducer;
}

export interface PlanContext {
  readonly settings: ServerSettings;
  readonly now: Micros;
  readonly secure: boolean;
  /** Whether the connection ends with this response. */
  readonly close: boolean;
  /** How many more requests it may carry. */
  readonly requestsLeft: number;
}

export function planResponse(answer: HttpAnswer, context: PlanContext): ResponsePlan {
  const { settings } = context;
  const { status = 200, reason } = answer;
  let headers = HttpHeaders.from(answer.headers);
  const body = typeof answer.body === 'function' ? answer.body : payloadOf(answer.body ?? '');
  const mayHaveContent = status >= 200 && status !== 204 && status !== 304;
  if (typeof answer.body === 'string' && mayHaveContent && !headers.has('content-type')) {
    headers = headers.adding('Content-Type', 'text/plain; charset=utf-8');
  }
  if (typeof body !== 'function' && mayHaveContent && answer.upgrade === undefined) {
    headers = headers.with('Content-Length', String(body.length));
  }
  if (status < 200) return { status, reason, headers, body };
  // RFC 9110 §6.6.1: an origin server with a clock sends Date; ours is the run's.
  if (!headers.has('date')) {
    const epochSeconds = settings.epoch + Math.floor(context.now / 1_000_000);
    headers = headers.adding('Date', formatHttpDate(epochSeconds));
  }
  if (settings.serverName !== '' && !headers.has('server')) {
    headers = headers.adding('Server', settings.serverName);
  }
  // RFC 6797 §7.2: never over a connection that anybody could have written into.
  if (settings.hsts !== undefined && context.secure) {
    headers = headers.with('Strict-Transport-Security', settings.hsts);
  }
  if (context.close) headers = withConnectionOption(headers, 'close');
  else if (settings.advertiseKeepAlive && answer.upgrade === undefined) {
    headers = withConnectionOption(headers, 'keep-alive').with('Keep-Alive', keepAlive(context));
  }
  return { status, reason, headers, body };
}

/** A plain page for a status, with a sentence of explanation. */
export function errorPage(
  status: number,
  text: string,
  headers: HttpHeaders = HttpHeaders.EMPTY,
): HttpAnswer {
  return { status, headers, body: `${status} ${statusReason(status)}\n${text}\n` };
}

/** A part of a body as a payload. */
export function payloadOf(part: BodyPart): Payload {
  if (typeof part === 'string') return part === '' ? EMPTY_PAYLOAD : bytesPayload(utf8Bytes(part));
  return part instanceof Uint8Array ? bytesPayload(part) : part;
}

/** What we promise is never more than what we keep: whole seconds, rounded down. */
function keepAlive({ settings, requestsLeft }: PlanContext): string {
  const timeout = Math.floor(settings.idleTimeout / 1_000_000);
  return timeout > 0 ? `timeout=${timeout}, max=${requestsLeft}` : `max=${requestsLeft}`;
}
