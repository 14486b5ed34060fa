import { CallError } from '../base/errors.ts';
import { withConnectionOption } from './connection-options.ts';
import type { HttpVersion } from './events.ts';
import { hasNoContent, NO_CONTENT, readContentLength, type Framing } from './framing.ts';
import type { HttpHeaders } from './headers.ts';

/** What a response answers. */
export interface ResponseContext {
  readonly status: number;
  readonly method: string;
  /** Of the request. */
  readonly version: HttpVersion;
  /** Whether both sides want the connection to persist, before this response is looked at. */
  readonly keepAlive: boolean;
}

export interface PreparedResponse {
  readonly headers: HttpHeaders;
  /** `switch`: the connection leaves HTTP with this response (2xx to CONNECT). */
  readonly framing: Framing | 'switch';
  /** Content may be given, but is not sent. */
  readonly suppressed: boolean;
  readonly keepAlive: boolean;
}

/**
 * Completes a response's fields so that its end can be found and the connection's fate is said
 * (RFC 9112 §6.3, §9.3).
 * @throws CallError `invalid framing`
 */
export function prepareResponse(given: HttpHeaders, context: ResponseContext): PreparedResponse {
  const { status, method, version } = context;
  const isSwitch = method === 'CONNECT' && status < 300;
  const isCoded = given.has('transfer-encoding');
  const length = givenLength(given);
  if (
    isCoded &&
    (length !== undefined || given.get('transfer-encoding')!.toLowerCase() !== 'chunked')
  ) {
    throw new CallError(
      'invalid framing',
      'chunked is the one transfer coding, and excludes a length',
    );
  }
  if (isSwitch || status === 204) {
    // RFC 9112 §6.1, RFC 9110 §8.6: neither field in 204, nor in the answer that opens a tunnel.
    if (isCoded || length !== undefined)
      throw new CallError('invalid framing', `${status} has no content`);
    if (isSwitch) return { headers: given, framing: 'switch', suppressed: false, keepAlive: false };
  }
  // A client of HTTP/1.0 cannot read chunks (RFC 9112 §6.1): the close of the connection ends them.
  let headers = isCoded && version === '1.0' ? given.without('transfer-encoding') : given;
  let framing: Framing;
  const bodyless = hasNoContent(status, method);
  if (bodyless) framing = NO_CONTENT;
  else if (length !== undefined) framing = { kind: 'length', length };
  else if (status === 205) {
    headers = headers.with('Content-Length', '0');
    framing = NO_CONTENT;
  } else if (version === '1.1') {
    if (!isCoded) headers = headers.adding('Transfer-Encoding', 'chunked');
    framing = { kind: 'chunked' };
  } else framing = { kind: 'until close' };
  if (status === 205 && length !== undefined && length > 0) {
    throw new CallError('invalid framing', '205 has no content');
  }
  const keepAlive =
    context.keepAlive &&
    framing.kind !== 'until close' &&
    !headers.tokens('connection').includes('close');
  if (!keepAlive) headers = withConnectionOption(headers, 'close');
  else if (version === '1.0') headers = withConnectionOption(headers, 'keep-alive');
  return { headers, framing, suppressed: method === 'HEAD', keepAlive };
}

function givenLength(headers: HttpHeaders): number | undefined {
  if (!headers.has('content-length')) return undefined;
  const length = readContentLength(headers.getAll('content-length'), 0);
  if (typeof length === 'number') return length;
  throw new CallError('invalid framing', length.text);
}
