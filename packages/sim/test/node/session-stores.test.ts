import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CallError, ms } from '@tcplab/core';
import { CookieJar } from '@tcplab/core/cookies';
import { route, serveHttp } from '@tcplab/core/http';
import {
  loginRoutes,
  MemorySessionStore,
  ServerSessions,
  withSession,
  type SessionRecord,
  type SessionStore,
} from '@tcplab/core/session';
import { FileSessionStore, SqliteSessionStore } from '@tcplab/sim/node/session-stores';
import { fc, runs } from '../../../../test/support/fast-check.ts';
import { MemoryNetwork } from '../../../../test/support/memory-host.ts';

let folder: string;
const open: SqliteSessionStore[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tcplab-sessions-'));
});

afterEach(() => {
  for (const store of open.splice(0)) store.close();
  rmSync(folder, { recursive: true });
});

function sqlite(): SqliteSessionStore {
  const store = new SqliteSessionStore(join(folder, 'sessions.db'));
  open.push(store);
  return store;
}

function record(id: string, more: Partial<SessionRecord> = {}): SessionRecord {
  const times = { createdAt: 1_000, lastSeenAt: 2_000 };
  const rest = { user: null, csrfToken: 'token', boundTo: '', data: {}, flash: {} };
  return { id, ...times, ...rest, ...more };
}

describe.each([
  ['files', (): SessionStore => new FileSessionStore(join(folder, 'sessions'))],
  ['SQLite', sqlite],
])('sessions in %s', (_name, make) => {
  test('are found again, also by the next server', () => {
    const given = record('a', { user: 'Zoë', data: { cart: { tea: 2 }, list: [null, true] } });
    make().save(given);
    if (open[0] !== undefined) open.shift()!.close();
    const store = make();
    expect(store.load('a')).toEqual(given);
    expect(store.load('b')).toBeUndefined();
    expect(store.size).toBe(1);
  });

  test('are replaced and deleted', () => {
    const store = make();
    store.save(record('a'));
    store.save(record('a', { user: 'alice' }));
    expect([store.size, store.load('a')!.user]).toEqual([1, 'alice']);
    store.delete('a');
    store.delete('never there');
    expect([store.size, store.load('a')]).toEqual([0, undefined]);
  });

  test('expire when they were not seen for long or began long ago', () => {
    const store = make();
    store.save(record('unseen', { lastSeenAt: 10, createdAt: 10 }));
    store.save(record('old', { lastSeenAt: 99, createdAt: 1 }));
    store.save(record('fresh', { lastSeenAt: 99, createdAt: 10 }));
    expect(store.deleteExpired(50, 5)).toBe(2);
    expect(store.load('fresh')).toBeDefined();
  });

  test('do as those in memory do, whatever is asked', () => {
    const id = fc.constantFrom('a', 'b', '../c', "d' OR 1=1 --");
    const step = fc.oneof(
      fc.record({ save: id, at: fc.nat(9), user: fc.option(fc.string({ maxLength: 5 })) }),
      fc.record({ delete: id }),
      fc.record({ expire: fc.nat(9) }),
    );
    const store = make();
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const memory = new MemorySessionStore();
        store.deleteExpired(Number.MAX_SAFE_INTEGER, 0);
        for (const each of steps) {
          for (const target of [store, memory]) {
            if ('save' in each) {
              const { at, user } = each;
              target.save(record(each.save, { createdAt: at, lastSeenAt: at, user }));
            } else if ('delete' in each) target.delete(each.delete);
            else target.deleteExpired(each.expire, 0);
          }
        }
        expect(store.size).toBe(memory.size);
        for (const name of ['a', 'b', '../c', "d' OR 1=1 --"]) {
          expect(store.load(name)).toEqual(memory.load(name));
        }
      }),
      runs(8),
    );
  });
});

test('a visitor is still logged in after the server has started anew', () => {
  const story: string[] = [];
  const jar = new CookieJar();
  for (let start = 0; start < 2; start += 1) {
    const net = new MemoryNetwork({ latency: ms(1) });
    const store = new FileSessionStore(join(folder, 'sessions'));
    const sessions = new ServerSessions({ store, csrf: 'off' });
    const routes = [
      ...loginRoutes(sessions, { verify: () => true }),
      route(
        'GET /',
        sessions.handler(({ session }) => ({ body: session.user ?? 'nobody' })),
      ),
    ];
    serveHttp(net.host('shop'), 80, { routes });
    net.runProcess(net.host('alice'), (host) =>
      withSession(host, { cookieJar: jar }, function* (session) {
        story.push(yield* (yield* session.get('http://shop/')).text());
        yield* session.post('http://shop/login', { data: { user: 'alice', password: 'x' } });
      }),
    );
  }
  expect(story).toEqual(['nobody', 'alice']);
});

describe('files', () => {
  test('keep their secrets from other users, and stay in their folder whatever the id is', () => {
    const path = join(folder, 'sessions');
    const store = new FileSessionStore(path);
    store.save(record('../../escape'));
    expect(existsSync(join(folder, '..', 'escape'))).toBe(false);
    const [file] = readdirSync(path);
    expect(statSync(join(path, file!)).mode & 0o077).toBe(0);
    expect(() => store.load('x'.repeat(500))).toThrow(CallError);
  });

  test('that are damaged are no sessions, and the sweep removes them', () => {
    const path = join(folder, 'sessions');
    const store = new FileSessionStore(path);
    store.save(record('a'));
    writeFileSync(join(path, readdirSync(path)[0]!), '{"id":');
    expect(store.load('a')).toBeUndefined();
    expect(store.deleteExpired(0, 0)).toBe(1);
  });
});
