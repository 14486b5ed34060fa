/** HTTP sessions for a server: finds or begins the visitor's session around each handler. */
import type { Cause } from '../../base/cause.ts';
import type { Process } from '../../base/process.ts';
import { cookieValue, setCookieString, type EpochMillis } from '../../cookies/index.ts';
import {
  HttpHeaders,
  isProcess,
  type Handler,
  type HttpAnswer,
  type IncomingRequest,
} from '../../http/index.ts';
import { CSRF_COOKIE, forgery } from './csrf.ts';
import { isForm, MAX_FORM_OCTETS, readForm, type FormFieldMap } from './form.ts';
import { SESSION_RULES } from './rules.ts';
import { looksLikeSecret, randomSecret } from './secret.ts';
import { sessionPolicy, type ServerSessionOptions, type SessionPolicy } from './session-options.ts';
import type { SessionRecord } from './session-store.ts';
import { VisitorSession } from './visitor-session.ts';

/** What a handler with a session gets. */
export interface Visit {
  readonly request: IncomingRequest;
  readonly session: VisitorSession;
  /** The fields of a form; its content has been read. Empty for requests without one. */
  readonly form: FormFieldMap;
}

export type SessionHandler = (visit: Visit) => HttpAnswer | Process<HttpAnswer>;

/** A session that a request has, or begins. */
interface Found {
  readonly record: SessionRecord;
  readonly isNew: boolean;
  /** The cookie that came is worth nothing and should go. */
  readonly stale: boolean;
}

/** Where any id is adopted, one longer than this is not. */
const MAX_ADOPTED_LENGTH = 128;

export class ServerSessions {
  readonly policy: SessionPolicy;

  /** @throws CallError `invalid session options` */
  constructor(options: ServerSessionOptions = {}) {
    this.policy = sessionPolicy(options);
  }

  /** A handler for a route, around one that wants the visitor's session. */
  handler(inner: SessionHandler): Handler {
    return (request) => this.#visit(request, inner);
  }

  /** Deletes what has expired; stores do not do it by themselves. @returns how many went */
  sweep(now: EpochMillis): number {
    const { store, idleTimeout, absoluteTimeout } = this.policy;
    return store.deleteExpired(now - idleTimeout * 1_000, now - absoluteTimeout * 1_000);
  }

