import {
  type Connection,
  defaultTcpConfig,
  InitialSequenceNumbers,
  Listener,
  ms,
  seqDiff,
  seqGt,
  ZERO_TIME,
  type ConnectionEnds,
} from '@tcplab/core';
import { describe, expect, test } from 'vitest';
import { segmentOf } from '../../../../test/support/narrator.ts';
import { CLIENT_ENDS } from '../../../../test/support/pair.ts';

const SYN = segmentOf({ flags: 'S' });

function listener(limits: { halfOpenLimit?: number; acceptLimit?: number } = {}): Listener {
  return new Listener({
    localAddress: 0,
    localPort: CLIENT_ENDS.localPort,
    config: defaultTcpConfig(),
    chooseIss: () => 5_000,
    ...limits,
  });
}

function childOf(
  port: Listener,
  ends: ConnectionEnds = CLIENT_ENDS,
  issAbove?: number,
): Connection {
  const verdict = port.handleInput(SYN, ends, ZERO_TIME, issAbove);
  if (verdict.kind !== 'child') throw new Error(`expected a child, got ${verdict.kind}`);
  return verdict.child;
}

function establish(child: Connection): void {
  const { seq } = child.pollOutput(ZERO_TIME)!;
  child.handleInput({ ...segmentOf({ flags: 'A', seq: 1 }), ack: seq + 1 }, ms(1));
}

describe('a listener (RFC 9293 §3.10.7.2, §3.9.1.1)', () => {
  test('A-L03: a SYN makes a child that has taken it', () => {
    const port = listener();
    const child = childOf(port);
    expect(child.state).toBe('SYN-RECEIVED');
    expect(child.pollOutput(ZERO_TIME)).toMatchObject({ seq: 5_000, flags: 0x12 });
    expect([port.halfOpen.length, port.accept()]).toEqual([1, undefined]);
  });

  test('O-017: an established child waits to be accepted, once, oldest first', () => {
    const port = listener();
    const [first, second] = [childOf(port), childOf(port)];
    establish(second);
    establish(first);
    expect([port.accept(), port.accept(), port.accept()]).toEqual([first, second, undefined]);
    expect(port.halfOpen.length).toBe(0);
  });

  test('A-L01, A-L02, A-L04: anything else is refused or dropped', () => {
    const port = listener();
    const kinds = ['R', 'A', 'F', 'SA', ''].map(
      (flags) => port.handleInput(segmentOf({ flags }), CLIENT_ENDS, ZERO_TIME).kind,
    );
    expect(kinds).toEqual(['nothing', 'reset', 'nothing', 'reset', 'nothing']);
  });

  test('B-022: the backlog is bounded on both sides; a SYN beyond it is dropped without a word', () => {
    const port = listener({ halfOpenLimit: 2, acceptLimit: 1 });
    establish(childOf(port));
    expect(port.handleInput(SYN, CLIENT_ENDS, ZERO_TIME).kind).toBe('nothing');
    expect(port.accept()).toBeDefined();
    childOf(port);
    childOf(port);
    expect(port.handleInput(SYN, CLIENT_ENDS, ZERO_TIME).kind).toBe('nothing');
  });

  test('R-009: a reset half-open child gives its place back', () => {
    const port = listener({ halfOpenLimit: 1 });
    const child = childOf(port);
    child.handleInput(segmentOf({ flags: 'R', seq: 1 }), ms(1));
    expect(child.state).toBe('CLOSED');
    expect(port.halfOpen.length).toBe(0);
    expect(childOf(port).state).toBe('SYN-RECEIVED');
  });

  test('R-010: a child that was reset before anybody accepted it is forgotten', () => {
    const port = listener({ acceptLimit: 1 });
    const child = childOf(port);
    establish(child);
    expect(port.acceptable).toEqual([child]);
    child.handleInput(segmentOf({ flags: 'R', seq: 1 }), ms(2));
    expect([port.acceptable.length, port.accept()]).toEqual([0, undefined]);
  });

  test('R-010: who died while others waited is passed over, in the middle too', () => {
    const port = listener();
    const [dead, alive, halfOpen, last] = [1, 2, 3, 4].map(() => childOf(port));
    for (const child of [dead!, alive!, last!]) establish(child);
    dead!.handleInput(segmentOf({ flags: 'R', seq: 1 }), ms(2));
    expect([port.accept(), port.accept(), port.accept()]).toEqual([alive, last, undefined]);
    expect(port.halfOpen).toEqual([halfOpen]);
  });

  test('C-008: reopened from TIME-WAIT, the numbers lie above the old ones', () => {
    const child = childOf(listener(), CLIENT_ENDS, 7_000);
    expect(seqGt(child.lastSequence, 7_000)).toBe(true);
    expect(childOf(listener(), CLIENT_ENDS, 4_000).tcb.snd.iss).toBe(5_000);
  });
});

describe('initial sequence numbers (RFC 6528 §3)', () => {
  const numbers = new InitialSequenceNumbers(1, 2);

  test('O-001, M-46: a clock of 4 µs that goes round in about 4.77 hours', () => {
    const at = (t: number) => numbers.choose(CLIENT_ENDS, ms(t));
    expect(seqDiff(at(1_000), at(0))).toBe(250_000);
    expect(at((2 ** 32 * 4) / 1_000)).toBe(at(0));
  });

  test('O-002, O-003: the ends and the key choose where the clock begins', () => {
    const other = { ...CLIENT_ENDS, localPort: CLIENT_ENDS.localPort + 1 };
    const all = [
      numbers.choose(CLIENT_ENDS, ZERO_TIME),
      numbers.choose(other, ZERO_TIME),
      numbers.choose({ ...CLIENT_ENDS, remoteAddress: 9 }, ZERO_TIME),
      new InitialSequenceNumbers(1, 3).choose(CLIENT_ENDS, ZERO_TIME),
      new InitialSequenceNumbers(2, 2).choose(CLIENT_ENDS, ZERO_TIME),
    ];
    expect(new Set(all).size).toBe(all.length);
  });
});
