/** The Connection field: what both messages of an exchange say about the connection's life. */
import type { SwitchProposal } from './conversation.ts';
import type { HttpRequest, HttpVersion } from './events.ts';
import type { HttpHeaders } from './headers.ts';

/** RFC 9112 §9.3: 1.1 persists unless a message says close, 1.0 only where it says keep-alive. */
export function wantsKeepAlive(version: HttpVersion, headers: HttpHeaders): boolean {
  const options = headers.tokens('connection');
  if (options.includes('close')) return false;
  return version === '1.1' || options.includes('keep-alive');
}

/**
 * How the request offers to leave HTTP, if it does. An Upgrade counts only when Connection names it,
 * and never from HTTP/1.0 (RFC 9110 §7.8).
 */
export function proposalOf(request: HttpRequest): SwitchProposal | undefined {
  const { method, version, headers } = request;
  if (method === 'CONNECT') return 'connect';
  const offers = version === '1.1' && headers.has('upgrade');
  return offers && headers.tokens('connection').includes('upgrade') ? 'upgrade' : undefined;
}

/** With this option in Connection, besides those that are there. */
export function withConnectionOption(headers: HttpHeaders, option: string): HttpHeaders {
  const options = headers.tokens('connection');
  if (options.includes(option)) return headers;
  const others = option === 'close' ? options.filter((each) => each !== 'keep-alive') : options;
  return headers.with('Connection', [...others, option].join(', '));
}
