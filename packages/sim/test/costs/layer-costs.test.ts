import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { LAYER_COST_NAMES, type LayerCostName, type RunCosts } from '../../src/costs/index.ts';
import {
  loadScenario,
  recordScenario,
  runScenario,
  variationsOf,
  type RunResult,
} from '../../src/scenario/index.ts';
import { libraryText } from '../scenario/library.ts';
import { Workplace } from '../cli/memory-io.ts';

function variations(text: string): readonly { label: string; result: RunResult }[] {
  const loaded = loadScenario(text, 'costs.yaml');
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const found = variationsOf(loaded.loaded);
  if (!found.ok) throw new Error(JSON.stringify(found.problems));
  return found.variations.map((each) => ({
    label: each.label,
    result: runScenario(each.loaded),
  }));
}

function figures(costs: RunCosts, ...names: readonly LayerCostName[]): readonly number[] {
  return names.map((name) => costs.total.layers.get(name));
}

describe('what TLS costs', () => {
  const runs = variations(libraryText('tls-versions-compared.yaml'));
  const lastOf = (label: string, name: LayerCostName): number | undefined =>
    runs
      .find((each) => each.label === label)!
      .result.costs.lastWith('tls.handshakes')!
      .layers.get(name);

  test('round trips before data: two, one, or none, and one more for a HelloRetryRequest', () => {
    expect(runs.map(({ label }) => [label, lastOf(label, 'tls.roundTrips')])).toEqual([
      ['TLS 1.2', 2],
      ['TLS 1.2, then resumed', 1],
      ['TLS 1.3', 1],
      ['TLS 1.3 with HelloRetryRequest', 2],
      ['TLS 1.3, then resumed', 1],
      ['TLS 1.3, then early data', 0],
    ]);
  });

  test('docs/tls.md tells these round trips and octets', () => {
    const path = new URL('../../../../docs/tls.md', import.meta.url);
    const rows = readFileSync(path, 'utf8').match(/^\| TLS 1\.[23].* \| \d \| \d+ \|$/gm)!;
    const told = rows.map((row) => row.split('|').slice(2, 4).map(Number));
    const trips = runs.map(({ label }) => lastOf(label, 'tls.roundTrips'));
    const octets = runs.map(({ label }) => lastOf(label, 'tls.bytes'));
    expect(told).toEqual(trips.map((trip, i) => [trip, octets[i]]));
  });

  test('handshakes by kind, the first of two always a full one', () => {
    const names = ['tls.handshakes', 'tls.full', 'tls.resumed', 'tls.early'] as const;
    expect(runs.map(({ result }) => figures(result.costs, ...names))).toEqual([
      [1, 1, 0, 0],
      [2, 1, 1, 0],
      [1, 1, 0, 0],
      [1, 1, 0, 0],
      [2, 1, 1, 0],
      [2, 1, 1, 1],
    ]);
  });

  test('a resumed handshake has no certificates, and so fewer bytes', () => {
    for (const version of ['TLS 1.2', 'TLS 1.3']) {
      const full = lastOf(version, 'tls.handshakeBytes')!;
      const resumed = lastOf(`${version}, then resumed`, 'tls.handshakeBytes')!;
      expect(resumed).toBeLessThan(full);
    }
  });

  test('what TLS adds and what the program sent are the whole payload of TCP', () => {
    for (const { result } of runs) {
      const { total } = result.costs;
      const [bytes, handshake, records] = figures(
        result.costs,
        'tls.bytes',
        'tls.handshakeBytes',
        'tls.recordBytes',
      );
      expect(handshake! + records!).toBe(bytes);
      // "hello" there and back, over each connection.
      expect(total.payloadBytes - bytes!).toBe(10 * total.layers.get('tls.handshakes'));
    }
  });
});

describe('what HTTP costs', () => {
  const runs = variations(libraryText('http-one-session.yaml'));
  const one = runs.find(({ label }) => label === 'one session');
  const each = runs.find(({ label }) => label !== 'one session');

  test('requests, heads and content are the whole payload of TCP, without and with TLS', () => {
    const secure = variations(libraryText('https-one-session.yaml'));
    for (const { result } of [one!, each!, ...secure]) {
      const { total } = result.costs;
      const [tls, http, heads, content] = figures(
        result.costs,
        'tls.bytes',
        'http.bytes',
        'http.headBytes',
        'http.bodyBytes',
      );
      expect(tls! + http!).toBe(total.payloadBytes);
      expect(heads! + content!).toBe(http);
      expect(content).toBe(3 * 'hello\n'.length);
    }
  });

  test('one session saves handshakes of TCP, not requests', () => {
    const names = ['tcp.handshakes', 'http.requests', 'http.roundTrips'] as const;
    expect(figures(one!.result.costs, ...names)).toEqual([1, 3, 3]);
    expect(figures(each!.result.costs, ...names)).toEqual([3, 3, 3]);
  });
});

