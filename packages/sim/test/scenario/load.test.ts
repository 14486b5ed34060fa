import { describe, expect, test } from 'vitest';
import { fc, runs } from '../../../../test/support/fast-check.ts';
import { loadScenario, type LoadResult } from '../../src/scenario/load.ts';
import { formatProblem } from '../../src/scenario/problem.ts';
import { scenarioSchema, schemaOfScenario } from '../../src/scenario/schema/index.ts';
import { MAX_SCENARIO_BYTES } from '../../src/scenario/source-text.ts';

const GOOD = `# yaml-language-server: $schema=scenario.schema.json
tcplab: 1
name: lost SYN-ACK
lesson: The client repeats its SYN after one second.
seed: 42
hosts: { client: {}, server: { tcp: { delayedAck: 0ms, mss: 1000B } } }
links:
  - { between: [client, server], delay: 50ms, rate: 10Mbit, queue: 64KB, loss: { nth: 2 } }
apps:
  - { on: server, echo: { port: 80 } }
script:
  - { at: 0ms, on: client, do: connect, to: server, port: 80 }
  - { at: 2s, on: client, do: send, text: hello }
  - { at: 3s, between: [client, server], do: cut }
faults:
  - { drop: { from: server, flags: AS, nth: 1 } }
expect:
  - client.tcp[0] reaches ESTABLISHED within 2s
  - { that: count(segment where flags == S) == 2, because: the first answer is lost }
`;

/** A whole scenario around the given lines. */
function around(lines: string): string {
  return `tcplab: 1\nname: x\nhosts: { client: {}, server: {} }\n${lines}\n`;
}

const LINKED = 'links: [ { between: [client, server], delay: 1ms } ]\n';

function problems(result: LoadResult): string[] {
  return (result.ok ? result.warnings : result.problems).map(
    ({ line, column, severity, message }) => `${line}:${column} ${severity}: ${message}`,
  );
}

function load(text: string | Uint8Array): string[] {
  return problems(loadScenario(text, 'test.yaml'));
}

describe('a good scenario', () => {
  test('is loaded with whole numbers and parsed expressions', () => {
    const result = loadScenario(GOOD, 'test.yaml');
    expect(problems(result)).toEqual([]);
    if (!result.ok) return;
    const { scenario } = result.loaded;
    expect(scenario.seed).toBe(42);
    expect(scenario.hosts['server']?.tcp).toEqual({ delayedAck: 0, mss: 1_000 });
    expect(scenario.links[0]).toMatchObject({
      delay: { kind: 'fixed', delay: 50_000 },
      rate: 10_000_000,
      queue: { bytes: 64_000 },
      loss: { kind: 'nth', nth: [2] },
    });
    expect(scenario.faults[0]).toMatchObject({ kind: 'drop', match: { flags: 'SA', nth: [1] } });
    expect(scenario.script[2]).toMatchObject({ at: 3_000_000, do: 'cut' });
    expect(scenario.expect[0]?.that.parsed.kind).toBe('reaches');
  });

  test('is the same as JSON, with a byte order mark, and with Windows line ends', () => {
    const json = JSON.stringify({ tcplab: 1, name: 'x', hosts: { a: {} } });
    expect(load(json)).toEqual([]);
    expect(load(`\ufeff${json}`)).toEqual([]);
    expect(load(new Uint8Array([0xef, 0xbb, 0xbf, ...new TextEncoder().encode(json)]))).toEqual([]);
    expect(load(GOOD.replaceAll('\n', '\r\n'))).toEqual([]);
  });
});