  *#visit(request: IncomingRequest, inner: SessionHandler): Process<HttpAnswer> {
    const found = this.#findOrBegin(request);
    const form = isForm(request) ? yield* readForm(request) : new Map<string, string>();
    if (form === undefined) {
      const why = `a form of more than ${MAX_FORM_OCTETS} octets`;
      this.#note(request, 'form refused', { rule: SESSION_RULES.formTooLarge, why });
      return { status: 413, body: 'form too large\n' };
    }
    const session = new VisitorSession(found.record, found.isNew);
    const { policy } = this;
    const { csrfToken } = found.record;
    const forged = forgery(request, form, { policy, csrfToken });
    if (forged !== undefined) {
      this.#note(request, 'forged request', forged);
      return { status: 403, body: 'this request did not come from a page of this site\n' };
    }
    const result = inner({ request, session, form });
    const answer = isProcess(result) ? yield* result : result;
    return this.#finish(request, session, { answer, found });
  }

  /** The session that the Cookie field leads to, or a new one that is not stored yet. */
  #findOrBegin(request: IncomingRequest): Found {
    const { policy } = this;
    const id = cookieValue(request.headers.get('cookie'), policy.cookieName);
    if (id === undefined) return { record: this.#begin(request), isNew: true, stale: false };
    const record = this.#mayBeLookedUp(id) ? policy.store.load(id) : undefined;
    const objection = this.#objectionTo(id, record, request);
    if (objection === undefined) {
      const why = `the cookie names a session of ${record!.user ?? 'nobody in particular'}`;
      this.#note(request, 'session found', { rule: SESSION_RULES.found, why });
      return { record: record!, isNew: false, stale: false };
    }
    this.#note(request, 'session refused', objection);
    if (record !== undefined) policy.store.delete(id);
    // The attack of fixation needs a server that takes any id for a session's.
    const adopted = record === undefined && this.#mayBeLookedUp(id) && policy.adoptUnknownIds;
    const begun = this.#begin(request, adopted ? id : undefined);
    return { record: begun, isNew: true, stale: !adopted };
  }

  /** What this server could not have made is never handed to a store. */
  #mayBeLookedUp(id: string): boolean {
    const { idBits, adoptUnknownIds } = this.policy;
    if (looksLikeSecret(id, idBits)) return true;
    return adoptUnknownIds && /^[\w.~-]+$/.test(id) && id.length <= MAX_ADOPTED_LENGTH;
  }

  #objectionTo(
    id: string,
    record: SessionRecord | undefined,
    request: IncomingRequest,
  ): Cause | undefined {
    const { policy } = this;
    if (record === undefined) {
      const wellFormed = looksLikeSecret(id, policy.idBits);
      return wellFormed
        ? { rule: SESSION_RULES.unknown, why: 'the cookie names no session that there is' }
        : { rule: SESSION_RULES.malformed, why: 'the cookie holds no id of this server' };
    }
    const now = this.#dateOf(request);
    if (now - record.lastSeenAt >= policy.idleTimeout * 1_000) {
      return { rule: SESSION_RULES.idle, why: `it was not used for ${policy.idleTimeout} s` };
    }
    if (now - record.createdAt >= policy.absoluteTimeout * 1_000) {
      return { rule: SESSION_RULES.absolute, why: `it is older than ${policy.absoluteTimeout} s` };
    }
    if (policy.bindToUserAgent && record.boundTo !== userAgentOf(request)) {
      return { rule: SESSION_RULES.binding, why: 'the User-Agent is another than before' };
    }
    return undefined;
  }

  #begin(request: IncomingRequest, adopted?: string): SessionRecord {
    const { policy } = this;
    const now = this.#dateOf(request);
    const random = request.host.random('session ids');
    return {
      id: adopted ?? randomSecret(random, policy.idBits),
      createdAt: now,
      lastSeenAt: now,
      user: null,
      csrfToken: randomSecret(random, policy.idBits),
      boundTo: policy.bindToUserAgent ? userAgentOf(request) : '',
      data: {},
      flash: {},
    };
  }

  /** Writes what the handler changed, and tells the visitor what he must remember. */
  #finish(
    request: IncomingRequest,
    session: VisitorSession,
    { answer, found }: { readonly answer: HttpAnswer; readonly found: Found },
  ): HttpAnswer {
    const cookies: string[] = [];
    if (session.wish === 'logout') {
      this.#end(request, session);
      cookies.push(this.#cookie(request, '', 0));
    } else if (found.isNew && this.policy.create === 'on use' && !session.isUsed) {
      if (found.stale) cookies.push(this.#cookie(request, '', 0));
    } else {
      const record = this.#save(request, session, found);
      const { persistent } = this.policy;
      const tell = found.isNew || record?.id !== session.id || persistent;
      if (record !== undefined && tell) cookies.push(this.#sessionCookie(request, record));
    }
    if (this.policy.csrf === 'double submit') cookies.push(...this.#csrfCookie(request));
    let headers = HttpHeaders.from(answer.headers);
    for (const cookie of cookies) headers = headers.adding('Set-Cookie', cookie);
    return { ...answer, headers };
  }

  /** @returns undefined where somebody else ended the session while the handler was at work */
  #save(
    request: IncomingRequest,
    session: VisitorSession,
    found: Found,
  ): SessionRecord | undefined {
    const { store, rotateAtLogin } = this.policy;
    const stored = found.isNew ? found.record : store.load(session.id);
    if (stored === undefined) {
      const why = 'the session ended while this request was at work: its changes are dropped';
      this.#note(request, 'session gone', { rule: SESSION_RULES.logout, why });
      return undefined;
    }
    let record = { ...session.appliedTo(stored), lastSeenAt: this.#dateOf(request) };
    if (session.wish === 'login' && rotateAtLogin) record = this.#rotated(request, record);
    if (found.isNew) {
      const why = 'the visitor came without a session that counts';
      this.#note(request, 'session created', { rule: SESSION_RULES.create, why });
    }
    store.save(record);
    return record;
  }

  /** A new id and a new token for the same data; the old id leads nowhere. */
  #rotated(request: IncomingRequest, record: SessionRecord): SessionRecord {
    const { store, idBits } = this.policy;
    store.delete(record.id);
    const random = request.host.random('session ids');
    const why = `${record.user ?? 'someone'} logged in`;
    this.#note(request, 'session rotated', { rule: SESSION_RULES.rotate, why });
    const createdAt = this.#dateOf(request);
    const id = randomSecret(random, idBits);
    return { ...record, id, createdAt, csrfToken: randomSecret(random, idBits) };
  }

  #end(request: IncomingRequest, session: VisitorSession): void {
    this.policy.store.delete(session.id);
    const why = 'the visitor logged out';
    this.#note(request, 'session ended', { rule: SESSION_RULES.logout, why });
  }

  #sessionCookie(request: IncomingRequest, record: SessionRecord): string {
    const { persistent, idleTimeout } = this.policy;
    if (!persistent) return this.#cookie(request, record.id, undefined);
    const why = `the cookie lives ${idleTimeout} s more, as the session does`;
    this.#note(request, 'session renewed', { rule: SESSION_RULES.renew, why });
    return this.#cookie(request, record.id, idleTimeout);
  }

  #cookie(request: IncomingRequest, value: string, maxAge: number | undefined): string {
    const { policy } = this;
    const { cookieName, path, domain, httpOnly, sameSite } = policy;
    return setCookieString(cookieName, value, {
      ...(maxAge === undefined ? {} : { maxAge }),
      ...(domain === undefined ? {} : { domain }),
      path,
      secure: policy.secure === 'auto' ? request.secure : policy.secure,
      httpOnly,
      ...(sameSite === 'absent' ? {} : { sameSite }),
    });
  }

  /** A script of the site's own pages must be able to read it: not HttpOnly. */
  #csrfCookie(request: IncomingRequest): readonly string[] {
    const known = cookieValue(request.headers.get('cookie'), CSRF_COOKIE);
    if (known !== undefined && looksLikeSecret(known, this.policy.idBits)) return [];
    const value = randomSecret(request.host.random('session ids'), this.policy.idBits);
    const secure = this.policy.secure === 'auto' ? request.secure : this.policy.secure;
    return [setCookieString(CSRF_COOKIE, value, { path: '/', secure, sameSite: 'Lax' })];
  }

  #dateOf(request: IncomingRequest): EpochMillis {
    return this.policy.epoch + Math.floor(request.host.now() / 1_000);
  }

  #note(request: IncomingRequest, kind: string, cause: Cause): void {
    const data = { method: request.method, path: request.path };
    request.host.note({ layer: 'session', kind, text: cause.why, cause, data });
  }
}

function userAgentOf(request: IncomingRequest): string {
  return request.headers.get('user-agent') ?? '';
}
