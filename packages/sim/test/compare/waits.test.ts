import { describe, expect, test } from 'vitest';
import { compareScenario, comparisonText, type Comparison } from '../../src/compare/index.ts';
import { loadScenario } from '../../src/scenario/index.ts';
import { libraryText } from '../scenario/library.ts';

function compared(text: string): Comparison {
  const loaded = loadScenario(text, 'test.yaml');
  if (!loaded.ok) throw new Error('invalid');
  const result = compareScenario(loaded.loaded, {});
  if (!result.ok) throw new Error('invalid variation');
  return result.comparison;
}

describe('what a request waits for before it leaves, at a distance of 80 ms', () => {
  const { rows } = compared(libraryText('tls-versions-compared.yaml'));

  test('two round trips for TLS 1.2, one for TLS 1.3 and for a session, none with early data', () => {
    expect(rows.map(({ label, arithmetic }) => `${label}: ${arithmetic!.text}`)).toEqual([
      'TLS 1.2: 1 RTT handshake + 2 RTT TLS + 1 RTT request = 4 RTT = 320 ms',
      'TLS 1.2, then resumed: 1 RTT handshake + 2 RTT TLS + 1 RTT request + 1 RTT handshake + 1 RTT TLS + 1 RTT request = 7 RTT = 560 ms',
      'TLS 1.3: 1 RTT handshake + 1 RTT TLS + 1 RTT request = 3 RTT = 240 ms',
      'TLS 1.3 with HelloRetryRequest: 1 RTT handshake + 2 RTT TLS + 1 RTT request = 4 RTT = 320 ms',
      'TLS 1.3, then resumed: 2 × (1 RTT handshake + 1 RTT TLS + 1 RTT request) = 6 RTT = 480 ms',
      'TLS 1.3, then early data: 1 RTT handshake + 1 RTT TLS + 1 RTT request + 1 RTT handshake + 0 RTT TLS + 1 RTT request = 5 RTT = 400 ms',
    ]);
  });

  test('the clock agrees with each of these sums', () => {
    expect(rows.map(({ arithmetic }) => arithmetic!.agrees)).toEqual(rows.map(() => true));
  });

  test('the second connection is answered after three round trips, or after two with early data', () => {
    const inRoundTrips = rows.map(({ figures }) => Math.round(figures.lastTlsUs! / 80_000));
    expect(inRoundTrips).toEqual([4, 3, 3, 4, 3, 2]);
  });

  test('a request counts as one, whatever it is made of', () => {
    expect(rows.map(({ figures }) => figures.requests)).toEqual([1, 2, 1, 1, 2, 2]);
  });
});

test('early data that the server refuses has waited for the handshake like any other', () => {
  const text = libraryText('tls-early-data.yaml')
    .replace('earlyData: 16KB', 'earlyData: 16KB, alwaysRetry: true')
    .replace(/expect:[^]*$/, 'expect: [never retransmission]\n');
  const [row] = compared(text).rows;
  expect(row!.arithmetic!.text).toBe(
    '2 × (1 RTT handshake + 2 RTT TLS + 1 RTT request) = 8 RTT = 640 ms',
  );
});

test('where variations differ in their distance, each sum is made with its own', () => {
  const { rows, rttUs } = compared(libraryText('tls-at-three-distances.yaml'));
  expect(rows).toHaveLength(18);
  for (const { label, arithmetic } of rows)
    expect(`${label}: ${arithmetic!.agrees}`).toMatch(/true$/);
  const sumsAt = (distance: string): string[] =>
    rows
      .filter(({ label }) => label.startsWith(`${distance} ms, `))
      .map(({ arithmetic }) => arithmetic!.text.replace(/ = [\d.]+ m?s$/, ''));
  expect(sumsAt('10')).toEqual(sumsAt('80'));
  expect(sumsAt('200')).toEqual(sumsAt('80'));
  const lastOf = (label: string): number =>
    Math.round(rows.find((row) => row.label === label)!.figures.lastTlsUs! / 1_000);
  expect(lastOf('10 ms, 1.2') - lastOf('10 ms, 1.3, then early data')).toBe(20);
  expect(lastOf('200 ms, 1.2') - lastOf('200 ms, 1.3, then early data')).toBe(400);
  expect(rttUs).toBeUndefined();
});

test('a clock that says less than the sum is told so, without a negative time', () => {
  const text = comparisonText(compared(libraryText('http-pool.yaml')));
  expect(text).toMatch(/the clock says 1\.76 s: [\d.]+ ms less$/m);
  expect(text).not.toMatch(/: -\d/);
});
