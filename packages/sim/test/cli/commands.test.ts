import { mkdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { schemaOfScenario } from '../../src/scenario/index.ts';
import { TraceDigest } from '../../src/trace/index.ts';
import { LIBRARY_FILES } from '../scenario/library.ts';
import { Workplace } from './memory-io.ts';

const place = new Workplace();

async function trace(name: string, scenario = 'syn-ack-lost'): Promise<string> {
  await place.tcplab('run', scenario, '-q', '-o', name);
  return name;
}

describe('help and usage', () => {
  test('help begins with examples, for the program and for each command', async () => {
    for (const args of [['--help'], ['run', '--help'], ['help', 'check'], ['explain', '-h']]) {
      const { code, out, err } = await place.tcplab(...args);
      expect(code).toBe(0);
      expect(err).toBe('');
      expect(out.startsWith('Examples:\n  tcplab ')).toBe(true);
      expect(out).toContain('Usage: tcplab');
    }
  });

  test.each([
    [['fly'], "unknown command 'fly'"],
    [['runn', 'x'], 'Did you mean run?'],
    [['run'], "missing required argument 'scenario'"],
    [['run', 'handshake', '--sed', '4'], 'Did you mean --seed?'],
    [['run', 'handshake', '--seed', '-4'], 'whole number'],
    [['run', 'handshake', '--seed', 'x'], 'whole number'],
    [['run', 'handshake', '--until', '5'], 'with its unit'],
    [['run', 'handshake', '--width', '3'], 'at least 60'],
    [['check', '--reporter', 'loud', 'x'], 'Allowed choices are pretty, junit, json, tap'],
    [['check'], 'there is no scenario to check'],
    [['completion', 'tcsh'], 'expected bash, zsh or fish'],
    [['schema', 'moon'], 'there is no schema of "moon"'],
    [['export', 'x'], "required option '--to <format>'"],
  ])('%j is wrong usage: exit code 2, nothing on stdout', async (args, message) => {
    const { code, out, err } = await place.tcplab(...args);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(message);
  });

  test('lessons keep to the width that is asked for; a pipe gets a line each', async () => {
    for (const args of [['list'], ['run', 'handshake', '--no-ladder']]) {
      const { out } = await place.tcplab(...args, '--width', '80');
      const lesson = out.split('\nStates')[0]!;
      expect(lesson.split('\n').filter((line) => line.length > 80)).toEqual([]);
    }
    const { out } = await place.tcplab('list');
    for (const name of ['connection-refused', 'cost-of-a-connection', 'https-one-session']) {
      const narrow = await place.tcplab('run', name, '--width', '80');
      expect(narrow.out.split('\n').filter((line) => line.length > 80)).toEqual([]);
    }
    expect(out.trimEnd().split('\n')).toHaveLength(LIBRARY_FILES.length);
  });

  test('a folder in place of a file, and a folder that is not there, are named as such', async () => {
    mkdirSync(place.path('folder.yaml'), { recursive: true });
    const folder = await place.tcplab('run', 'folder.yaml');
    expect(folder.code).toBe(3);
    expect(folder.err).toContain('folder.yaml:1:1: error: this is a folder, expected a scenario');
    const output = await place.tcplab('run', 'handshake', '-q', '-o', 'nowhere/trace.ndjson');
    expect(output.code).toBe(3);
    expect(output.err).toBe(
      `${place.path('nowhere/trace.ndjson')}: error: there is no such file or folder\n`,
    );
  });

  test('no command at all prints help to stderr with exit code 2; --version prints the version', async () => {
    const bare = await place.tcplab();
    expect(bare.code).toBe(2);
    expect(bare.out).toBe('');
    expect(bare.err).toContain('Usage: tcplab');
    expect((await place.tcplab('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('global options may stand before or after the command', async () => {
    const before = await place.tcplab('--json', '--seed', '3', 'run', 'handshake');
    expect(JSON.parse(before.out).seed).toBe(3);
  });
});

describe('broken scenarios: exit code 3, file:line:col, a sentence', () => {
  const good = 'tcplab: 1\nname: x\nhosts: { client: {}, server: {} }\n';
  test.each([
    [
      'an unknown key',
      `${good}lnks: []\n`,
      'bad.yaml:4:1: error: unknown key "lnks". Did you mean "links"?',
    ],
    [
      'a wrong unit',
      `${good}links: [ { between: [client, server], delay: 5sec } ]\n`,
      'bad.yaml:4:46: error: "sec" is no unit',
    ],
    [
      'negative loss',
      `${good}links: [ { between: [client, server], loss: -2% } ]\n`,
      'bad.yaml:4:45: error: a probability cannot be negative',
    ],
    [
      'a dangling host',
      `${good}links: [ { between: [client, sever] } ]\n`,
      'bad.yaml:4:30: error: there is no host "sever"',
    ],
    [
      'a YAML bomb',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${Array.from({ length: 8 }, (_, i) => `${'bcdefghi'[i]}: &${'bcdefghi'[i]} [${`*${'abcdefgh'[i]},`.repeat(9)}]\n`).join('')}`,
      'error: too many values',
    ],
    [
      'a binary file',
      new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 1, 0xff]),
      'bad.yaml:1:1: error: the file is not UTF-8 text',
    ],
    ['no YAML', 'tcplab: [', 'bad.yaml:1:10: error: not valid YAML'],
    ['an empty file', '', 'bad.yaml:1:1: error: the file is empty'],
  ])('%s', async (_what, content, message) => {
    place.write('bad.yaml', content);
    for (const command of ['run', 'check']) {
      const { code, out, err } = await place.tcplab(command, 'bad.yaml');
      expect(code).toBe(3);
      expect(out + err).toContain(message);
      if (command === 'run') expect(out).toBe('');
    }
    const piped = await place.tcplab('run', '-', { stdin: content });
    expect(piped.code).toBe(3);
    expect(piped.err).toContain(message.replace('bad.yaml', '<stdin>'));
  });

  test('a file that is not there, with what was meant', async () => {
    const { code, err } = await place.tcplab('run', 'handshke');
    expect(code).toBe(3);
    expect(err).toContain('Did you mean "handshake"?');
  });

  test('a folder is no scenario and no trace', async () => {
    expect((await place.tcplab('run', '.')).code).toBe(3);
    expect((await place.tcplab('show', '.')).code).toBe(3);
  });
});

describe('tcplab list', () => {
  test('names every scenario of the library with its lesson', async () => {
    const { out } = await place.tcplab('list');
    expect(out.trimEnd().split('\n')).toHaveLength(LIBRARY_FILES.length);
    expect(out).toMatch(/^handshake +SYN, SYN-ACK, ACK/m);
    const entries = JSON.parse((await place.tcplab('list', '--json')).out);
    expect(entries).toHaveLength(LIBRARY_FILES.length);
    expect(entries[0]).toHaveProperty('lesson');
  });
});

describe('tcplab check', () => {
  test('the library holds; a folder stands for its scenarios', async () => {
    const { code, out } = await place.tcplab('check', 'handshake', 'syn-lost');
    expect(code).toBe(0);
    expect(out).toContain('✓ handshake (');
    expect(out).toContain('2 scenarios, ');
    const folder = new Workplace();
    folder.write('a.yaml', 'tcplab: 1\nname: a\nhosts: { h: {} }\nexpect: [ duration == 0s ]\n');
    folder.write(
      'b.json',
      '{ "tcplab": 1, "name": "b", "hosts": { "h": {} }, "expect": ["duration > 0s"] }',
    );
    folder.write('readme.txt', 'nothing');
    const result = await folder.tcplab('check', '.');
    expect(result.code).toBe(1);
    expect(result.out).toContain('✓ a.yaml (1 expectations)');
    expect(result.out).toContain('✗ b.json (1 expectations)');
    expect(result.out).toContain('duration is 0 µs');
  });

  test('an invalid file outweighs a failure; all files are told about', async () => {
    const folder = new Workplace();
    folder.write('a.yaml', 'tcplab: 1\nname: a\nhosts: { h: {} }\nexpect: [ duration > 0s ]\n');
    folder.write('b.yaml', 'tcplab: 1\n');
    for (const reporter of ['pretty', 'junit', 'json', 'tap']) {
      const { code, out } = await folder.tcplab(
        'check',
        'a.yaml',
        'b.yaml',
        '--reporter',
        reporter,
      );
      expect(code).toBe(3);
      expect(out).toContain('duration');
      expect(out).toContain('b.yaml');
    }
  });

  test('junit: counts, and what was found as text that is valid XML', async () => {
    const folder = new Workplace();
    folder.write(
      'a.yaml',
      'tcplab: 1\nname: a\nhosts: { h: {} }\nexpect: [ duration > 0s, "duration < 1s" ]\n',
    );
    const { out } = await folder.tcplab('check', 'a.yaml', '--reporter', 'junit');
    expect(out).toContain('<testsuite name="a.yaml" tests="2" failures="1" errors="0"');
    expect(out).toContain('name="duration &gt; 0s"');
    expect(out).toContain('<failure message="duration is 0 µs">');
    expect(out).toContain('name="duration &lt; 1s"/>');
  });

  test('tap: a plan and a line for each expectation', async () => {
    const { out } = await place.tcplab('check', 'connection-refused', '--reporter', 'tap');
    const lines = out.trimEnd().split('\n');
    expect(lines[0]).toBe('TAP version 14');
    expect(lines[1]).toBe(`1..${lines.length - 2}`);
    expect(lines[2]).toMatch(/^ok 1 - connection-refused: client\.tcp\[0\] path/);
  });

  test('--validate-only runs nothing', async () => {
    place.write('never.yaml', 'tcplab: 1\nname: a\nhosts: { h: {} }\nexpect: [ duration > 0s ]\n');
    expect((await place.tcplab('check', 'never.yaml', '--validate-only')).code).toBe(0);
    expect((await place.tcplab('check', 'never.yaml')).code).toBe(1);
  });
});

describe('tcplab show', () => {
  test('a ladder, events, states, and the bytes of a packet', async () => {
    const name = await trace('show.ndjson');
    expect((await place.tcplab('show', name)).out).toContain('Handshake whose SYN-ACK is lost');
    const events = await place.tcplab(
      'show',
      name,
      '--events',
      '--filter',
      'segment where flags == S',
    );
    expect(events.out.trimEnd().split('\n')).toHaveLength(2);
    expect((await place.tcplab('show', name, '--states')).out).toContain(
      'client 10.0.0.1:55371 → 10.0.0.2:80\n  CLOSED',
    );
    const bytes = await place.tcplab('show', name, '--bytes', '1');
    expect(bytes.out).toMatch(/^0000 {2}45 00 00 2c /);
    const json = await place.tcplab('show', name, '--json', '--filter', 'lost');
    expect(JSON.parse(json.out)).toMatchObject({ kind: 'lost' });
  });

  test('from stdin', async () => {
    const name = await trace('piped.ndjson');
    const { out } = await place.tcplab('show', '-', '--states', { stdin: place.read(name) });
    expect(out).toContain('server 10.0.0.2:80');
  });

  test('a wrong filter is shown with a caret', async () => {
    const name = await trace('filter.ndjson');
    const { code, err } = await place.tcplab('show', name, '--filter', 'flags = S');
    expect(code).toBe(2);
    expect(err).toBe(
      '--filter:1:7: error: a comparison is written ==, not =\n  flags = S\n        ^\n',
    );
    expect((await place.tcplab('show', name, '--bytes', '999')).code).toBe(2);
  });

  test.each([
    ['', 'expected a header'],
    ['{"format":"something"}\n', ':1: '],
    ['not json\n', ':1: expected a line of JSON'],
    ['[1]\n', ':1: expected an object'],
  ])('what is no trace is refused with its line: %j', async (content, message) => {
    place.write('no.ndjson', content);
    for (const command of ['show', 'replay']) {
      const { code, err } = await place.tcplab(command, 'no.ndjson');
      expect(code).toBe(3);
      expect(err).toContain(message);
    }
  });

  test('a trace that was cut off is shown with a warning', async () => {
    const name = await trace('whole.ndjson');
    const lines = place.read(name).split('\n');
    place.write('cut.ndjson', lines.slice(0, 12).join('\n'));
    const { code, err } = await place.tcplab('show', 'cut.ndjson', '--states');
    expect(code).toBe(0);
    expect(err).toContain('no footer; the run was cut off');
  });
});

describe('tcplab explain', () => {
  test('the rule of an event, its source, and the variables before', async () => {
    const name = await trace('explain.ndjson', 'four-step-close');
    const records = place
      .read(name)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const change = records.find((record) => record.after === 'CLOSE-WAIT');
    const { code, out } = await place.tcplab('explain', name, String(change.id));
    expect(code).toBe(0);
    expect(out).toContain('server tcp ESTABLISHED → CLOSE-WAIT (rcv FIN)');
    expect(out).toContain(`Rule ${change.rule} (RFC 9293`);
    expect(out).toContain('tcp state: ESTABLISHED');
    const json = JSON.parse((await place.tcplab('explain', name, String(change.id), '--json')).out);
    expect(json.rule.id).toBe(change.rule);
  });

  test("every rule that the library's runs name is in the catalogue", async () => {
    const missing = new Set<string>();
    for (const scenario of [
      'lossy-request',
      'zero-window',
      'old-duplicate-syn',
      'damaged-segment',
    ]) {
      const name = await trace('rules.ndjson', scenario);
      for (const line of place.read(name).trimEnd().split('\n')) {
        const { id, rule } = JSON.parse(line);
        if (rule === undefined || missing.has(rule)) continue;
        const { out } = await place.tcplab('explain', name, String(id));
        if (!out.includes(`Rule ${rule} (RFC`)) missing.add(rule);
      }
    }
    expect([...missing]).toEqual([]);
  });

  test('why nothing happens at a moment', async () => {
    const name = await trace('silence.ndjson');
    const { out } = await place.tcplab('explain', name, '--at', '500ms', '--on', 'client');
    expect(out).toContain('client.tcp[0] is in SYN-SENT.');
    expect(out).toContain('Its retransmission timer is due at 1 s.');
    expect(out).toContain('The next thing happens at 1 s');
    const held = await trace('window.ndjson', 'zero-window');
    const why = await place.tcplab('explain', held, '--at', '5s', '--on', 'client');
    expect(why.out).toContain('It sends no data: receive window');
    expect(why.out).toContain('Its persist timer is due at');
  });

  test('a packet is named as in the ladder', async () => {
    const name = await trace('packets.ndjson', 'lossy-request');
    const { code, out } = await place.tcplab('explain', name, '#15');
    expect(code).toBe(0);
    expect(out).toContain('CC-017');
    const unknown = await place.tcplab('explain', name, '#999');
    expect([unknown.code, unknown.err]).toEqual([2, 'error: no host sent a packet #999\n']);
  });

  test('wrong questions', async () => {
    const name = await trace('wrong.ndjson');
    for (const args of [
      [],
      ['99999'],
      ['1', '--at', '1s'],
      ['--at', 'soon'],
      ['--at', '1s', '--on', 'x'],
    ]) {
      expect((await place.tcplab('explain', name, ...args)).code).toBe(2);
    }
  });
});

/** The trace with another window field, and a footer that agrees: as if another engine had made it. */
function forged(text: string): string {
  const lines = text.trimEnd().replace('"wnd":65535', '"wnd":65534').split('\n');
  const digest = new TraceDigest();
  for (const line of lines.slice(1, -1)) digest.add(JSON.parse(line));
  const { endUs, end } = JSON.parse(lines.at(-1)!);
  return [...lines.slice(0, -1), JSON.stringify(digest.footer(endUs, end)), ''].join('\n');
}

describe('tcplab replay', () => {
  test('the same run gives the same records, whatever ended it', async () => {
    for (const limits of [[], ['--until', '1050ms'], ['--max-events', '7'], ['--seed', '77']]) {
      await place.tcplab('run', 'bulk-with-loss', '-q', '-o', 'again.ndjson', ...limits);
      const { code, out } = await place.tcplab('replay', 'again.ndjson');
      expect(out).toMatch(/^the same: \d+ records, hash [0-9a-f]{16}\n$/);
      expect(code).toBe(0);
    }
  });

  test('a run that differs: exit code 5, the first difference, a report file', async () => {
    const name = await trace('true.ndjson');
    place.write('other.ndjson', forged(place.read(name)));
    const { code, err } = await place.tcplab('replay', 'other.ndjson');
    expect(code).toBe(5);
    expect(err).toContain('the replay differs: record');
    const report = /The report is in (.*)\n/.exec(err)?.[1];
    expect(report?.startsWith(place.folder)).toBe(true);
    expect(place.read(report!.slice(place.folder.length + 1))).toContain('the replay differs');
  });

  test('a file whose records were changed is no trace', async () => {
    const name = await trace('changed.ndjson');
    place.write(name, place.read(name).replace('"wnd":65535', '"wnd":65534'));
    const { code, err } = await place.tcplab('replay', name);
    expect(code).toBe(3);
    expect(err).toContain('they were changed');
  });

  test('a trace without its scenario cannot be replayed', async () => {
    const name = await trace('lonely.ndjson');
    const [header, ...rest] = place.read(name).split('\n');
    const { scenario: _, ...bare } = JSON.parse(header!);
    place.write('lonely.ndjson', [JSON.stringify(bare), ...rest].join('\n'));
    expect((await place.tcplab('replay', 'lonely.ndjson')).code).toBe(3);
  });
});

describe('tcplab machine', () => {
  test('lists the machines of every protocol', async () => {
    const { out } = await place.tcplab('machine', 'list');
    for (const name of [
      'tcp',
      'congestion',
      'tls-1.3-client',
      'http-server',
      'websocket',
      'ftp-client',
    ]) {
      expect(out).toMatch(new RegExp(`^${name} +\\d+ +\\d+$`, 'm'));
    }
    const machines = JSON.parse((await place.tcplab('machine', 'list', '--json')).out);
    const tcp = machines.find(({ name }: { name: string }) => name === 'tcp');
    expect(tcp).toMatchObject({ initial: 'CLOSED' });
    expect(tcp.states).toHaveLength(11);
  });

  test('shows one as a table, a diagram or a picture', async () => {
    expect((await place.tcplab('machine', 'show', 'tcp')).out).toContain('SYN-RECEIVED');
    const mermaid = await place.tcplab('machine', 'show', 'tcp', '--mermaid');
    expect(mermaid.out.startsWith('stateDiagram-v2\n')).toBe(true);
    const figure = await place.tcplab('machine', 'show', 'tcp', '--mermaid', '--figure');
    expect(figure.out.length).toBeLessThan(mermaid.out.length);
    expect((await place.tcplab('machine', 'show', 'tcp', '--svg')).out).toContain('<svg');
  });

  test('wrong names', async () => {
    const { code, err } = await place.tcplab('machine', 'show', 'tpc');
    expect(code).toBe(2);
    expect(err).toContain('Did you mean "tcp"?');
    expect((await place.tcplab('machine', 'paint')).code).toBe(2);
    expect((await place.tcplab('machine', 'show')).code).toBe(2);
  });
});

describe('tcplab export, schema, completion, doctor', () => {
  test('a capture to a file or to stdout, but not to a terminal', async () => {
    const name = await trace('export.ndjson');
    const piped = await place.tcplab('export', name, '--to', 'pcapng');
    expect(Buffer.from(piped.bytes.subarray(0, 4)).toString('hex')).toBe('0a0d0d0a');
    const shown = await place.tcplab('export', name, '--to', 'pcapng', { terminal: true });
    expect(shown).toMatchObject({ code: 2, out: '' });
    expect((await place.tcplab('export', name, '--to', 'pcapng', '--tap', 'moon')).code).toBe(2);
    const json = await place.tcplab('export', name, '--to', 'json');
    expect(JSON.parse(json.out).records.length).toBeGreaterThan(10);
    for (const [format, mark] of [
      ['svg', '<svg'],
      ['html', '<!doctype html>'],
      ['csv', 'id,timeUs'],
      ['mermaid', 'sequenceDiagram'],
      ['text', 'SYN,ACK'],
      ['truth', '"retransmit"'],
    ] as const) {
      const { code, out } = await place.tcplab('export', name, '--to', format);
      expect(code).toBe(0);
      expect(out).toContain(mark);
    }
  });

  test('the secrets of TLS, as a key log and inside a capture', async () => {
    await place.tcplab('run', 'tls-handshake', '-o', 'tls.ndjson', '--pcap', 'tls.pcapng', '-q');
    const { out } = await place.tcplab('export', 'tls.ndjson', '--to', 'keylog');
    expect(out).toMatch(/^CLIENT_HANDSHAKE_TRAFFIC_SECRET [0-9a-f]{64} [0-9a-f]{64}\n/);
    expect(place.read('tls.pcapng')).toContain(out);
    const exported = await place.tcplab('export', 'tls.ndjson', '--to', 'pcapng');
    expect(Buffer.from(exported.bytes).toString('latin1')).toContain(out);
  });

  test('the schema for editors', async () => {
    const { out } = await place.tcplab('schema', 'scenario');
    expect(JSON.parse(out)).toEqual(JSON.parse(JSON.stringify(schemaOfScenario())));
  });

  test.each(['bash', 'zsh', 'fish'])(
    'completion for %s knows commands, flags and the library',
    async (shell) => {
      const { out } = await place.tcplab('completion', shell);
      for (const word of ['replay', 'reporter', 'lossy-request']) expect(out).toContain(word);
    },
  );

  test('the doctor finds nothing wrong', async () => {
    const { code, out } = await place.tcplab('doctor');
    expect(out).toContain('✓ a run twice: hash ');
    expect(code).toBe(0);
  });
});
