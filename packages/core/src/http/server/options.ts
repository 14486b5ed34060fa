import type { ByteStream } from '../../base/byte-stream.ts';
import type { Process } from '../../base/process.ts';
import { seconds, type Micros } from '../../base/time.ts';
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from '../limits.ts';
import type { Route } from './router.ts';

export interface KeepAliveOptions {
  /** An idle connection is closed after so long. @default 5 s */
  readonly timeout?: Micros;
  /** A connection is closed with so many requests answered. @default 100 */
  readonly max?: number;
}

export interface HstsOptions {
  /** In seconds. */
  readonly maxAge: number;
  readonly includeSubDomains?: boolean;
}

export interface HttpServerOptions {
  readonly routes: readonly Route[];
  /** `false` answers every request with `Connection: close`. */
  readonly keepAlive?: KeepAliveOptions | false;
  /** Say `Keep-Alive: timeout=…, max=…` on connections that persist. @default true */
  readonly advertiseKeepAlive?: boolean;
  /** From the first octet of a request to the end of its header; also for a new connection's first octet, and for a handshake of TLS before it. @default 10 s */
  readonly headerTimeout?: Micros;
  /** Without any octet of content. @default 30 s */
  readonly bodyTimeout?: Micros;
  /** From the header to the end of the content. @default 300 s */
  readonly requestTimeout?: Micros;
  /** Without the client reading anything of the response. @default 60 s */
  readonly sendTimeout?: Micros;
  /** How long a handler may still take when the client has closed its side: it may be gone, or only be done with asking. @default 30 s */
  readonly halfClosedTimeout?: Micros;
  /** How long a connection is read on after our last octet (RFC 9112 §9.6). @default 2 s */
  readonly lingerTimeout?: Micros;
  /** Content of one request, octets. @default 16 MiB */
  readonly maxBody?: number;
  /** Above so many open connections a new one gets 503. @default 1024 */
  readonly maxConnections?: number;
  readonly limits?: Partial<HttpLimits>;
  /** Seconds since 1970 at the run's time zero, for Date. @default 1,767,225,600 (1 January 2026) */
  readonly epoch?: number;
  /** Value of the Server field; empty leaves it out. @default 'tcplab' */
  readonly serverName?: string;
  /** Makes each accepted stream secure (the TLS handshake) before HTTP begins. */
  readonly secure?: (stream: ByteStream) => Process<ByteStream>;
  /** Sent on secure connections only (RFC 6797 §7.2). */
  readonly hsts?: HstsOptions;
}

/** The options with every default filled in. */
export interface ServerSettings {
  readonly idleTimeout: Micros;
  readonly maxRequests: number;
  readonly keepAlive: boolean;
  readonly advertiseKeepAlive: boolean;
  readonly headerTimeout: Micros;
  readonly bodyTimeout: Micros;
  readonly requestTimeout: Micros;
  readonly sendTimeout: Micros;
  readonly halfClosedTimeout: Micros;
  readonly lingerTimeout: Micros;
  readonly maxConnections: number;
  readonly limits: HttpLimits;
  readonly epoch: number;
  readonly serverName: string;
  readonly secure: ((stream: ByteStream) => Process<ByteStream>) | undefined;
  readonly hsts: string | undefined;
}

export function settingsOf(options: HttpServerOptions): ServerSettings {
  const keepAlive = options.keepAlive === false ? {} : (options.keepAlive ?? {});
  const bodyBytes = options.maxBody ?? 16 * 1_024 * 1_024;
  return {
    idleTimeout: keepAlive.timeout ?? seconds(5),
    maxRequests: keepAlive.max ?? 100,
    keepAlive: options.keepAlive !== false,
    advertiseKeepAlive: options.advertiseKeepAlive ?? true,
    headerTimeout: options.headerTimeout ?? seconds(10),
    bodyTimeout: options.bodyTimeout ?? seconds(30),
    requestTimeout: options.requestTimeout ?? seconds(300),
    sendTimeout: options.sendTimeout ?? seconds(60),
    halfClosedTimeout: options.halfClosedTimeout ?? seconds(30),
    lingerTimeout: options.lingerTimeout ?? seconds(2),
    maxConnections: options.maxConnections ?? 1_024,
    limits: { ...DEFAULT_HTTP_LIMITS, bodyBytes, ...options.limits },
    epoch: options.epoch ?? 1_767_225_600,
    serverName: options.serverName ?? 'tcplab',
    secure: options.secure,
    hsts: options.hsts === undefined ? undefined : hstsValue(options.hsts),
  };
}

/** RFC 6797 §6.1. */
function hstsValue(hsts: HstsOptions): string {
  return `max-age=${hsts.maxAge}${hsts.includeSubDomains === true ? '; includeSubDomains' : ''}`;
}