describe('every problem has its place and says what was expected', () => {
  test.each([
    ['an unknown key', around('hots: {}'), '4:1 error: unknown key "hots". Did you mean "hosts"?'],
    [
      'an unknown key deep inside',
      around('links: [ { between: [client, server], dealy: 5ms } ]'),
      '4:39 error: unknown key "dealy". Did you mean "delay"?',
    ],
    [
      'a number without unit',
      around('links: [ { between: [client, server], rate: 10 } ]'),
      '4:45 error: expected a rate with its unit, e.g. 10Mbit or 56kbit; the number 10 has no unit',
    ],
    [
      'a wrong unit',
      around('links: [ { between: [client, server], delay: 5sec } ]'),
      '4:46 error: "sec" is no unit of a duration; expected 50ms, 1.5s, 20us or 2min. Did you mean "s"?',
    ],
    [
      'negative loss',
      around('links: [ { between: [client, server], loss: -2% } ]'),
      '4:45 error: a probability cannot be negative, found "-2%"',
    ],
    [
      'loss above everything',
      around('links: [ { between: [client, server], loss: 101% } ]'),
      '4:45 error: a probability is at most 100 %, found "101%"',
    ],
    [
      'a bare delay',
      around('links: [ { between: [client, server], delay: 50 } ]'),
      '4:46 error: expected a delay: a duration with its unit',
    ],
    [
      'an nth of 0',
      around(`${LINKED}faults: [ { drop: { nth: 0 } } ]`),
      '5:26 error: expected at least 1',
    ],
    [
      'a dangling host',
      around('links: [ { between: [client, sever] } ]'),
      '4:30 error: there is no host "sever". Did you mean "server"? The hosts are client, server',
    ],
    [
      'a dangling host of a fault',
      around(`${LINKED}faults: [ { drop: { from: clint } } ]`),
      '5:27 error: there is no host "clint". Did you mean "client"?',
    ],
    [
      'a dangling host of an expression',
      around(`${LINKED}expect: [ never segment where from == sever ]`),
      '5:31 error: there is no host "sever".',
    ],
    [
      'a dangling host of an app',
      around(`${LINKED}apps: [ { on: client, bulk: { to: sever, port: 1, size: 1B } } ]`),
      '5:35 error: there is no host "sever".',
    ],
    [
      'a wrong expression',
      around(`${LINKED}expect:\n  - client.tcp[0] reachs ESTABLISHED`),
      '6:19 error: expected reaches',
    ],
    [
      'a wrong expression in quotes',
      around(`${LINKED}faults: [ { drop: { match: "flags = S" } } ]`),
      '5:35 error: a comparison is written ==',
    ],
    [
      'an unknown app',
      around(`${LINKED}apps: [ { on: client, ecko: { port: 7 } } ]`),
      '5:23 error: unknown key "ecko". Did you mean "echo"?',
    ],
    [
      'two apps in one',
      around(`${LINKED}apps: [ { on: client, echo: { port: 7 }, discard: { port: 9 } } ]`),
      '5:9 error: an app is exactly one of',
    ],
    [
      'a port that is none',
      around(`${LINKED}apps: [ { on: client, echo: { port: 70000 } } ]`),
      '5:37 error: a port is at most 65535',
    ],
    [
      'a port used twice',
      around(
        `${LINKED}apps: [ { on: client, echo: { port: 7 } }, { on: client, discard: { port: 7 } } ]`,
      ),
      '5:75 error: apps[0] listens on port 7 of client already',
    ],
    [
      'an unknown action',
      around(`${LINKED}script: [ { at: 0ms, on: client, do: conect } ]`),
      '5:38 error: expected one of connect,',
    ],
    [
      'an action without connection',
      around(`${LINKED}script: [ { at: 0ms, on: client, do: close } ]`),
      '5:11 error: client opens no connection',
    ],
    [
      'a connection that is not there',
      around(
        `${LINKED}script: [ { at: 0ms, on: client, do: connect, to: server, port: 7, as: main }, { at: 0ms, on: client, do: close, connection: mian } ]`,
      ),
      'error: client has no connection "mian". Did you mean "main"?',
    ],
    [
      'a link that is not there',
      'tcplab: 1\nname: x\nhosts: { a: {}, b: {}, c: {} }\nlinks: [ { between: [a, b] } ]\nscript: [ { at: 0ms, between: [a, c], do: cut } ]',
      '5:31 error: there is no link between a and c',
    ],
    [
      'a link to itself',
      around('links: [ { between: [client, client] } ]'),
      '4:21 error: a link joins two different hosts',
    ],
    [
      'a link twice',
      around('links: [ { between: [client, server] }, { between: [server, client] } ]'),
      '4:52 error: server and client are linked already',
    ],
    [
      'an address twice',
      'tcplab: 1\nname: x\nhosts: { a: { address: 10.0.0.1 }, b: { address: 10.0.0.1 } }',
      '3:50 error: "a" has this address too',
    ],
    [
      'an address of nobody',
      'tcplab: 1\nname: x\nhosts: { a: { address: 224.0.0.1 } }',
      '3:24 error: expected an IPv4 address of a host',
    ],
    [
      'an empty name',
      'tcplab: 1\nname: ""\nhosts: { a: {} }',
      '2:7 error: expected a text that is not empty',
    ],
    [
      'a missing name',
      'tcplab: 1\nhosts: { a: {} }',
      '1:1 error: the key "name" is missing: expected a text',
    ],
    ['no version', 'name: x\nhosts: { a: {} }', 'error: the key "tcplab" is missing: expected 1'],
    [
      'another version',
      'tcplab: 2\nname: x\nhosts: { a: {} }',
      '1:9 error: expected 1, the version of the scenario language',
    ],
    ['no hosts', 'tcplab: 1\nname: x\nhosts: {}', '3:8 error: expected at least one host'],
    [
      'a host name that is none',
      'tcplab: 1\nname: x\nhosts: { "a b": {} }',
      '3:10 error: the name "a b" is wrong',
    ],
    [
      'a reserved host name',
      'tcplab: 1\nname: x\nhosts: { count: {} }',
      '3:10 error: the name "count" is wrong: this word has a meaning in expressions',
    ],
    [
      'a hidden key',
      'tcplab: 1\nname: x\nhosts: { a: {}, __proto__: {} }',
      '3:17 error: unknown key "__proto__"',
    ],
    [
      'a key twice',
      'tcplab: 1\ntcplab: 1\nname: x',
      '2:1 error: the key "tcplab" stands here twice',
    ],
    [
      'a hold that is not there',
      around(`${LINKED}script: [ { at: 0ms, do: release, hold: h } ]`),
      '5:41 error: no fault holds packets as "h"',
    ],
    [
      'a window that is none',
      around(`${LINKED}faults: [ { drop: { after: 2s, before: 1s } } ]`),
      '5:40 error: "before" must be later than "after"',
    ],
    ['an ordinary mistake of YAML', 'tcplab: [1', '1:11 error: not valid YAML'],
    ['a list for a scenario', '- 1', '1:1 error: expected keys and values, found a list'],
    ['nothing', '', '1:1 error: the file is empty'],
    ['only a comment', '# nothing', '1:1 error: the file is empty'],
    [
      'one end of a link',
      around('links: [ { between: [client] } ]'),
      '4:21 error: expected at least 2 entries',
    ],
    [
      'bad flags',
      around(`${LINKED}faults: [ { drop: { flags: sa } } ]`),
      '5:28 error: expected flags of the letters',
    ],
  ])('%s', (_what, text, message) => {
    const told = load(text);
    expect(
      told.some((line) => line.includes(message)),
      told.join('\n'),
    ).toBe(true);
  });

  test('all problems of a file come at once, in the order of the file', () => {
    const told = load('tcplab: 1\nnme: x\nhosts: { a: { tpc: {} } }\nlinks: 5\nseed: -1\n');
    expect(told.map((line) => line.split(' ')[0])).toEqual(['1:1', '2:1', '3:15', '4:8', '5:7']);
  });

  test('a problem is shown with its line and a caret', () => {
    const result = loadScenario(
      around('links: [ { between: [client, server], loss: -2% } ]'),
      'a.yaml',
    );
    expect(result.ok ? [] : result.problems.map(formatProblem)).toEqual([
      [
        'a.yaml:4:45: error: a probability cannot be negative, found "-2%"',
        '  links: [ { between: [client, server], loss: -2% } ]',
        '                                              ^^^',
      ].join('\n'),
    ]);
  });

  test('what is allowed but strange is a warning', () => {
    expect(load(around('seed: 2'))).toEqual([
      '3:8 warning: no link joins these hosts: they cannot reach one another',
    ]);
    expect(load(around(`${LINKED}faults: [ { hold: { as: h } } ]`))).toEqual([
      '5:19 warning: nothing releases "h": the packets it holds never arrive',
    ]);
  });
});

