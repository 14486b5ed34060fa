/** How a pool of connections behaves. */
import { CallError } from '../../base/errors.ts';
import type { ProgramHost } from '../../base/program-host.ts';
import { seconds, type Micros } from '../../base/time.ts';
import type { Secure } from './secure.ts';
import { tlsSecure, type SessionTlsOptions } from './tls-secure.ts';

export interface ConnectorOptions {
  /** Connections open at a time, idle ones included; 0: no limit. @default 100 */
  readonly limit?: number;
  /** The same per origin. @default 0 */
  readonly limitPerHost?: number;
  /** How long an idle connection is kept. @default 15 s */
  readonly keepAliveTimeout?: Micros;
  /** Close after each request, and say so in it. @default false */
  readonly forceClose?: boolean;
  /** Remember addresses. @default true */
  readonly useDnsCache?: boolean;
  /** For how long; undefined: for ever. @default 10 s */
  readonly ttlDnsCache?: Micros | undefined;
  /** A connection older than this takes no more requests. @default no limit */
  readonly maxConnectionAge?: Micros;
  /** A connection takes so many requests. @default no limit */
  readonly maxRequestsPerConnection?: number;
  /** Believe the server's `Keep-Alive: timeout=…, max=…`. @default true */
  readonly honourKeepAlive?: boolean;
  /** Close so much earlier than the server says it will. @default 1 s */
  readonly keepAliveMargin?: Micros;
  /** Which idle connection is used next: the one used last, or the one used first. @default 'lifo' */
  readonly reuseOrder?: 'lifo' | 'fifo';
  /** Send small segments at once (Nagle off). @default true */
  readonly noDelay?: boolean;
  /** How connections are made secure. @default TLS as `tls` says */
  readonly secure?: Secure;
  /** Whom to trust, which versions to offer and so on. @default no certificate is trusted */
  readonly tls?: SessionTlsOptions;
}

export type ResolvedConnectorOptions = Required<
  Omit<ConnectorOptions, 'ttlDnsCache' | 'maxConnectionAge' | 'maxRequestsPerConnection' | 'tls'>
> &
  Pick<ConnectorOptions, 'ttlDnsCache' | 'maxConnectionAge' | 'maxRequestsPerConnection' | 'tls'>;

/** @throws CallError `invalid connector` */
export function resolvedConnectorOptions(
  host: ProgramHost,
  options: ConnectorOptions,
): ResolvedConnectorOptions {
  if (options.secure !== undefined && options.tls !== undefined) {
    throw new CallError('invalid connector', 'tls has no meaning where secure is given');
  }
  if (options.forceClose === true && options.keepAliveTimeout !== undefined) {
    throw new CallError('invalid connector', 'keepAliveTimeout has no meaning with forceClose');
  }
  for (const name of ['limit', 'limitPerHost'] as const) {
    const value = options[name] ?? 0;
    if (Number.isSafeInteger(value) && value >= 0) continue;
    throw new CallError('invalid connector', `${name} is ${value}, expected 0 or more`);
  }
  const requests = options.maxRequestsPerConnection ?? 1;
  if (!Number.isSafeInteger(requests) || requests < 1) {
    throw new CallError('invalid connector', `maxRequestsPerConnection is ${requests}`);
  }
  return {
    limit: 100,
    limitPerHost: 0,
    keepAliveTimeout: seconds(15),
    forceClose: false,
    useDnsCache: true,
    ttlDnsCache: seconds(10),
    honourKeepAlive: true,
    keepAliveMargin: seconds(1),
    reuseOrder: 'lifo',
    noDelay: true,
    secure: options.secure ?? tlsSecure(host, options.tls),
    ...options,
  };
}
