/** After an exchange: may the connection go back into the pool, and for how long? */
import type { Cause } from '../../base/cause.ts';
import { after, formatMicros, seconds, type Micros } from '../../base/time.ts';
import type { HttpHeaders } from '../../http/index.ts';
import type { ResolvedConnectorOptions } from './connector-options.ts';
import { keepAliveTerms, type KeepAliveTerms } from './keep-alive-terms.ts';
import type { PooledConnection } from './pooled-connection.ts';
import { CLIENT_RULES } from './rules.ts';

interface KeepingContext {
  readonly options: ResolvedConnectorOptions;
  readonly now: Micros;
}

/**
 * Why the connection is closed; undefined when it is kept, and then it knows until when.
 * @param headers those of the response.
 */
export function objectionToKeeping(
  connection: PooledConnection,
  headers: HttpHeaders,
  context: KeepingContext,
): Cause | undefined {
  const { label, requests } = connection.statistics;
  const { options, now } = context;
  if (options.forceClose) {
    return { rule: CLIENT_RULES.forceClose, why: 'the connector closes after each request' };
  }
  if (!connection.http.keepAlive) {
    return { rule: CLIENT_RULES.closeOption, why: `a message on ${label} ended persistence` };
  }
  if (!connection.http.reusable) {
    return {
      rule: CLIENT_RULES.incomplete,
      why: `the request on ${label} was not sent to its end`,
    };
  }
  const terms = options.honourKeepAlive ? keepAliveTerms(headers) : {};
  countRequest(connection, terms);
  if (connection.requestsLeft === 0) {
    const why = `${label} may carry no more requests after ${requests}`;
    return { rule: CLIENT_RULES.requestLimit, why };
  }
  if (now >= connection.tooOldAt) {
    const why = `${label} is older than ${formatMicros(options.maxConnectionAge!)}`;
    return { rule: CLIENT_RULES.age, why };
  }
  setIdleLimit(connection, terms, context);
  return undefined;
}

function countRequest(connection: PooledConnection, terms: KeepAliveTerms): void {
  if (connection.requestsLeft !== undefined) connection.requestsLeft -= 1;
  if (terms.max === undefined) return;
  connection.requestsLeft = Math.min(connection.requestsLeft ?? terms.max, terms.max);
}

/** The shorter of our own patience and the server's, less the margin that the way there takes. */
function setIdleLimit(
  connection: PooledConnection,
  terms: KeepAliveTerms,
  { options, now }: KeepingContext,
): void {
  const { label } = connection.statistics;
  const own = options.keepAliveTimeout;
  connection.idleUntil = after(now, own);
  const ownWhy = `${label} was idle for ${formatMicros(own)}`;
  connection.idleCause = { rule: CLIENT_RULES.keepAliveTimeout, why: ownWhy };
  if (terms.timeout === undefined) return;
  const served = seconds(terms.timeout);
  const margin = options.keepAliveMargin;
  const safe = Math.max(0, served - margin) as Micros;
  if (safe >= own) return;
  const why = `the server closes ${label} after ${formatMicros(served)}, less a margin of ${formatMicros(margin)}`;
  connection.idleUntil = after(now, safe);
  connection.idleCause = { rule: CLIENT_RULES.serverTimeout, why };
}
