import { readUrl } from '../base/url.ts';
import { hostProblem } from '../base/host-name.ts';

/** What a request asks for, taken apart (RFC 9112 §3.2). */
export type RequestTarget =
  | { readonly form: 'origin'; readonly path: string; readonly query: string | undefined }
  | {
      readonly form: 'absolute';
      readonly scheme: 'http' | 'https';
      /** Host and port as in a Host field: it takes precedence over that (RFC 9112 §3.2.2). */
      readonly authority: string;
      readonly path: string;
      readonly query: string | undefined;
    }
  | { readonly form: 'authority'; readonly host: string; readonly port: number }
  | { readonly form: 'asterisk' };

/** RFC 3986 §3.3: the characters of a path, with whole escapes. */
const PATH = /^\/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*$/;
/** Deviation: browsers leave ``[]^`{|}`` bare in queries, where RFC 3986 §3.4 wants them encoded. */
const QUERY = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?[\]^`{|}]|%[0-9A-Fa-f]{2})*$/;
const ABSOLUTE = /^(https?):\/\/([^/?]*)([^?]*)(?:\?(.*))?$/i;

/** The target in its form, or undefined where it is in none that this method takes. */
export function readTarget(method: string, target: string): RequestTarget | undefined {
  // RFC 9112 §3.2.3: only CONNECT takes the authority form, and it takes no other.
  if (method === 'CONNECT') return readAuthorityForm(target);
  // RFC 9112 §3.2.4: the asterisk stands for the server as a whole.
  if (target === '*') return method === 'OPTIONS' ? { form: 'asterisk' } : undefined;
  if (target.startsWith('/')) {
    const parts = splitQuery(target);
    return parts === undefined ? undefined : { form: 'origin', ...parts };
  }
  return readAbsoluteForm(target);
}

/**
 * A Host field's value: a host and an optional port (RFC 9110 §7.2); what is wrong with it, or undefined.
 * Deviation: an empty one is in the grammar, but no http URI has it (RFC 9110 §4.2.1), and RFC 9112
 * §3.3 lets a server refuse it.
 */
export function hostFieldProblem(value: string): string | undefined {
  const parts = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(value);
  if (parts === null) return 'it is no host with an optional port';
  if (Number(parts[2] ?? '') > 65_535) return 'the port is above 65535';
  return hostProblem(parts[1]!);
}

function readAuthorityForm(target: string): RequestTarget | undefined {
  const parts = /^(\[[^\]]*\]|[^:]+):(\d{1,5})$/.exec(target);
  if (parts === null || hostProblem(parts[1]!) !== undefined) return undefined;
  const port = Number(parts[2]);
  if (port < 1 || port > 65_535) return undefined;
  return { form: 'authority', host: parts[1]!.replace(/^\[|\]$/g, '').toLowerCase(), port };
}

function readAbsoluteForm(target: string): RequestTarget | undefined {
  const match = ABSOLUTE.exec(target);
  if (match === null) return undefined;
  const [, scheme = '', authority = '', path = '', query] = match;
  // RFC 9110 §4.2.4: user information in a target from outside is an error.
  if (authority.includes('@') || hostFieldProblem(authority) !== undefined) return undefined;
  const parts = splitQuery(`${path === '' ? '/' : path}${query === undefined ? '' : `?${query}`}`);
  if (parts === undefined || 'problem' in readUrl(target)) return undefined;
  const kind = scheme.toLowerCase() === 'https' ? 'https' : 'http';
  return { form: 'absolute', scheme: kind, authority, ...parts };
}

function splitQuery(target: string): { path: string; query: string | undefined } | undefined {
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  const query = mark < 0 ? undefined : target.slice(mark + 1);
  if (!PATH.test(path) || (query !== undefined && !QUERY.test(query))) return undefined;
  return { path, query };
}