/** Whatever the content is: problems with places and sentences. */
function check(content: string | Uint8Array): void {
  const result = loadScenario(content, 'fuzz.yaml');
  const all = result.ok ? result.warnings : result.problems;
  if (!result.ok) expect(all.length).toBeGreaterThan(0);
  for (const problem of all) {
    expect(problem.line).toBeGreaterThanOrEqual(1);
    expect(problem.column).toBeGreaterThanOrEqual(1);
    expect(problem.message).not.toContain('Invalid input');
    formatProblem(problem);
  }
}

describe('nothing hangs and nothing is swallowed', () => {
  test.each([
    ['50 MB', 'x'.repeat(50_000_000), 'the file is too large: 50000000 bytes'],
    ['binary', new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 0xff, 0xfe]), 'not UTF-8'],
    ['control characters', 'tcplab: 1\nname: "\u0000"', '2:8 error: the control character U+0000'],
    ['deep brackets', '['.repeat(900_000), 'nested too deeply'],
    ['deep braces', '{a: '.repeat(200_000), 'nested too deeply'],
    ['deep lists', '- '.repeat(400_000), 'nested too deeply'],
    ['deep questions', '? '.repeat(400_000), 'nested too deeply'],
    [
      'deep indentation',
      Array.from({ length: 300 }, (_, i) => `${' '.repeat(i)}a:\n`).join(''),
      'nested too deeply',
    ],
    [
      'many keys',
      Array.from({ length: 10_000 }, (_, i) => `a${i}:\n`).join(''),
      'unknown key "a16"',
    ],
    ['many anchors', '&a '.repeat(10_000), 'at most one anchor'],
    ['an alias of nothing', 'a: *nothing', 'no anchor &nothing stands before this'],
    ['a tag', 'tcplab: !js/function "x"', 'not valid YAML'],
  ])('%s', (_what, content, message) => {
    const told = load(content);
    expect(told.join('\n')).toContain(message);
    expect(told.length).toBeLessThanOrEqual(100);
  });

  test('a bomb of aliases is refused before it is built', () => {
    let bomb = 'a0: &a0 [x,x,x,x,x,x,x,x,x]\n';
    for (let i = 1; i < 9; i += 1) {
      bomb += `a${i}: &a${i} [${Array.from({ length: 9 }, () => `*a${i - 1}`).join(',')}]\n`;
    }
    expect(load(bomb)).toEqual(['6:9 error: too many values: aliases included at most 200000']);
  });

  test('exactly the largest size is still read', () => {
    const comment = '#'.repeat(MAX_SCENARIO_BYTES - GOOD.length - 1);
    expect(load(`${GOOD}${comment}\n`)).toEqual([]);
    expect(load(`${GOOD}${comment}##\n`)[0]).toContain('too large');
  });

  test('random text and mutilated scenarios give problems with places, never an exception', () => {
    fc.assert(fc.property(fc.string({ maxLength: 200 }), check));
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), check));
    const damage = fc.array(
      fc.tuple(
        fc.nat(GOOD.length),
        fc.nat(8),
        fc.constantFrom(
          '',
          ' ',
          '\n',
          ':',
          '[',
          '{',
          '"',
          '*',
          '&a ',
          '- ',
          '-1',
          'x',
          '#',
          '? ',
          '| ',
        ),
      ),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(damage, (cuts) => {
        let text = GOOD;
        for (const [at, length, filler] of cuts)
          text = text.slice(0, at) + filler + text.slice(at + length);
        check(text);
      }),
      runs(150),
    );
  });

  test('any value in the place of any other gives problems with places', () => {
    const base = loadScenario(GOOD, 'x');
    if (!base.ok) throw new Error('the base must load');
    const paths = pathsOf(base.loaded.raw);
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.json({ maxDepth: 2 }), (path, value) => {
        const text = JSON.stringify(replaced(base.loaded.raw, path, JSON.parse(value)));
        const result = loadScenario(text, 'x.json');
        if (!result.ok) {
          for (const problem of result.problems)
            expect(problem.message).not.toContain('Invalid input');
        }
      }),
      runs(150),
    );
  });
});

type Place = readonly (string | number)[];

function pathsOf(value: unknown, path: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [path];
  const keys = Array.isArray(value) ? value.keys() : Object.keys(value);
  const below = [...keys].flatMap((key) => pathsOf((value as never)[key], [...path, key]));
  return path.length === 0 ? below : [path, ...below];
}

function replaced(value: unknown, path: Place, by: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return by;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as never;
  (copy as Record<string | number, unknown>)[key] = replaced((value as never)[key], rest, by);
  return copy;
}

describe('the JSON Schema for editors', () => {
  test('describes every section, closes every object and knows the units as texts', () => {
    const schema = schemaOfScenario() as {
      properties: Record<string, unknown>;
      additionalProperties: boolean;
    };
    expect(schema.additionalProperties).toBe(false);
    expect(Object.keys(schema.properties)).toContain('links');
    expect(JSON.stringify(schema)).toContain('A duration with its unit.');
    expect(JSON.stringify(schema)).toContain('50ms');
  });

  test('the schema and the parser are one: what the examples show is accepted', () => {
    expect(scenarioSchema.safeParse({ tcplab: 1, name: 'x', hosts: { a: null } }).success).toBe(
      true,
    );
  });
});
