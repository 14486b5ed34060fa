import { describe, expect, test } from 'vitest';
import { HandMadeTrace } from '../../../../test/support/hand-made-trace.ts';
import { bulkRun, crossingRun, lostSynAckRun } from '../../../../test/support/sample-runs.ts';
import { ansiPaint, drawLadder, type LadderOptions } from '../../src/drawing/index.ts';
import stringWidth from 'string-width';
import { fc } from '../../../../test/support/fast-check.ts';

type Run = ReturnType<typeof lostSynAckRun>;

function ladder(run: Run, options: LadderOptions = {}): string {
  return drawLadder(run.header, run.records, options);
}

function linesOf(text: string): readonly string[] {
  return text.split('\n');
}

describe('the ladder as people see it', () => {
  test('a lost SYN-ACK, a request and the close, at 80 columns', async () => {
    await expect(ladder(lostSynAckRun())).toMatchFileSnapshot('golden/lost-syn-ack-80.txt');
  });

  test('the same at 60 columns: states leave the margins', async () => {
    await expect(ladder(lostSynAckRun(), { width: 60 })).toMatchFileSnapshot(
      'golden/lost-syn-ack-60.txt',
    );
  });

  test('the same with a sentence for each step, at 100 columns', async () => {
    await expect(ladder(lostSynAckRun(), { width: 100, why: true })).toMatchFileSnapshot(
      'golden/lost-syn-ack-why-100.txt',
    );
  });

  test('packets that cross in flight have a row for leaving and one for arriving', async () => {
    await expect(ladder(crossingRun())).toMatchFileSnapshot('golden/crossing-80.txt');
  });

  test('a bulk transfer is folded, its losses and repairs are not', async () => {
    await expect(ladder(bulkRun(100, [20]))).toMatchFileSnapshot('golden/bulk-80.txt');
  });

  test('three hosts in three columns', async () => {
    const run = new HandMadeTrace('three hosts', ['client', 'proxy', 'server']);
    run.pass(0, 10_000, 'client', 'proxy', { flags: 'S' });
    run.pass(10_000, 5_000, 'proxy', 'server', { flags: 'S', port: 5_000 });
    run.state(10_000, 'proxy', 'LISTEN', 'rcv SYN', 'SYN-RECEIVED');
    const lost = run.send(15_000, 'server', 'proxy', { flags: 'RA', serverPort: 80, port: 5_000 });
    run.lose(15_000, lost, 'cut', 'The wire is cut.');
    run.pass(20_000, 30_000, 'server', 'client', { flags: 'A', ack: 1 });
    await expect(ladder(run.build())).toMatchFileSnapshot('golden/three-hosts-80.txt');
  });
});

