/** RFC 9110 §13: requests that are to be carried out only if a condition holds. */
import type { Rule } from '../../base/cause.ts';
import { HttpHeaders } from '../headers.ts';
import { parseHttpDate } from '../http-date.ts';
import { HTTP_RULES } from '../rules.ts';
import type { HttpAnswer } from './answer.ts';
import { errorPage } from './response-plan.ts';

/** What tells one state of a resource from another (RFC 9110 §8.8). */
export interface Validators {
  /** As in an ETag field, e.g. `"v7"` or `W/"v7"`. */
  readonly etag?: string | undefined;
  /** As in a Last-Modified field. */
  readonly lastModified?: string | undefined;
}

/** What a request says of conditions. */
interface Conditional {
  readonly method: string;
  readonly headers: HttpHeaders;
}

/** Why a request is not carried out. */
export interface FailedPrecondition {
  readonly status: 304 | 412;
  readonly rule: Rule;
  readonly field: string;
}

/**
 * The first condition of a request that does not hold, in the order of RFC 9110 §13.2.2; undefined
 * where all do. For handlers of methods that change something; for GET and HEAD the server asks.
 * @param current of what is there now; undefined where nothing is
 * @param now seconds since 1970, for dates with a year of two digits
 */
export function failedPrecondition(
  request: Conditional,
  current: Validators | undefined,
  now = 0,
): FailedPrecondition | undefined {
  const { method, headers } = request;
  const isRead = method === 'GET' || method === 'HEAD';
  // RFC 9110 §13.2.1: these choose no representation.
  if (method === 'CONNECT' || method === 'OPTIONS' || method === 'TRACE') return undefined;
  const matches = headers.get('if-match');
  if (matches !== undefined) {
    if (!listed(matches, current, isSameStrongly)) return failed('if-match');
  } else if (isLater(current?.lastModified, headers.get('if-unmodified-since'), now)) {
    return failed('if-unmodified-since');
  }
  const noneMatches = headers.get('if-none-match');
  if (noneMatches !== undefined) {
    if (!listed(noneMatches, current, isSameWeakly)) return undefined;
    return isRead ? notModified('if-none-match') : failed('if-none-match');
  }
  const since = headers.get('if-modified-since');
  const unchanged = isLater(current?.lastModified, since, now) === false;
  return isRead && unchanged ? notModified('if-modified-since') : undefined;
}

/** What a handler's answer to GET or HEAD becomes where the request has a condition that does not hold. */
export function conditional(request: Conditional, answer: HttpAnswer, now: number): HttpAnswer {
  const { status = 200 } = answer;
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  // RFC 9110 §13.2.1: whatever fails by itself fails whatever the conditions are.
  if (!isRead || status < 200 || status > 299 || answer.upgrade !== undefined) return answer;
  const headers = HttpHeaders.from(answer.headers);
  const current = { etag: headers.get('etag'), lastModified: headers.get('last-modified') };
  const problem = failedPrecondition(request, current, now);
  if (problem === undefined) return answer;
  if (problem.status === 412) return errorPage(412, `${problem.field} does not hold`);
  return { status: 304, headers: withoutContentFields(headers) };
}

/** RFC 9110 §15.4.5: the client has the content, and with it what describes it. */
function withoutContentFields(headers: HttpHeaders): HttpHeaders {
  const kept = headers.entries.filter(([name]) => {
    const field = name.toLowerCase();
    if (field === 'last-modified') return !headers.has('etag');
    return field === 'content-location' || !field.startsWith('content-');
  });
  return new HttpHeaders(kept);
}

function failed(field: string): FailedPrecondition {
  return { status: 412, rule: HTTP_RULES.preconditionFailed, field };
}

function notModified(field: string): FailedPrecondition {
  return { status: 304, rule: HTTP_RULES.notModified, field };
}

/** Whether a list of entity tags, or `*`, names what is there now. */
function listed(
  list: string,
  current: Validators | undefined,
  isSame: (a: string, b: string) => boolean,
): boolean {
  if (list === '*') return current !== undefined;
  const { etag } = current ?? {};
  if (etag === undefined) return false;
  // RFC 9110 §8.8.3: a backslash in an entity tag escapes nothing.
  const tags = list.match(/(?:W\/)?"[!#-~\u0080-\u00ff]*"/g) ?? [];
  return tags.some((tag) => isSame(tag, etag));
}

/** RFC 9110 §8.8.3.2. */
function isSameStrongly(a: string, b: string): boolean {
  return a === b && !a.startsWith('W/');
}

/** RFC 9110 §8.8.3.2. */
function isSameWeakly(a: string, b: string): boolean {
  return a.replace(/^W\//, '') === b.replace(/^W\//, '');
}

/** Whether the resource changed after that date; undefined where one of the two says nothing. */
function isLater(
  lastModified: string | undefined,
  date: string | undefined,
  now: number,
): boolean | undefined {
  const changed = lastModified === undefined ? undefined : parseHttpDate(lastModified, now);
  const asked = date === undefined ? undefined : parseHttpDate(date, now);
  return changed === undefined || asked === undefined ? undefined : changed > asked;
}
