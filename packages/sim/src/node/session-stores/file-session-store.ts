import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { base64Url, CallError, utf8Bytes } from '@tcplab/core';
import type { EpochMillis } from '@tcplab/core/cookies';
import {
  sessionRecordFromJson,
  sessionRecordToJson,
  type SessionRecord,
  type SessionStore,
} from '@tcplab/core/session';

const SUFFIX = '.session.json';
/** Names of files are limited to 255 octets on all common file systems. */
const MAX_NAME_LENGTH = 200;

/** One file per session in a folder of its own, readable by the server's user alone. */
export class FileSessionStore implements SessionStore {
  readonly #folder: string;

  /** Makes the folder where it is missing. */
  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  get size(): number {
    return this.#files().length;
  }

  load(id: string): SessionRecord | undefined {
    return this.#read(this.#path(id));
  }

  save(record: SessionRecord): void {
    const path = this.#path(record.id);
    const draft = `${path}.draft`;
    // Renaming replaces at once: whoever reads sees the old file or the new one, never half of it.
    writeFileSync(draft, sessionRecordToJson(record), { mode: 0o600 });
    renameSync(draft, path);
  }

  delete(id: string): void {
    rmSync(this.#path(id), { force: true });
  }

  deleteExpired(lastSeenBefore: EpochMillis, createdBefore: EpochMillis): number {
    let count = 0;
    for (const file of this.#files()) {
      const path = join(this.#folder, file);
      const record = this.#read(path);
      const isFresh =
        record !== undefined &&
        record.lastSeenAt >= lastSeenBefore &&
        record.createdAt >= createdBefore;
      if (isFresh) continue;
      rmSync(path, { force: true });
      count += 1;
    }
    return count;
  }

  /** A file that is missing or damaged is no session. */
  #read(path: string): SessionRecord | undefined {
    try {
      return sessionRecordFromJson(readFileSync(path, 'utf8'));
    } catch (error) {
      if (error instanceof CallError || (error as { code?: string }).code === 'ENOENT') {
        return undefined;
      }
      throw error;
    }
  }

  /** Ids come from visitors: encoded, none of them can name another file. */
  #path(id: string): string {
    const name = base64Url(utf8Bytes(id));
    if (name === '' || name.length > MAX_NAME_LENGTH) {
      throw new CallError('invalid session id', `of ${id.length} characters`);
    }
    return join(this.#folder, name + SUFFIX);
  }

  #files(): readonly string[] {
    return readdirSync(this.#folder).filter((file) => file.endsWith(SUFFIX));
  }
}
