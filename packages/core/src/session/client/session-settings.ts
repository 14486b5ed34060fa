/** A session's options with every default decided, as its requests need them. */
import { CallError } from '../../base/errors.ts';
import type { ProgramHost } from '../../base/program-host.ts';
import { parseUrl, type Url } from '../../base/url.ts';
import { CookieJar, setCookieString } from '../../cookies/index.ts';
import { HttpHeaders, type HttpLimits, type HttpVersion } from '../../http/index.ts';
import type { BasicAuth } from './basic-auth.ts';
import type { ClientResponse } from './client-response.ts';
import { checkedTimeout, DEFAULT_CLIENT_TIMEOUT, type ClientTimeout } from './client-timeout.ts';
import { Connector } from './connector.ts';
import { parseProxy, type Environment } from './proxy-environment.ts';
import type { ClientSessionOptions, RaiseForStatus, UrlLike } from './session-options.ts';
import type { TraceConfig } from './trace-config.ts';

export interface SessionSettings {
  readonly host: ProgramHost;
  readonly baseUrl: Url | undefined;
  readonly connector: Connector;
  readonly jar: CookieJar | undefined;
  /** `name=value` pairs sent beside those of the jar. */
  readonly cookies: readonly string[];
  readonly headers: HttpHeaders;
  /** Lower case. */
  readonly skipAutoHeaders: readonly string[];
  readonly auth: BasicAuth | undefined;
  readonly jsonSerialize: (value: unknown) => string;
  readonly version: HttpVersion;
  readonly timeout: ClientTimeout;
  readonly raiseForStatus: RaiseForStatus;
  readonly autoDecompress: boolean;
  readonly requoteRedirectUrl: boolean;
  readonly environment: Environment | undefined;
  readonly proxy: Url | undefined;
  readonly proxyAuth: BasicAuth | undefined;
  readonly traceConfigs: readonly TraceConfig[];
  readonly readBufsize: number;
  readonly limits: Partial<HttpLimits>;
  readonly fallbackCharsetResolver: (response: ClientResponse, body: Uint8Array) => string;
  readonly retryStale: boolean;
}

/** @throws CallError for options that contradict each other or are out of range */
export function sessionSettings(host: ProgramHost, options: ClientSessionOptions): SessionSettings {
  const { secure, tls } = options;
  if (options.connector !== undefined && (secure !== undefined || tls !== undefined)) {
    throw new CallError('invalid session', 'secure and tls belong to the connector that is given');
  }
  const own = {
    ...(secure === undefined ? {} : { secure }),
    ...(tls === undefined ? {} : { tls }),
  };
  const baseUrl = options.baseUrl === undefined ? undefined : urlOf(options.baseUrl);
  return {
    host,
    baseUrl,
    connector: options.connector ?? new Connector(host, own),
    jar: options.cookieJar === null ? undefined : (options.cookieJar ?? new CookieJar()),
    cookies: cookiePairs(options.cookies),
    headers: HttpHeaders.from(options.headers),
    skipAutoHeaders: (options.skipAutoHeaders ?? []).map((name) => name.toLowerCase()),
    auth: options.auth,
    jsonSerialize: options.jsonSerialize ?? ((value) => JSON.stringify(value)),
    version: options.version ?? '1.1',
    timeout: sessionTimeout(options),
    raiseForStatus: options.raiseForStatus ?? false,
    autoDecompress: options.autoDecompress ?? true,
    requoteRedirectUrl: options.requoteRedirectUrl ?? true,
    environment: options.trustEnv === true ? (options.environment ?? {}) : undefined,
    proxy: options.proxy === undefined ? undefined : proxyOf(options.proxy),
    proxyAuth: options.proxyAuth,
    traceConfigs: options.traceConfigs ?? [],
    readBufsize: options.readBufsize ?? 65_536,
    limits: { startLine: options.maxLineSize ?? 8_190, fieldBytes: options.maxFieldSize ?? 65_536 },
    fallbackCharsetResolver: options.fallbackCharsetResolver ?? (() => 'utf-8'),
    retryStale: options.retryStale ?? true,
  };
}

/** @throws CallError `invalid URL` */
export function urlOf(url: UrlLike): Url {
  return typeof url === 'string' ? parseUrl(url) : url;
}

export function proxyOf(proxy: UrlLike): Url {
  return typeof proxy === 'string' ? parseProxy(proxy) : proxy;
}

/** @throws CallError `invalid cookie` for what would be read as something else */
export function cookiePairs(cookies: { readonly [name: string]: string } = {}): readonly string[] {
  return Object.keys(cookies).map((name) => setCookieString(name, cookies[name]!));
}

/** The older names win over the defaults and may not stand beside `timeout`. */
function sessionTimeout(options: ClientSessionOptions): ClientTimeout {
  const { timeout, readTimeout, connTimeout } = options;
  if (timeout !== undefined) {
    if (readTimeout !== undefined || connTimeout !== undefined) {
      throw new CallError('invalid session', 'readTimeout and connTimeout are part of timeout');
    }
    return checkedTimeout(timeout);
  }
  return checkedTimeout({
    ...DEFAULT_CLIENT_TIMEOUT,
    ...(readTimeout === undefined ? {} : { total: readTimeout }),
    ...(connTimeout === undefined ? {} : { connect: connTimeout }),
  });
}
