/** A visitor's session as the handler of one request sees it. */
import { CallError } from '../../base/errors.ts';
import type { Json } from '../../base/program-host.ts';
import type { SessionRecord } from './session-store.ts';

/** What the handler asked for beyond changes of data. */
export type SessionWish = 'keep' | 'login' | 'logout';

/**
 * Changes are remembered name by name and written when the handler is done, over what the store
 * holds then: two requests at once that change different names both count.
 */
export class VisitorSession {
  /** Whether this request began the session. */
  readonly isNew: boolean;
  readonly #record: SessionRecord;
  readonly #changes = new Map<string, Json | undefined>();
  readonly #flashed = new Map<string, Json>();
  #flashTaken = false;
  #tokenShown = false;
  #wish: SessionWish = 'keep';
  #user: string | null;

  constructor(record: SessionRecord, isNew: boolean) {
    this.#record = record;
    this.isNew = isNew;
    this.#user = record.user;
  }

  get id(): string {
    return this.#record.id;
  }

  /** Who is logged in; null while nobody is. */
  get user(): string | null {
    return this.#user;
  }

  /** The secret for this site's forms and scripts: field `_csrf`, or the field X-CSRF-Token. */
  get csrfToken(): string {
    // Who shows the token must find it again: the session is kept.
    this.#tokenShown = true;
    return this.#record.csrfToken;
  }

  get(name: string): Json | undefined {
    if (this.#changes.has(name)) return this.#changes.get(name);
    // Names may come from visitors: one like `constructor` must find nothing.
    return Object.hasOwn(this.#record.data, name) ? this.#record.data[name] : undefined;
  }

  set(name: string, value: Json): void {
    this.#changes.set(name, value);
  }

  delete(name: string): void {
    this.#changes.set(name, undefined);
  }

  /** All names with their values. */
  entries(): ReadonlyMap<string, Json> {
    return new Map(Object.entries(this.#applied(this.#record.data)));
  }

  /** From now on this is that user's session. @throws CallError after `logout` */
  login(user: string): void {
    if (this.#wish === 'logout') throw new CallError('session is over', 'login after logout');
    this.#wish = 'login';
    this.#user = user;
  }

  /** The session ends with this answer. */
  logout(): void {
    this.#wish = 'logout';
    this.#user = null;
  }

  /** Leaves a message for the next request that looks. */
  flash(name: string, value: Json): void {
    this.#flashed.set(name, value);
  }

  /** The messages that the last request left; they are shown once. */
  takeFlash(): ReadonlyMap<string, Json> {
    this.#flashTaken = true;
    return new Map(Object.entries(this.#record.flash));
  }

  get wish(): SessionWish {
    return this.#wish;
  }

  /** Whether there is anything worth keeping. */
  get isUsed(): boolean {
    const { data, flash, user } = this.#record;
    const had = Object.keys(data).length > 0 || Object.keys(flash).length > 0 || user !== null;
    const does = this.#changes.size > 0 || this.#flashed.size > 0 || this.#wish === 'login';
    return had || does || this.#tokenShown;
  }

  /** This request's changes on top of what is stored now. */
  appliedTo(stored: SessionRecord): SessionRecord {
    const flash = this.#flashTaken ? {} : stored.flash;
    return {
      ...stored,
      user: this.#wish === 'login' ? this.#user : stored.user,
      data: this.#applied(stored.data),
      flash: { ...flash, ...Object.fromEntries(this.#flashed) },
    };
  }

  #applied(data: SessionRecord['data']): SessionRecord['data'] {
    const kept = Object.entries(data).filter(([name]) => !this.#changes.has(name));
    const changed: [string, Json][] = [];
    for (const [name, value] of this.#changes) if (value !== undefined) changed.push([name, value]);
    return Object.fromEntries([...kept, ...changed]);
  }
}
