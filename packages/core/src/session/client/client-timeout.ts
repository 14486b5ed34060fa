/** How long a request may take, in all and in each phase. */
import { CallError, TimeoutError } from '../../base/errors.ts';
import { after, formatMicros, minutes, NEVER, seconds, type Micros } from '../../base/time.ts';

/** Absent means without limit; so does undefined, which takes a session's limit away. */
export interface ClientTimeout {
  /** The whole operation: waiting, connecting, sending, and reading the response to its end. */
  readonly total?: Micros | undefined;
  /** Until there is a connection, be it new or from the pool. */
  readonly connect?: Micros | undefined;
  /** Opening one connection to one address, its TLS handshake included. */
  readonly sockConnect?: Micros | undefined;
  /** Between two arrivals of data. */
  readonly sockRead?: Micros | undefined;
  /** In the queue for a free place in the pool. */
  readonly pool?: Micros | undefined;
}

export type TimeoutPhase = keyof ClientTimeout;

/** What aiohttp has by default: five minutes in all, thirty seconds for a socket to connect. */
export const DEFAULT_CLIENT_TIMEOUT: ClientTimeout = {
  total: minutes(5),
  sockConnect: seconds(30),
};

/** A phase took longer than it may. */
export class ClientTimeoutError extends TimeoutError {
  readonly phase: TimeoutPhase;

  constructor(phase: TimeoutPhase, limit: Micros, doing: string) {
    super(`${phase} timeout of ${formatMicros(limit)} while ${doing}`);
    this.phase = phase;
  }
}

/** @throws CallError `invalid timeout` for one that is negative or no whole number */
export function checkedTimeout(timeout: ClientTimeout): ClientTimeout {
  for (const [phase, limit] of Object.entries(timeout) as [TimeoutPhase, Micros | undefined][]) {
    if (limit === undefined || (Number.isSafeInteger(limit) && limit >= 0)) continue;
    throw new CallError('invalid timeout', `${phase} is ${limit}`);
  }
  return timeout;
}

/** The moment at which a phase that begins now is over; NEVER without a limit. */
export function deadlineOf(limit: Micros | undefined, now: Micros): Micros {
  return limit === undefined ? NEVER : after(now, limit);
}
