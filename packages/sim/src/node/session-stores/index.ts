/**
 * session-stores: where a real server keeps its visitors' sessions so that they outlive it.
 *
 * `FileSessionStore` keeps a file per session, `SqliteSessionStore` a table in one database file. Both
 * answer at once, as `SessionStore` of `@tcplab/core/session` demands. An entry of its own, so that
 * the database engine is loaded only by those who want it.
 * Deliberately absent: stores over a network, which cannot answer at once.
 */
export * from './file-session-store.ts';
export * from './sqlite-session-store.ts';
