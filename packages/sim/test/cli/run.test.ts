import { describe, expect, test } from 'vitest';
import { Workplace, type Surroundings } from './memory-io.ts';

const FAILING = `
tcplab: 1
name: a claim that does not hold
hosts: { client: {}, server: {} }
links: [ { between: [client, server], delay: 10ms } ]
script:
  - { at: 0ms, on: client, do: connect, to: server, port: 81 }
expect:
  - that: client.tcp[0] reaches ESTABLISHED within 1s
    because: somebody listens
`;

const TWO_WAYS = `
tcplab: 1
name: two distances
hosts: { client: {}, server: {} }
links: [ { between: [client, server], delay: 10ms } ]
apps: [ { on: server, discard: { port: 80 } } ]
script: [ { at: 0ms, on: client, do: connect, to: server, port: 80 } ]
until: 1s
vary: [ { set: "links[0].delay", to: [10ms, 80ms] } ]
expect: [ cost.packets == 3 ]
`;

describe('tcplab run', () => {
  const place = new Workplace();

  test('draws the ladder and prints states, costs and expectations; the seed goes to stderr', async () => {
    const { code, out, err } = await place.tcplab('run', 'handshake');
    expect(code).toBe(0);
    expect(out).toContain('SYN,ACK');
    expect(out).toContain('client 10.0.0.1:55371 → 10.0.0.2:80\n  CLOSED → SYN-SENT');
    expect(out).toContain('round trips');
    expect(out).toContain('✓ cost.packets == 3');
    expect(err).toMatch(/^seed 1 · hash [0-9a-f]{16}\n$/);
  });

  test('exit code 1 when an expectation fails, with what was found', async () => {
    place.write('failing.yaml', FAILING);
    const { code, out } = await place.tcplab('run', 'failing.yaml');
    expect(code).toBe(1);
    expect(out).toContain('✗ client.tcp[0] reaches ESTABLISHED within 1s');
    expect(out).toContain('expected because somebody listens');
    expect(out).toContain('client.tcp[0] went CLOSED → SYN-SENT (0 µs');
  });

  test('-q prints nothing when all is well, and the failure on stderr when not', async () => {
    expect(await place.tcplab('run', 'handshake', '-q')).toMatchObject({
      code: 0,
      out: '',
      err: '',
    });
    place.write('failing.yaml', FAILING);
    const failed = await place.tcplab('run', 'failing.yaml', '--quiet');
    expect(failed).toMatchObject({ code: 1, out: '' });
    expect(failed.err).toContain('✗ client.tcp[0] reaches ESTABLISHED');
  });

  test('--json prints one document with costs, verdicts, seed and hash', async () => {
    const { code, out } = await place.tcplab('run', 'syn-lost', '--json', '--seed', '9');
    expect(code).toBe(0);
    const document = JSON.parse(out);
    expect(document).toMatchObject({ seed: 9, passed: true, end: 'idle' });
    expect(document.costs.total).toMatchObject({ packets: 4, lost: 1, resent: 1 });
    expect(document.hash).toMatch(/^[0-9a-f]{16}$/);
  });

  test('--ndjson is the trace: a header, records, a footer; -o writes the same', async () => {
    const { out } = await place.tcplab('run', 'handshake', '--ndjson', '-o', 'trace.ndjson');
    expect(place.read('trace.ndjson')).toBe(out);
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({ format: 'tcplab-trace/1', seed: 1 });
    expect(lines[1]).toMatchObject({ id: 1, timeUs: 0 });
    expect(lines.at(-1)).toMatchObject({ format: 'tcplab-trace-end/1', records: lines.length - 2 });
  });

  test('--pcap writes a capture', async () => {
    await place.tcplab('run', 'handshake', '--pcap', 'capture.pcapng');
    const capture = Buffer.from(place.read('capture.pcapng'), 'latin1');
    expect(capture.subarray(0, 4).toString('hex')).toBe('0a0d0d0a');
  });

  test('a scenario may come from stdin', async () => {
    const { code, out } = await place.tcplab('run', '-', '--json', { stdin: FAILING });
    expect(code).toBe(1);
    expect(JSON.parse(out).name).toBe('a claim that does not hold');
  });

  test('the same seed gives the same hash, another seed another', async () => {
    const hash = async (...args: string[]): Promise<string> =>
      JSON.parse((await place.tcplab('run', 'bulk-with-loss', '--json', ...args)).out).hash;
    expect(await hash('-s', '5')).toBe(await hash('--seed', '5'));
    expect(await hash('-s', '5')).not.toBe(await hash('-s', '6'));
  });

  test('variations are compared in a table; one of them can be chosen', async () => {
    place.write('two.yaml', TWO_WAYS);
    const both = await place.tcplab('run', 'two.yaml', '--width', '140');
    expect(both.code).toBe(0);
    expect(both.out).toMatch(/links\[0\]\.delay = 10ms .* hold\n/);
    expect(both.out).toMatch(/links\[0\]\.delay = 80ms .* hold\n/);
    const second = await place.tcplab('run', 'two.yaml', '--variation', '2', '--json');
    expect(JSON.parse(second.out)).toMatchObject({ variation: 'links[0].delay = 80ms' });
    expect(
      JSON.parse((await place.tcplab('run', 'two.yaml', '--json')).out).variations,
    ).toHaveLength(2);
    expect((await place.tcplab('run', 'two.yaml', '--variation', '3')).code).toBe(2);
    expect((await place.tcplab('run', 'two.yaml', '-o', 'x.ndjson')).code).toBe(2);
  });

  test('a variation that does not fit the file is told, with its name', async () => {
    place.write('wrong.yaml', TWO_WAYS.replace('[10ms, 80ms]', '[10ms, soon]'));
    const { code, err } = await place.tcplab('run', 'wrong.yaml');
    expect(code).toBe(3);
    expect(err).toContain('wrong.yaml (links[0].delay = soon)');
    place.write('nowhere.yaml', TWO_WAYS.replace('links[0].delay', 'links[7].delay'));
    expect((await place.tcplab('run', 'nowhere.yaml')).err).toContain('is no place in this file');
  });

  test('limits: --max-events ends with exit code 4, --until ends the run in time', async () => {
    const stopped = await place.tcplab('run', 'bulk-with-loss', '--max-events', '50', '--json');
    expect(stopped.code).toBe(4);
    expect(JSON.parse(stopped.out).end).toBe('max-events');
    expect(stopped.err).toContain('stopped after 50 events');
    const early = await place.tcplab('run', 'handshake', '--until', '60ms', '--json');
    expect(JSON.parse(early.out)).toMatchObject({ end: 'until', endUs: 60_000 });
  });

  test('an unused fault is a warning', async () => {
    place.write('unused.yaml', `${FAILING}faults: [ { name: never, drop: { flags: FRP } } ]\n`);
    expect((await place.tcplab('run', 'unused.yaml')).err).toContain(
      'warning: the fault never hit nothing',
    );
  });

  test('colours: only on a terminal, unless NO_COLOR, FORCE_COLOR or --no-color decide', async () => {
    const colored = async (...args: (string | Surroundings)[]): Promise<boolean> =>
      (await place.tcplab('run', 'handshake', ...args)).out.includes('\u001b[');
    expect(await colored()).toBe(false);
    expect(await colored({ terminal: true })).toBe(true);
    expect(await colored({ terminal: true, env: { NO_COLOR: '1' } })).toBe(false);
    expect(await colored({ terminal: true, env: { TERM: 'dumb' } })).toBe(false);
    expect(await colored({ env: { FORCE_COLOR: '1' } })).toBe(true);
    expect(await colored('--no-color', { terminal: true })).toBe(false);
    expect(await colored('--no-color', { env: { FORCE_COLOR: '1' } })).toBe(false);
  });

  test('drawings keep to the width', async () => {
    const { out } = await place.tcplab('run', 'lossy-request', '--width', '70', '--no-color');
    const ladder = out.slice(0, out.indexOf('\nStates')).split('\n').slice(2);
    expect(Math.max(...ladder.map((line) => [...line].length))).toBeLessThanOrEqual(70);
  });

  test('-v says why, with rules', async () => {
    const { out } = await place.tcplab('run', 'handshake', '-v');
    expect(out).toMatch(/O-\d{3}/);
    expect(out.length).toBeGreaterThan((await place.tcplab('run', 'handshake')).out.length);
  });

  test('long work shows its progress on a terminal and takes it away again', async () => {
    const { err } = await place.tcplab('run', 'bulk-with-loss', '-q', { terminal: true });
    expect(err).toBe('');
    place.write(
      'long.yaml',
      TWO_WAYS.replace(/vary.*/, 'seed: 3')
        .replace('until: 1s', 'until: 40s')
        .replace(
          /apps.*/,
          'apps: [ { on: server, discard: { port: 80 } }, { on: client, bulk: { to: server, port: 80, size: 4MB, end: keep } } ]',
        )
        .replace(/script.*/, '')
        .replace(/expect.*/, ''),
    );
    const long = await place.tcplab('run', 'long.yaml', '-q', { terminal: true });
    expect(long.err).toMatch(
      /\r.*two distances · .* simulated · \d+ events · \d+k\/s · about \d+ s left/,
    );
    expect(long.err.endsWith('\r\u001b[K')).toBe(true);
    expect((await place.tcplab('run', 'long.yaml', '-q')).err).toBe('');
  });
});
