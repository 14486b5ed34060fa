/** The Keep-Alive field (RFC 2068 §19.7.1.1, still sent by everyone): what the server promises. */
import type { HttpHeaders } from '../../http/index.ts';

export interface KeepAliveTerms {
  /** Seconds for which the server keeps an idle connection. */
  readonly timeout?: number;
  /** Requests it still takes on this connection. */
  readonly max?: number;
}

/** A server's wish beyond a day, or a billion requests, is as good as none. */
const LARGEST_TIMEOUT = 86_400;
const LARGEST_MAX = 1_000_000_000;

/** Reads `timeout=5, max=100`; what is no whole number says nothing. */
export function keepAliveTerms(headers: HttpHeaders): KeepAliveTerms {
  const terms: { timeout?: number; max?: number } = {};
  for (const token of headers.tokens('keep-alive')) {
    const match = /^(timeout|max)\s*=\s*"?(\d{1,10})"?$/.exec(token);
    if (match === null) continue;
    const value = Number(match[2]);
    if (match[1] === 'timeout') terms.timeout = Math.min(value, LARGEST_TIMEOUT);
    else terms.max = Math.min(value, LARGEST_MAX);
  }
  return terms;
}
