import { describe, expect, test } from 'vitest';
import stringWidth from 'string-width';
import {
  arithmeticOf,
  compareScenario,
  comparisonJson,
  comparisonSvg,
  comparisonText,
  type Comparison,
  type RunFigures,
  type Wait,
} from '../../src/compare/index.ts';
import { formatProblem, loadScenario } from '../../src/scenario/index.ts';
import { libraryText } from '../scenario/library.ts';

function compared(text: string, rttUs?: number): Comparison {
  const loaded = loadScenario(text, 'test.yaml');
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join('\n'));
  const result = compareScenario(loaded.loaded, {}, rttUs);
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.comparison;
}

const session = compared(libraryText('http-one-session.yaml'));

describe('three requests at 80 ms, with three connections and with one session', () => {
  const [each, one, tlsEach, tlsOne] = session.rows;

  test('the sums are those of the textbook', () => {
    expect(session.rows.map((row) => row.arithmetic!.text)).toEqual([
      '3 × (1 RTT handshake + 1 RTT request) = 6 RTT = 480 ms',
      '1 RTT handshake + 3 × 1 RTT request = 4 RTT = 320 ms',
      '3 × (1 RTT handshake + 1 RTT TLS + 1 RTT request) = 9 RTT = 720 ms',
      '1 RTT handshake + 1 RTT TLS + 3 × 1 RTT request = 5 RTT = 400 ms',
    ]);
  });

  test('the clock of the runs agrees with the sums', () => {
    for (const { arithmetic, figures } of session.rows) {
      expect(arithmetic!.agrees).toBe(true);
      expect(figures.answeredUs! - arithmetic!.predictedUs).toBeLessThan(1_000);
    }
  });

  test('a session pays one handshake instead of three, and one TLS handshake', () => {
    expect(each!.figures).toMatchObject({ tcpHandshakes: 3, tlsHandshakes: 0, requests: 3 });
    expect(one!.figures).toMatchObject({ tcpHandshakes: 1, tlsHandshakes: 0, requests: 3 });
    expect(tlsEach!.figures).toMatchObject({ tcpHandshakes: 3, tlsHandshakes: 3, requests: 3 });
    expect(tlsOne!.figures).toMatchObject({ tcpHandshakes: 1, tlsHandshakes: 1, requests: 3 });
  });

  test('with TLS it is measured against TLS', () => {
    expect(one!.baseline).toBe(each!.figures);
    expect(tlsOne!.baseline).toBe(tlsEach!.figures);
  });

  test('the server’s buffers hold a request or an answer and no more', () => {
    for (const { figures } of session.rows.slice(0, 2)) expect(figures.serverBuffered).toBe(193);
    for (const { figures } of session.rows.slice(2)) {
      expect(figures.serverBuffered).toBeGreaterThan(193);
    }
  });

  test('at another distance the round trips are the same and the time is another', () => {
    const far = compared(libraryText('http-one-session.yaml'), 200_000);
    expect(far.rttUs).toBe(200_000);
    expect(far.rows.map((row) => row.arithmetic!.roundTrips)).toEqual([6, 4, 9, 5]);
    expect(far.rows[0]!.arithmetic!.predictedUs).toBe(1_200_000);
  });
});

describe('as text', () => {
  const text = comparisonText(session);

  test('fits a terminal of 80 columns', () => {
    expect(text.split('\n').filter((line) => stringWidth(line) > 80)).toEqual([]);
  });

  test('shows each figure with its saving against the baseline', () => {
    expect(text).toMatch(/^packets +27 +13 +−52 %$/m);
    expect(text).toMatch(/^until the last answer +480\.1 ms +320\.1 ms +−33 %$/m);
    expect(text).toMatch(/^TLS handshakes +3 +1 +−67 %$/m);
  });

  test('shows what is claimed of one variation alone, and why', () => {
    const [, claims] = text.split('What holds of each alone\n');
    expect(claims).toContain('one session\n  ✓ count(segment where flags == S) == 1\n');
    expect(claims!.replaceAll(/\n +/g, ' ')).toContain(
      'because every request opens a connection of its own',
    );
  });

  test('shows what the server held, column by column of time', () => {
    const [, strips] = text.split('Connections at the server, a column for each ');
    const lines = strips!.split('\n').filter((line) => line.startsWith('    '));
    expect(lines).toHaveLength(4);
    for (const line of lines) expect(line).toMatch(/^ {4}[·1-9]{76}$/);
    expect(lines[1]).toContain('1');
    expect(lines[1]).not.toContain('2');
    expect(lines[2]).toContain('3');
  });

  test('in a narrow terminal there are more tables, with the same lines', () => {
    const narrow = comparisonText(session, 45);
    expect(narrow.match(/^packets /gm)).toHaveLength(4);
  });

  test('a scenario without variations is one column without savings', () => {
    const alone = comparisonText(compared(libraryText('handshake.yaml')));
    expect(alone).toMatch(/^packets +\d+$/m);
    expect(alone).not.toContain('%');
  });
});

test('as JSON, with the arithmetic', () => {
  expect(comparisonJson(session)).toMatchObject({
    rttUs: 80_000,
    variations: [
      { name: 'a connection for each', packets: 27, passed: true },
      { name: 'one session', packets: 13, arithmetic: { roundTrips: 4, agrees: true } },
      {},
      {},
    ],
  });
});

test('as a picture: a bar for each variation and measure, and whatever a name holds is text', () => {
  const svg = comparisonSvg([{ ...session, name: 'a < b & "c"' }]);
  expect(svg.match(/<rect /g)).toHaveLength(1 + 5 * 4);
  expect(svg).toContain('a &lt; b &amp; &quot;c&quot;');
  expect(svg).toContain('(−52 %)');
});

describe('the arithmetic', () => {
  const figures = (waits: readonly Wait[]): RunFigures => ({ waits }) as unknown as RunFigures;
  const wait = (kind: Wait['kind'], connection: string, startMs: number, endMs: number): Wait => ({
    kind,
    connection,
    startUs: startMs * 1_000,
    endUs: endMs * 1_000,
  });

  test('does not agree with a server that thinks', () => {
    const thinking = [wait('handshake', 'a', 0, 80), wait('request', 'a', 80, 180)];
    const sum = arithmeticOf(figures(thinking), 80_000)!;
    expect(sum).toMatchObject({ roundTrips: 2, measuredUs: 180_000, agrees: false });
  });

  test('counts waits at the same time once', () => {
    const both = ['a', 'b'].flatMap((name) => [
      wait('handshake', name, 0, 80),
      wait('request', name, 80, 160),
    ]);
    const sum = arithmeticOf(figures(both), 80_000)!;
    expect(sum).toMatchObject({ roundTrips: 2, measuredUs: 160_000, agrees: true });
    expect(sum.text).toBe('2 × (1 RTT handshake + 1 RTT request), partly at once: 2 RTT = 160 ms');
  });

  test('says nothing where nobody waited', () => {
    expect(arithmeticOf(figures([]), 80_000)).toBeUndefined();
  });
});
