import sqlite from 'node-sqlite3-wasm';
import { CallError } from '@tcplab/core';
import type { EpochMillis } from '@tcplab/core/cookies';
import {
  sessionRecordFromJson,
  sessionRecordToJson,
  type SessionRecord,
  type SessionStore,
} from '@tcplab/core/session';

const TABLE = `CREATE TABLE IF NOT EXISTS sessions (
  id TEXT PRIMARY KEY,
  created_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  record TEXT NOT NULL
) WITHOUT ROWID`;

/** A table in one SQLite database file. Close it when the server stops. */
export class SqliteSessionStore implements SessionStore {
  readonly #database: sqlite.Database;

  /** @param path of the database file; it is made where it is missing. */
  constructor(path: string) {
    this.#database = new sqlite.Database(path);
    this.#database.exec(TABLE);
  }

  get size(): number {
    return Number(this.#database.get('SELECT count(*) AS size FROM sessions')?.['size']);
  }

  load(id: string): SessionRecord | undefined {
    const row = this.#database.get('SELECT record FROM sessions WHERE id = ?', [id]);
    if (row === null) return undefined;
    try {
      return sessionRecordFromJson(String(row['record']));
    } catch (error) {
      // A damaged row is no session.
      if (error instanceof CallError) return undefined;
      throw error;
    }
  }

  save(record: SessionRecord): void {
    const { id, createdAt, lastSeenAt } = record;
    const values = [id, createdAt, lastSeenAt, sessionRecordToJson(record)];
    this.#database.run('INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?)', values);
  }

  delete(id: string): void {
    this.#database.run('DELETE FROM sessions WHERE id = ?', [id]);
  }

  deleteExpired(lastSeenBefore: EpochMillis, createdBefore: EpochMillis): number {
    const statement = 'DELETE FROM sessions WHERE last_seen_at < ? OR created_at < ?';
    return this.#database.run(statement, [lastSeenBefore, createdBefore]).changes;
  }

  close(): void {
    this.#database.close();
  }
}
