/** How long the content of a message is: RFC 9112 §6.3, in its order. */
import { violation, type HttpRequest, type HttpResponse, type HttpViolation } from './events.ts';
import type { HttpHeaders } from './headers.ts';
import { HTTP_RULES } from './rules.ts';
import { shown, trimOws } from './tokens.ts';

export type Framing =
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'until close' };

export const NO_CONTENT: Framing = { kind: 'length', length: 0 };

/** How the content of a request is delimited. */
export function requestFraming(request: HttpRequest): Framing | HttpViolation {
  const { headers, version } = request;
  if (headers.has('transfer-encoding')) {
    return codedFraming(headers, version, { bad: 400, unknown: 501 });
  }
  if (headers.has('content-length')) return lengthFraming(headers, 400);
  // Step 7: a request without either has no content.
  return NO_CONTENT;
}

/** How the content of a final response to a request with `method` is delimited. */
export function responseFraming(response: HttpResponse, method: string): Framing | HttpViolation {
  const { headers, status, version } = response;
  // Step 1: these end with their fields, whatever the fields say.
  if (hasNoContent(status, method)) return NO_CONTENT;
  if (headers.has('transfer-encoding')) {
    return codedFraming(headers, version, { bad: 0, unknown: 0 });
  }
  if (headers.has('content-length')) return lengthFraming(headers, 0);
  return { kind: 'until close' };
}

/** Whether a response ends with its fields (RFC 9112 §6.3, step 1). */
export function hasNoContent(status: number, method: string): boolean {
  return method === 'HEAD' || status < 200 || status === 204 || status === 304;
}

/** Reads a Content-Length: digits and nothing else, in one line. */
export function readContentLength(
  values: readonly string[],
  status: number,
): number | HttpViolation {
  const [value = ''] = values;
  if (values.length > 1) {
    const text = `expected one Content-Length, got ${values.length}: ${shown(values.join(', '))}`;
    return violation(HTTP_RULES.lengthRepeated, status, text);
  }
  if (!/^\d+$/.test(value)) {
    const rule = /^\d+(?:[ \t]*,[ \t]*\d+)+$/.test(value) ? 'lengthRepeated' : 'lengthSyntax';
    return violation(
      HTTP_RULES[rule],
      status,
      `expected digits as Content-Length, got ${shown(value)}`,
    );
  }
  const length = Number(value);
  if (!Number.isSafeInteger(length)) {
    return violation(
      HTTP_RULES.lengthTooLarge,
      status,
      `Content-Length ${shown(value)} is too large`,
    );
  }
  return length;
}

function lengthFraming(headers: HttpHeaders, status: number): Framing | HttpViolation {
  const length = readContentLength(headers.getAll('content-length'), status);
  return typeof length === 'number' ? { kind: 'length', length } : length;
}

/**
 * Steps 3 and 4, stricter: both fields together are refused, and chunked is the one coding we read.
 * Deviation: RFC 9110 §5.6.1.2 has empty list elements ignored. In this field (`, chunked`) they are
 * refused: of two readers one would overlook the coding.
 */
function codedFraming(
  headers: HttpHeaders,
  version: string,
  status: { readonly bad: number; readonly unknown: number },
): Framing | HttpViolation {
  const value = headers.get('transfer-encoding')!;
  if (headers.has('content-length')) {
    const text = 'expected Content-Length or Transfer-Encoding, got both';
    return violation(HTTP_RULES.lengthAndCoding, status.bad, text);
  }
  if (version === '1.0') {
    const text = 'expected no Transfer-Encoding in a message of HTTP/1.0';
    return violation(HTTP_RULES.codingIn10, status.bad, text);
  }
  if (value.toLowerCase() === 'chunked') return { kind: 'chunked' };
  const codings = value.toLowerCase().split(',').map(trimOws);
  const isFinal =
    codings.at(-1) === 'chunked' && codings.filter((c) => c === 'chunked').length === 1;
  const known = isFinal && codings.every((coding) => /^[a-z0-9-]+$/.test(coding));
  const text = `expected chunked as the one transfer coding, got ${shown(value)}`;
  return known
    ? violation(HTTP_RULES.codingUnknown, status.unknown, text)
    : violation(HTTP_RULES.codingNotFinal, status.bad, text);
}
