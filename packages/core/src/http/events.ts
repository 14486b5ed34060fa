/** What a role is told to send and what it tells: the same events in both directions. */
import type { Rule } from '../base/cause.ts';
import type { HeadersInit, HttpHeaders } from './headers.ts';

/** A minor version above 1 is read as 1.1 (RFC 9110 §2.5). */
export type HttpVersion = '1.0' | '1.1';

export interface HttpRequest {
  readonly kind: 'request';
  readonly method: string;
  /** As it stood in the request line; `readTarget` takes it apart. */
  readonly target: string;
  readonly version: HttpVersion;
  readonly headers: HttpHeaders;
}

/** A final response, status 200 … 999. */
export interface HttpResponse {
  readonly kind: 'response';
  readonly status: number;
  readonly reason: string;
  readonly version: HttpVersion;
  readonly headers: HttpHeaders;
}

/** An interim response, status 100 … 199. After 101 the connection speaks another protocol. */
export interface HttpInformational {
  readonly kind: 'informational';
  readonly status: number;
  readonly reason: string;
  readonly version: HttpVersion;
  readonly headers: HttpHeaders;
}

/** Part of the content, chunking removed; parts may come in any sizes above 0. */
export interface HttpData {
  readonly kind: 'data';
  readonly bytes: Uint8Array;
}

export interface HttpEndOfMessage {
  readonly kind: 'end of message';
  readonly trailers: HttpHeaders;
}

/** The peer will send nothing more. */
export interface HttpConnectionClosed {
  readonly kind: 'connection closed';
}

/** All that arrived was taken: feed `receiveData` or `receiveEnd`. */
export interface HttpNeedData {
  readonly kind: 'need data';
}

/**
 * Nothing more is read until our own side has moved on (a pipelined request waits for our response),
 * or ever (the protocol was switched, the connection is over or refused).
 */
export interface HttpPaused {
  readonly kind: 'paused';
}

/** The peer broke a rule. Its side is in error; a server may still answer `status`, then closes. */
export interface HttpViolation {
  readonly kind: 'violation';
  readonly rule: Rule;
  /** What a server answers; 0 where the peer is the server, which gets no answer. */
  readonly status: number;
  /** What was expected and what came. */
  readonly text: string;
}

/** What a client hears. */
export type ClientEvent =
  | HttpInformational
  | HttpResponse
  | HttpData
  | HttpEndOfMessage
  | HttpConnectionClosed
  | HttpNeedData
  | HttpPaused
  | HttpViolation;

/** What a server hears. */
export type ServerEvent =
  | HttpRequest
  | HttpData
  | HttpEndOfMessage
  | HttpConnectionClosed
  | HttpNeedData
  | HttpPaused
  | HttpViolation;

export interface RequestToSend {
  readonly kind: 'request';
  readonly method: string;
  readonly target: string;
  /** @default '1.1' */
  readonly version?: HttpVersion;
  readonly headers?: HeadersInit;
}

export interface ResponseToSend {
  readonly kind: 'response' | 'informational';
  readonly status: number;
  /** @default the status code's usual phrase */
  readonly reason?: string;
  readonly headers?: HeadersInit;
}

export interface EndToSend {
  readonly kind: 'end of message';
  /** Only where the content is chunked. */
  readonly trailers?: HeadersInit;
}

export type ClientSend = RequestToSend | HttpData | EndToSend | HttpConnectionClosed;
export type ServerSend = ResponseToSend | HttpData | EndToSend | HttpConnectionClosed;

export const NEED_DATA: HttpNeedData = { kind: 'need data' };
export const PAUSED: HttpPaused = { kind: 'paused' };
export const CONNECTION_CLOSED: HttpConnectionClosed = { kind: 'connection closed' };

/** A violation with its rule. */
export function violation(rule: Rule, status: number, text: string): HttpViolation {
  return { kind: 'violation', rule, status, text };
}

export function isViolation(value: object): value is HttpViolation {
  return 'kind' in value && value.kind === 'violation';
}
