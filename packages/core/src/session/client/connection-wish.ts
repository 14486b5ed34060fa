import type { HttpLimits } from '../../http/index.ts';
import type { ClientTimeout } from './client-timeout.ts';
import type { Route } from './route.ts';
import type { Tracer } from './trace-config.ts';

/** What a request asks of the pool. */
export interface ConnectionWish {
  readonly route: Route;
  /** Not an idle connection: the last one was stale. */
  readonly fresh: boolean;
  readonly timeout: ClientTimeout;
  readonly limits: Partial<HttpLimits>;
  readonly tracer: Tracer;
}
