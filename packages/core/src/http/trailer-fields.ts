import { HttpHeaders } from './headers.ts';

/**
 * RFC 9110 §6.5.1: what must be known before the content, for framing, routing, authentication or
 * understanding it, cannot come after it.
 */
const NEVER_TRAILERS = new Set([
  'transfer-encoding',
  'content-length',
  'host',
  'connection',
  'keep-alive',
  'trailer',
  'te',
  'upgrade',
  'expect',
  'content-encoding',
  'content-type',
  'content-range',
  'authorization',
  'proxy-authorization',
  'set-cookie',
  'cookie',
]);

/** The first field that no trailer section may hold; undefined where there is none. */
export function forbiddenTrailer(fields: HttpHeaders): string | undefined {
  return fields.entries.find(([name]) => NEVER_TRAILERS.has(name.toLowerCase()))?.[0];
}

/** Without such fields: a recipient may discard trailers (RFC 9112 §7.1.2), and these it should. */
export function allowedTrailers(fields: HttpHeaders): HttpHeaders {
  if (forbiddenTrailer(fields) === undefined) return fields;
  return new HttpHeaders(
    fields.entries.filter(([name]) => !NEVER_TRAILERS.has(name.toLowerCase())),
  );
}
