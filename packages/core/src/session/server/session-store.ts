/** Where a server keeps its sessions. Stores answer at once: memory, a file, a database on disk. */
import { CallError } from '../../base/errors.ts';
import type { Json } from '../../base/program-host.ts';
import type { EpochMillis } from '../../cookies/index.ts';

/** One visitor's session as it is stored; plain JSON. */
export interface SessionRecord {
  readonly id: string;
  readonly createdAt: EpochMillis;
  readonly lastSeenAt: EpochMillis;
  /** Who is logged in; null while nobody is. */
  readonly user: string | null;
  /** The secret that the site's own forms carry. */
  readonly csrfToken: string;
  /** What identifies the visitor's program, where sessions are bound to it; else empty. */
  readonly boundTo: string;
  readonly data: { readonly [name: string]: Json };
  /** Messages for the next page. */
  readonly flash: { readonly [name: string]: Json };
}

export interface SessionStore {
  load(id: string): SessionRecord | undefined;
  /** Inserts or replaces. */
  save(record: SessionRecord): void;
  delete(id: string): void;
  /** Deletes sessions last seen before the one or created before the other moment. @returns how many */
  deleteExpired(lastSeenBefore: EpochMillis, createdBefore: EpochMillis): number;
  readonly size: number;
}

/** Visitors who never come back must not fill the memory. */
export const MAX_SESSIONS_IN_MEMORY = 100_000;

/** In memory: fast, and forgotten when the server stops. */
export class MemorySessionStore implements SessionStore {
  readonly #records = new Map<string, SessionRecord>();
  readonly #limit: number;

  constructor(limit = MAX_SESSIONS_IN_MEMORY) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#records.size;
  }

  load(id: string): SessionRecord | undefined {
    return this.#records.get(id);
  }

  save(record: SessionRecord): void {
    // Deleted first, so that the map's order is that of use and the one unused for longest goes.
    this.#records.delete(record.id);
    this.#records.set(record.id, record);
    if (this.#records.size <= this.#limit) return;
    for (const id of this.#records.keys()) {
      this.#records.delete(id);
      break;
    }
  }

  delete(id: string): void {
    this.#records.delete(id);
  }

  deleteExpired(lastSeenBefore: EpochMillis, createdBefore: EpochMillis): number {
    let count = 0;
    for (const [id, record] of this.#records) {
      if (record.lastSeenAt >= lastSeenBefore && record.createdAt >= createdBefore) continue;
      this.#records.delete(id);
      count += 1;
    }
    return count;
  }
}

/** A record as text. */
export function sessionRecordToJson(record: SessionRecord): string {
  return JSON.stringify(record);
}

/**
 * A record from text that `sessionRecordToJson` made.
 * @throws CallError `invalid session record`
 */
export function sessionRecordFromJson(text: string): SessionRecord {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new CallError('invalid session record', 'the text is no JSON');
  }
  const record = parsed as SessionRecord;
  const good =
    isObject(parsed) &&
    typeof record.id === 'string' &&
    Number.isSafeInteger(record.createdAt) &&
    Number.isSafeInteger(record.lastSeenAt) &&
    (record.user === null || typeof record.user === 'string') &&
    typeof record.csrfToken === 'string' &&
    typeof record.boundTo === 'string' &&
    isObject(record.data) &&
    isObject(record.flash);
  if (!good) throw new CallError('invalid session record', 'a field is missing or of another type');
  return record;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