test('WebSocket, FTP and DNS are counted too', () => {
  const [chat] = variations(libraryText('websocket-echo.yaml'));
  expect(chat!.result.costs.value('ws.frames')).toBeGreaterThan(1);
  const [files] = variations(libraryText('ftp-passive.yaml'));
  expect(files!.result.costs.value('ftp.commands')).toBeGreaterThan(3);
  const [names] = variations(libraryText('dns-lookup.yaml'));
  expect(names!.result.costs.value('dns.queries')).toBeGreaterThan(0);
});

test('expectations can ask for them: of the run, of a host, of a connection', () => {
  const text = libraryText('https-end-to-end.yaml');
  const more = [
    'cost.tcp.handshakes == 1 and cost.tcp.roundTrips == 1',
    'cost.tls.handshakes == 1 and cost.tls.resumed == 0',
    'cost.tls.roundTrips == 1',
    'cost.tls.bytes > 800 and cost.tls.bytes < 2KB',
    'client.tcp[0].cost.tls.handshakes == 1',
    'server.cost.http.requests == 1',
    'cost.tls.roundTrips == 2',
  ];
  const loaded = loadScenario(`${text}${more.map((claim) => `  - ${claim}\n`).join('')}`, 'x.yaml');
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const { result } = recordScenario(loaded.loaded);
  expect(result.verdicts.slice(-more.length).map(({ passed }) => passed)).toEqual([
    ...more.slice(1).map(() => true),
    false,
  ]);
});

test('every figure has a name that an expectation can say, and a wrong one gets a hint', () => {
  const withClaim = (claim: string): ReturnType<typeof loadScenario> =>
    loadScenario(`${libraryText('handshake.yaml')}  - ${claim}\n`, 'x.yaml');
  for (const name of LAYER_COST_NAMES) expect(withClaim(`cost.${name} >= 0`).ok, name).toBe(true);
  const wrong = withClaim('cost.tls.handshake == 1');
  expect(wrong.ok ? '' : wrong.problems[0]!.message).toContain('Did you mean "handshakes"?');
  const layer = withClaim('cost.tlss.handshakes == 1');
  expect(layer.ok ? '' : layer.problems[0]!.message).toContain('Did you mean "tls"?');
});

describe('tcplab run', () => {
  const place = new Workplace();

  test('shows the layers of one run, and in JSON, within 80 columns', async () => {
    const { out } = await place.tcplab('run', 'https-end-to-end', '--no-ladder');
    const part = out.slice(out.indexOf('Costs by layer'), out.indexOf('Connection tables'));
    expect(part).toMatch(/\nTLS +1 handshake \(1 full\) +1\n/);
    expect(part).toMatch(/\nHTTP +1 request +1\n/);
    for (const line of part.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    const json = await place.tcplab('run', 'https-end-to-end', '--json');
    expect(JSON.parse(json.out).costs.total.layers).toMatchObject({
      'tcp.handshakes': 1,
      'tls.handshakes': 1,
      'tls.roundTrips': 1,
      'http.requests': 1,
    });
  });

  test('handshakes of several kinds stand in a line of their own, still within 80 columns', async () => {
    const { out } = await place.tcplab('run', 'tls-early-data');
    const part = out.slice(out.indexOf('\nCosts by layer\n'), out.indexOf('\nConnection tables'));
    expect(part).toMatch(/^TLS +2 handshakes +1$/m);
    expect(part).toMatch(/^ +1 full, 1 resumed, 1 early$/m);
    for (const line of part.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  test('eighteen handshakes at three distances fit into 80 columns too', async () => {
    const { out } = await place.tcplab('run', 'tls-at-three-distances');
    const tables = out.slice(out.indexOf('\nTCP\n'));
    for (const line of tables.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(out.match(/^(10|80|200) ms, 1.3, then early data .* 0 +\d+$/gm)).toHaveLength(3);
  });

  test('compares the handshakes of TLS side by side, and leaves out layers that kept silent', async () => {
    const { out } = await place.tcplab('run', 'tls-versions-compared');
    const part = out.slice(out.indexOf('\nTLS: '));
    expect(out.slice(out.indexOf('\nTCP\n'))).toMatch(/^TLS 1\.2, then resumed +2 +2 +\d+$/m);
    expect(part).toMatch(/TLS 1\.2, then resumed +2 +3 +\d+ +1 +\d+/);
    expect(part).toMatch(/TLS 1\.3, then early data +2 +1 +\d+ +0 +\d+/);
    for (const line of part.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    const plain = await place.tcplab('run', 'handshake', '--no-ladder');
    expect(plain.out).not.toContain('Costs by layer');
  });
});
