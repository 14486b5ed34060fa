/** The apps of the web: what a scenario may say of them, and mistakes that are told when it is loaded. */
import { describe, expect, test } from 'vitest';
import {
  formatProblem,
  loadScenario,
  runScenario,
  variationsOf,
  type RunResult,
} from '../../src/scenario/index.ts';
import type { TraceRecord } from '../../src/trace/index.ts';

const HOSTS = `
tcplab: 1
name: web
hosts: { client: {}, server: {} }
links: [ { between: [client, server], delay: 10ms } ]
`;

function problemsOf(rest: string): string {
  const result = loadScenario(HOSTS + rest, 'web.yaml');
  return result.ok ? '' : result.problems.map(formatProblem).join('\n');
}

interface Run {
  readonly result: RunResult;
  readonly notes: readonly Extract<TraceRecord, { kind: 'note' }>[];
}

function run(rest: string): Run {
  const loaded = loadScenario(HOSTS + rest, 'web.yaml');
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join('\n'));
  const notes: Run['notes'][number][] = [];
  const result = runScenario(loaded.loaded, {
    checkInvariants: true,
    onRecord: (record) => {
      if (record.kind === 'note') notes.push(record);
    },
  });
  expect(result.warnings).toEqual([]);
  return { result, notes };
}

function named(notes: Run['notes'], name: string): Run['notes'] {
  return notes.filter((note) => note.name === name);
}

describe('sessions that the script uses by name', () => {
  const SERVER = 'apps: [ { on: server, http: { routes: { /: { body: hi, think: 100ms } } } } ]';

  test('one name is one session: the second request finds the connection of the first', () => {
    const { notes } = run(`${SERVER}
script:
  - { at: 0ms, on: client, do: fetch, session: s1, url: "http://server/" }
  - { at: 1s, on: client, do: fetch, session: s1, url: "http://server/" }
  - { at: 2s, on: client, do: fetch, session: s2, url: "http://server/" }
`);
    expect(named(notes, 'open')).toHaveLength(2);
    expect(named(notes, 'reuse')).toHaveLength(1);
  });

  test('an app session of that name says how it is made', () => {
    const { notes } = run(`apps:
  - { on: server, http: { routes: { /: { body: hi, think: 100ms } } } }
  - { on: client, session: { name: s1, connector: { limit: 1 } } }
script:
  - { at: 0ms, on: client, do: fetch, session: s1, url: "http://server/" }
  - { at: 0ms, on: client, do: fetch, session: s1, url: "http://server/" }
`);
    expect(named(notes, 'wait')).toHaveLength(1);
    expect(named(notes, 'answer')).toHaveLength(2);
  });

  test('closing one that nobody makes is a slip of the name', () => {
    const problems = problemsOf(`${SERVER}
script:
  - { at: 0ms, on: client, do: fetch, session: shop, url: "http://server/" }
  - { at: 1s, on: client, do: session.close, session: shup }
`);
    expect(problems).toContain('client has no session "shup". Did you mean "shop"?');
  });

  test('a URL names a host that must exist', () => {
    const fetch = '{ at: 0ms, on: client, do: fetch, url: "http://sever/" }';
    expect(problemsOf(`script: [ ${fetch} ]`)).toContain('there is no host "sever"');
  });

  test('a session without requests and without a name is of no use', () => {
    expect(problemsOf('apps: [ { on: client, session: {} } ]')).toContain(
      'a session wants requests',
    );
  });
});

describe('what must hold of one variation alone', () => {
  const TWO = `
apps: [ { on: server, http: {} }, { on: client, session: { requests: [ { url: "http://server/" } ] } } ]
expect: [ never retransmission ]
compare:
  - { name: a, set: {}, expect: [ cost.lost == 0 ] }
  - { name: b, set: {}, baseline: true, expect: [ { that: cost.lost == 1, because: of nothing } ] }
`;

  test('is claimed besides what holds of all', () => {
    const loaded = loadScenario(HOSTS + TWO, 'web.yaml');
    const all = loaded.ok ? variationsOf(loaded.loaded) : loaded;
    if (!all.ok) throw new Error('not loaded');
    const verdicts = all.variations.map((each) => runScenario(each.loaded).verdicts);
    expect(verdicts.map((each) => each.map(({ passed }) => passed))).toEqual([
      [true, true],
      [true, false],
    ]);
    expect(verdicts[1]![1]).toMatchObject({ claim: 'cost.lost == 1', because: 'of nothing' });
    expect(all.variations.map(({ isBaseline }) => isBaseline)).toEqual([true, true]);
  });

  test('names hosts that must exist', () => {
    const wrong = TWO.replace('cost.lost == 0', 'never segment where from == clinet');
    expect(problemsOf(wrong)).toContain('there is no host "clinet"');
  });
});

describe('sites, browsers and thieves', () => {
  const SITE = `
apps:
  - { on: server, http: { site: [login, cart], users: { bob: secret }, routes: { /more: { body: more } } } }
  - on: client
    browser:
      site: http://server/
      steps:
        - { do: submit, page: /login, url: /login, form: { user: bob, password: wrong } }
        - { do: submit, page: /login, url: /login, form: { user: bob, password: secret } }
        - { do: open, url: / }
        - { do: open, url: /cart }
        - { do: open, url: /more }
        - { do: open, url: /preferences }
`;

  test('a site has the parts it names, its users, and the routes beside', () => {
    const { notes } = run(SITE);
    const pages = named(notes, 'page').map(({ data }) => `${String(data!['status'])}`);
    expect(pages).toEqual(['200', '403', '200', '200', '200', '200', '200', '404']);
    expect(named(notes, 'visitor')[0]!.data).toEqual({ user: 'bob' });
  });

  test('who listens changes nothing of what is sent', () => {
    const thief =
      '  - { on: server, thief: { listens: [client, server], cookie: none, at: 1h, opens: "http://server/" } }';
    const alone = run(SITE);
    const overheard = run(`${SITE}${thief}\n`);
    expect(overheard.result.costs.total).toEqual(alone.result.costs.total);
    expect(named(overheard.notes, 'nothing stolen')).toHaveLength(1);
  });

  test('a thief has one source', () => {
    const thief = '{ on: server, thief: { cookie: sid, at: 1s, opens: "http://server/" } }';
    expect(problemsOf(`apps: [ ${thief} ]`)).toContain('a thief either listens on a wire or');
  });

  test('a thief listens on a wire that there is', () => {
    const thief =
      '{ on: server, thief: { listens: [client, nobody], cookie: sid, at: 1s, opens: "http://server/" } }';
    expect(problemsOf(`apps: [ ${thief} ]`)).toContain(
      'there is no link between client and nobody',
    );
  });

  test('sessions count whole seconds', () => {
    const http = '{ on: server, http: { site: login, sessions: { idle: 1500ms } } }';
    expect(problemsOf(`apps: [ ${http} ]`)).toContain('expected whole seconds');
  });
});

test('a client that pipelines reads what the server says before it closes, and no more', () => {
  const { notes } = run(`
apps:
  - { on: server, http: { keepAlive: { max: 2 } } }
  - { on: client, pipeline: { to: server, port: 80, paths: [/, /, /] } }
`);
  expect(named(notes, 'answer')).toHaveLength(2);
});
