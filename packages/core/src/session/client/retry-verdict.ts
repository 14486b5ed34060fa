/** May a request that died with its connection be sent once more? */
import type { Cause } from '../../base/cause.ts';
import { ConnectionError } from '../../base/errors.ts';
import type { HttpExchange } from './http-exchange.ts';
import { isRepeatable } from './request-body.ts';
import { CLIENT_RULES } from './rules.ts';

/** RFC 9110 §9.2.2. */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

/**
 * The verdict on a request over a *reused* connection; undefined where the connection is not to blame,
 * because part of a response had come or something else went wrong.
 */
export function retryVerdict(
  error: unknown,
  exchange: HttpExchange,
  retryStale: boolean,
): { readonly repeat: boolean; readonly cause: Cause } | undefined {
  if (!(error instanceof ConnectionError) || !exchange.isUntouched) return undefined;
  const { method, body } = exchange.request;
  const { label } = exchange.connection.statistics;
  const died = `the server closed ${label} while the request was on its way`;
  const objection = !retryStale
    ? 'the session does not retry'
    : !IDEMPOTENT.has(method)
      ? `${method} is not idempotent`
      : isRepeatable(body)
        ? undefined
        : 'its content cannot be sent again';
  if (objection !== undefined) {
    return {
      repeat: false,
      cause: { rule: CLIENT_RULES.noRetry, why: `${died}, and ${objection}` },
    };
  }
  const why = `${died}, and ${method} is idempotent`;
  return { repeat: true, cause: { rule: CLIENT_RULES.retry, why } };
}
