/** The sixteen signals of a request's life, for programs that measure or log. */
import type { ProgramHost } from '../../base/program-host.ts';
import type { Url } from '../../base/url.ts';
import type { HttpHeaders } from '../../http/index.ts';

/** What a signal shows of the session: it is the ClientSession itself. */
export interface TracedSession {
  readonly host: ProgramHost;
  readonly closed: boolean;
}

/** What a signal shows of a response: it is the ClientResponse itself. */
export interface TracedResponse {
  readonly method: string;
  readonly url: Url;
  readonly status: number;
  readonly reason: string;
  readonly headers: HttpHeaders;
}

interface OfRequest {
  readonly method: string;
  readonly url: Url;
}

interface WithHeaders extends OfRequest {
  readonly headers: HttpHeaders;
}

/** What each signal tells. */
export interface TraceSignals {
  readonly onRequestStart: WithHeaders;
  readonly onRequestEnd: WithHeaders & { readonly response: TracedResponse };
  readonly onRequestException: WithHeaders & { readonly exception: unknown };
  readonly onRequestRedirect: WithHeaders & { readonly response: TracedResponse };
  readonly onRequestChunkSent: OfRequest & { readonly chunk: Uint8Array };
  readonly onResponseChunkReceived: OfRequest & { readonly chunk: Uint8Array };
  readonly onRequestHeadersSent: WithHeaders;
  readonly onConnectionQueuedStart: object;
  readonly onConnectionQueuedEnd: object;
  readonly onConnectionCreateStart: object;
  readonly onConnectionCreateEnd: object;
  readonly onConnectionReuseconn: object;
  readonly onDnsResolveHostStart: { readonly host: string };
  readonly onDnsResolveHostEnd: { readonly host: string };
  readonly onDnsCacheHit: { readonly host: string };
  readonly onDnsCacheMiss: { readonly host: string };
}

export type TraceSignal = keyof TraceSignals;

/** Called at once and in order; it must not wait. What it throws reaches whoever made the request. */
export type TraceHandler<Signal extends TraceSignal> = (
  session: TracedSession,
  context: TraceContext,
  params: TraceSignals[Signal],
) => void;

/** One object per request, shared by all handlers of one TraceConfig. */
export interface TraceContext {
  /** What the program passed with the request. */
  readonly traceRequestCtx: unknown;
  [key: string]: unknown;
}

export type TraceConfig = {
  readonly [Signal in TraceSignal]?: TraceHandler<Signal>;
};

/** Calls the handlers for one request. */
export class Tracer {
  readonly #session: TracedSession;
  readonly #configs: readonly (readonly [TraceConfig, TraceContext])[];

  constructor(session: TracedSession, configs: readonly TraceConfig[], traceRequestCtx: unknown) {
    this.#session = session;
    this.#configs = configs.map((config) => [config, { traceRequestCtx }]);
  }

  emit<Signal extends TraceSignal>(signal: Signal, params: TraceSignals[Signal]): void {
    for (const [config, context] of this.#configs) {
      config[signal]?.(this.#session, context, params);
    }
  }
}
