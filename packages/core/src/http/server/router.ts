import { CallError } from '../../base/errors.ts';
import { percentDecode } from '../../base/percent.ts';
import { isToken } from '../tokens.ts';
import type { Handler } from './answer.ts';

export interface Route {
  /** In capitals; empty: any method. GET answers HEAD too. */
  readonly methods: readonly string[];
  /** Segments; `:name` takes one, a last `*` takes the rest. */
  readonly segments: readonly string[];
  readonly handler: Handler;
}

/**
 * A route from a line such as `GET /`, `GET|PUT /items/:id`, `POST /*` or, for any method, `/health`.
 * @throws CallError `invalid route`
 */
export function route(pattern: string, handler: Handler): Route {
  const parts = /^(?:(\S+) )?(\/\S*)$/.exec(pattern);
  if (parts === null) throw new CallError('invalid route', pattern);
  const methods = parts[1]?.split('|') ?? [];
  const segments = segmentsOf(parts[2]!);
  const badStar = segments.slice(0, -1).includes('*');
  if (badStar || !methods.every(isToken)) throw new CallError('invalid route', pattern);
  return { methods, segments, handler };
}

export type RouteMatch =
  | {
      readonly kind: 'found';
      readonly handler: Handler;
      readonly params: ReadonlyMap<string, string>;
    }
  /** The path exists, for these methods only. */
  | { readonly kind: 'other methods'; readonly allowed: readonly string[] }
  | { readonly kind: 'not found' };

/** RFC 9110 §9.1 and RFC 5789: any other method is unknown unless a route names it. */
const METHODS = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
  'PATCH',
]);

/** Finds the handler for a path: exact segments win over parameters, parameters over the rest. */
export class Router {
  readonly #routes: readonly Route[];
  readonly #methods: ReadonlySet<string>;

  constructor(routes: readonly Route[]) {
    this.#routes = [...routes].sort((a, b) => compare(a.segments, b.segments));
    this.#methods = new Set(routes.flatMap((each) => each.methods));
  }

  /** Whether the server has ever heard of the method. */
  knows(method: string): boolean {
    return METHODS.has(method) || this.#methods.has(method);
  }

  /** Every method that some resource takes, for `OPTIONS *`. */
  get methods(): readonly string[] {
    return allowedOf([...this.#methods]);
  }

  /** @param path canonical and percent-encoded */
  match(method: string, path: string): RouteMatch {
    const given = segmentsOf(path);
    const allowed = new Set<string>();
    let exists = false;
    for (const each of this.#routes) {
      const params = matchSegments(each.segments, given);
      if (params === undefined) continue;
      const takes = each.methods.length === 0 || each.methods.includes(method);
      const asGet = method === 'HEAD' && each.methods.includes('GET');
      if (takes || asGet) return { kind: 'found', handler: each.handler, params };
      for (const other of each.methods) allowed.add(other);
      // A route for every path says nothing about whether this path exists.
      exists ||= each.segments[0] !== '*';
    }
    return exists
      ? { kind: 'other methods', allowed: allowedOf([...allowed]) }
      : { kind: 'not found' };
  }
}

/** With what the server adds by itself. */
function allowedOf(methods: readonly string[]): readonly string[] {
  const all = new Set(methods);
  if (all.has('GET')) all.add('HEAD');
  all.add('OPTIONS');
  return [...all].sort();
}

function segmentsOf(path: string): string[] {
  return path.slice(1).split('/');
}

function matchSegments(
  pattern: readonly string[],
  given: readonly string[],
): ReadonlyMap<string, string> | undefined {
  const params = new Map<string, string>();
  for (const [at, segment] of pattern.entries()) {
    if (segment === '*') {
      params.set('*', given.slice(at).map(percentDecode).join('/'));
      return params;
    }
    const actual = given[at];
    if (actual === undefined) return undefined;
    if (segment.startsWith(':')) {
      if (actual === '') return undefined;
      params.set(segment.slice(1), percentDecode(actual));
    } else if (segment !== actual) return undefined;
  }
  return given.length === pattern.length ? params : undefined;
}

function compare(a: readonly string[], b: readonly string[]): number {
  for (let at = 0; at < a.length && at < b.length; at += 1) {
    const difference = rank(b[at]!) - rank(a[at]!);
    if (difference !== 0) return difference;
  }
  return b.length - a.length;
}

function rank(segment: string): number {
  if (segment === '*') return 0;
  return segment.startsWith(':') ? 1 : 2;
}
