/** Everything a session and a request can be told; names and defaults are aiohttp's, camel-cased. */
import type { CookieContext, CookieJar } from '../../cookies/index.ts';
import type { Micros } from '../../base/time.ts';
import type { Url } from '../../base/url.ts';
import type { ContentCoding, HeadersInit, HttpVersion } from '../../http/index.ts';
import type { BasicAuth } from './basic-auth.ts';
import type { ClientResponse } from './client-response.ts';
import type { ClientTimeout } from './client-timeout.ts';
import type { Connector } from './connector.ts';
import type { Environment } from './proxy-environment.ts';
import type { RequestData } from './request-body.ts';
import type { Secure } from './secure.ts';
import type { SessionTlsOptions } from './tls-secure.ts';
import type { TraceConfig } from './trace-config.ts';

export type UrlLike = string | Url;

/** What makes a status an error: `true` from 400 on, or a function of one's own that throws. */
export type RaiseForStatus = boolean | ((response: ClientResponse) => void);

export interface ClientSessionOptions {
  /** Relative URLs are resolved against it. */
  readonly baseUrl?: UrlLike;
  /** @default a Connector with its defaults, owned by the session */
  readonly connector?: Connector;
  /** Close the connector with the session. @default true */
  readonly connectorOwner?: boolean;
  /** Sent with every request; with `baseUrl` to its origin alone. */
  readonly cookies?: { readonly [name: string]: string };
  /** null: no cookies at all. @default a new CookieJar */
  readonly cookieJar?: CookieJar | null;
  /** Fields of every request. */
  readonly headers?: HeadersInit;
  /** Names of fields that are not made up: User-Agent, Accept, Accept-Encoding, Content-Type. */
  readonly skipAutoHeaders?: readonly string[];
  /** Credentials of every request; with `baseUrl` to its origin alone. */
  readonly auth?: BasicAuth;
  /** @default JSON.stringify */
  readonly jsonSerialize?: (value: unknown) => string;
  /** @default '1.1' */
  readonly version?: HttpVersion;
  /** @default 5 minutes in all, 30 s to connect a socket */
  readonly timeout?: ClientTimeout;
  /** The older name of `timeout.total`. */
  readonly readTimeout?: Micros;
  /** The older name of `timeout.connect`. */
  readonly connTimeout?: Micros;
  /** @default false */
  readonly raiseForStatus?: RaiseForStatus;
  /** Take gzip and deflate away. @default true */
  readonly autoDecompress?: boolean;
  /** Bring the Location of redirections into canonical form. @default true */
  readonly requoteRedirectUrl?: boolean;
  /** Believe `environment` about proxies. @default false */
  readonly trustEnv?: boolean;
  /** The environment of the program: `http_proxy`, `https_proxy`, `all_proxy`, `no_proxy`. */
  readonly environment?: Environment;
  /** A proxy for every request. */
  readonly proxy?: UrlLike;
  readonly proxyAuth?: BasicAuth;
  readonly traceConfigs?: readonly TraceConfig[];
  /** Octets read from a connection at a time. @default 65,536 */
  readonly readBufsize?: number;
  /** Octets of a status line. @default 8,190 */
  readonly maxLineSize?: number;
  /** Octets of all fields of a response. @default 65,536 */
  readonly maxFieldSize?: number;
  /** @default UTF-8 */
  readonly fallbackCharsetResolver?: (response: ClientResponse, body: Uint8Array) => string;
  /** How the session's own connector makes connections secure. */
  readonly secure?: Secure;
  /** TLS of the session's own connector. */
  readonly tls?: SessionTlsOptions;
  /** Send an idempotent request once more when a reused connection turns out stale. @default true */
  readonly retryStale?: boolean;
}

export interface RequestOptions {
  /** Added to the URL's query. */
  readonly params?: { readonly [name: string]: string | readonly string[] };
  readonly data?: RequestData;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** For this request alone, besides those of the jar. */
  readonly cookies?: { readonly [name: string]: string };
  readonly headers?: HeadersInit;
  readonly skipAutoHeaders?: readonly string[];
  readonly auth?: BasicAuth;
  /** @default true, for HEAD false */
  readonly allowRedirects?: boolean;
  /** @default 10 */
  readonly maxRedirects?: number;
  /** Compress the content, where it is known as a whole, and say so in Content-Encoding. */
  readonly compress?: ContentCoding;
  /** Send the content in chunks though its length is known. @default false */
  readonly chunked?: boolean;
  /** Ask with `Expect: 100-continue` before sending the content. @default false */
  readonly expect100?: boolean;
  readonly raiseForStatus?: RaiseForStatus;
  readonly autoDecompress?: boolean;
  readonly proxy?: UrlLike;
  readonly proxyAuth?: BasicAuth;
  readonly proxyHeaders?: HeadersInit;
  readonly timeout?: ClientTimeout;
  /** Given to the handlers of `traceConfigs`. */
  readonly traceRequestCtx?: unknown;
  /** As a browser: the page that causes the request, for SameSite. */
  readonly initiator?: NonNullable<CookieContext['initiator']>;
  /** As a browser: the request loads what the address bar shows. @default false */
  readonly topLevelNavigation?: boolean;
}