describe('what the ladder promises', () => {
  test('no line is wider than asked, at any width, and without colour there is no escape', () => {
    for (const width of [60, 66, 72, 80, 100, 132, 200]) {
      for (const run of [lostSynAckRun(), crossingRun(), bulkRun(40, [12])]) {
        for (const line of linesOf(ladder(run, { width, why: true }))) {
          expect(stringWidth(line), line).toBeLessThanOrEqual(width);
          expect(line.includes('\u001b')).toBe(false);
        }
      }
    }
  });

  test('less than 60 columns are drawn as 60', () => {
    expect(ladder(lostSynAckRun(), { width: 20 })).toBe(ladder(lostSynAckRun(), { width: 60 }));
  });

  test('colour changes nothing but colour', () => {
    const plain = ladder(lostSynAckRun());
    const painted = ladder(lostSynAckRun(), { paint: ansiPaint });
    expect(painted).not.toBe(plain);
    // oxlint-disable-next-line no-control-regex -- the escapes are what is removed
    expect(painted.replace(/\u001b\[[0-9;]*m/g, '')).toBe(plain);
  });

  test('every loss, every repair and every state of a run can be found in it', () => {
    const text = ladder(lostSynAckRun());
    expect(text).toContain('lost: drop of SYN-ACK #1');
    expect(text).toContain('= #1 again');
    expect(text).toContain('= #2 again');
    for (const state of ['LISTEN', 'SYN-SENT', 'SYN-RECEIVED', 'ESTABLISHED', 'FIN-WAIT-1']) {
      expect(text).toContain(state);
    }
    for (const state of ['FIN-WAIT-2', 'CLOSE-WAIT', 'LAST-ACK', 'TIME-WAIT', 'CLOSED']) {
      expect(text).toContain(state);
    }
    expect(text).toContain('retransmission timer fires');
    expect(text).toContain('http: GET /');
  });

  test('hosts that talk to each other stand side by side', () => {
    const run = new HandMadeTrace('order', ['left', 'right', 'middle']);
    run.pass(0, 10, 'left', 'middle', { flags: 'S' });
    run.pass(20, 10, 'middle', 'right', { flags: 'S' });
    expect(ladder(run.build())).toMatch(/left +middle +right\n/);
    const equal = new HandMadeTrace('order', ['b', 'a', 'c']);
    for (const [from, to] of [
      ['b', 'a'],
      ['a', 'c'],
      ['c', 'b'],
    ] as const)
      equal.pass(0, 10, from, to, { flags: 'S' });
    expect(ladder(equal.build())).toMatch(/b +a +c\n/);
  });

  test('sequence numbers stand as in the header when asked', () => {
    const text = ladder(lostSynAckRun(), { absolute: true });
    expect(text).toContain('SYN seq 1000000');
    expect(text).toContain('ack 1000001');
  });

  test('an ACK of an older incarnation says so', () => {
    const run = new HandMadeTrace('old duplicate');
    run.pass(0, 10, 'client', 'server', { flags: 'S', seq: 5_000_000 });
    run.pass(5, 10, 'client', 'server', { flags: 'S' });
    run.pass(20, 10, 'server', 'client', { flags: 'SA', ack: 5_000_001 });
    run.pass(30, 10, 'server', 'client', { flags: 'A', seq: 1, ack: 1 });
    const text = ladder(run.build(), { width: 120 });
    expect(text).toMatch(/#3 SYN,ACK seq 0 ack 1 of isn 6000000/);
    expect(text).toMatch(/#4 ACK 1 ┤/);
  });

  test('numbers count on over the wrap', () => {
    const text = ladder(bulkRun(3));
    expect(text).toContain('ACK 4381');
  });

  test('without folding each packet of a bulk transfer has its row', () => {
    const text = ladder(bulkRun(100), { fold: false });
    expect(text).not.toContain('⋮');
    expect(linesOf(text).length).toBeGreaterThan(300);
    expect(linesOf(ladder(bulkRun(100))).length).toBeLessThan(60);
  });

  test('a run with losses everywhere still fits on a few pages', () => {
    const lost = Array.from({ length: 300 }, (_, index) => index * 7 + 3);
    const lines = linesOf(ladder(bulkRun(2_500, lost)));
    expect(lines.length).toBeLessThan(80);
    expect(lines.join('\n')).toMatch(/\d+ lost,/);
  });

  test('names and sentences from anywhere cannot move the cursor', () => {
    const run = new HandMadeTrace('evil \u001b[2J', ['client', 'server']);
    run.note(0, 'client', 'http', 'x', 'clears \u001b[2J\nthe screen \u202e');
    expect(ladder(run.build())).not.toContain('\u001b');
  });

  test('wide characters take two columns', () => {
    const run = new HandMadeTrace('wide', ['클라이언트', 'server']);
    run.pass(0, 1_000, '클라이언트', 'server', { flags: 'S' });
    run.note(2_000, '클라이언트', 'http', 'x', '한국어 문장은 두 칸씩 차지한다. '.repeat(5));
    for (const line of linesOf(ladder(run.build()))) {
      expect(stringWidth(line), line).toBeLessThanOrEqual(80);
    }
  });

  test('any order of steps gives a drawing', () => {
    const step = fc.tuple(
      fc.constantFrom('pass', 'lose', 'state', 'call', 'timer', 'note'),
      fc.nat({ max: 20_000 }),
      fc.boolean(),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.boolean(), (steps, detail) => {
        const run = new HandMadeTrace('any');
        for (const [kind, at, left] of steps) {
          const [from, to] = left ? ['client', 'server'] : ['server', 'client'];
          if (kind === 'pass')
            run.pass(at, 5_000, from!, to!, { flags: 'PA', seq: 1, ack: 1, len: 9 });
          else if (kind === 'lose') run.lose(at, run.send(at, from!, to!, { flags: 'S' }));
          else if (kind === 'state') run.state(at, from!, 'LISTEN', 'rcv SYN', 'SYN-RECEIVED');
          else if (kind === 'call') run.call(at, from!, 'close');
          else if (kind === 'timer') run.fire(at, from!, 'persist', 'It was time.');
          else run.note(at, from!, 'http', 'request', 'A sentence.');
        }
        const text = ladder(run.build(), { detail, why: true });
        for (const line of linesOf(text)) expect(stringWidth(line)).toBeLessThanOrEqual(80);
      }),
    );
  });
});
