/** How a server keeps sessions. Each defence can be switched off, to see what it is there for. */
import { CallError } from '../../base/errors.ts';
import { DEFAULT_EPOCH, type EpochMillis } from '../../cookies/index.ts';
import { MemorySessionStore, type SessionStore } from './session-store.ts';

/** An id has at least so many random bits; fewer could be guessed. */
export const MIN_ID_BITS = 128;

export interface ServerSessionOptions {
  /** @default in memory */
  readonly store?: SessionStore;
  /** @default 'sid'; over TLS `__Host-sid` keeps other hosts and plain HTTP from setting it */
  readonly cookieName?: string;
  /** @default '/' */
  readonly path?: string;
  /** @default none: the very host only */
  readonly domain?: string;
  /** Defence: hidden from scripts. @default true */
  readonly httpOnly?: boolean;
  /** Defence: not over plain HTTP. @default 'auto': where the request came over TLS */
  readonly secure?: boolean | 'auto';
  /** Defence: not with requests that other sites cause. @default 'Lax' */
  readonly sameSite?: 'Strict' | 'Lax' | 'None' | 'absent';
  /** Seconds without use after which a session is over. @default 1,800 */
  readonly idleTimeout?: number;
  /** Seconds after which it is over in any case. @default 28,800 */
  readonly absoluteTimeout?: number;
  /** Give the cookie a Max-Age, so that it outlives the browser. @default false */
  readonly persistent?: boolean;
  /** Random bits of an id, a multiple of 8. @default 128 */
  readonly idBits?: number;
  /** Defence: a new id at login. @default true */
  readonly rotateAtLogin?: boolean;
  /** Defence when false: an id that the server did not give out is not adopted. @default false */
  readonly adoptUnknownIds?: boolean;
  /** Defence: a session belongs to one User-Agent. @default false */
  readonly bindToUserAgent?: boolean;
  /** Defence against forged requests. @default 'synchroniser' */
  readonly csrf?: 'synchroniser' | 'double submit' | 'off';
  /** Give every visitor a session, or only one who logs in or leaves data. @default 'first visit' */
  readonly create?: 'first visit' | 'on use';
  /** The date and time at which the run begins. @default 2026-01-01T00:00:00Z */
  readonly epoch?: EpochMillis;
}

export type SessionPolicy = Required<Omit<ServerSessionOptions, 'domain'>> &
  Pick<ServerSessionOptions, 'domain'>;

/** @throws CallError `invalid session options` */
export function sessionPolicy(options: ServerSessionOptions): SessionPolicy {
  const policy: SessionPolicy = {
    store: new MemorySessionStore(),
    cookieName: 'sid',
    path: '/',
    httpOnly: true,
    secure: 'auto',
    sameSite: 'Lax',
    idleTimeout: 1_800,
    absoluteTimeout: 28_800,
    persistent: false,
    idBits: MIN_ID_BITS,
    rotateAtLogin: true,
    adoptUnknownIds: false,
    bindToUserAgent: false,
    csrf: 'synchroniser',
    create: 'first visit',
    epoch: DEFAULT_EPOCH,
    ...options,
  };
  const { idBits, idleTimeout, absoluteTimeout } = policy;
  if (idBits < MIN_ID_BITS || idBits % 8 !== 0) {
    throw new CallError('invalid session options', `${idBits} bits of id, expected 128 or more`);
  }
  for (const seconds of [idleTimeout, absoluteTimeout]) {
    if (Number.isSafeInteger(seconds) && seconds > 0) continue;
    throw new CallError('invalid session options', `a timeout of ${seconds} seconds`);
  }
  return policy;
}
