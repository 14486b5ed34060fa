import { fc } from '../../../../test/support/fast-check.ts';
import { seqAdd, seqDiff, seqGeq, seqGt, seqInWindow, seqLeq, seqLt, seqMax } from '@tcplab/core';
import { describe, expect, test } from 'vitest';

const seq = fc.nat({ max: 0xffffffff });
const near = fc.nat({ max: 0x7fffffff });

describe('sequence numbers wrap at 2^32 (RFC 9293 §3.4)', () => {
  test('W-016: one after the last number is zero, and later than it', () => {
    expect(seqAdd(0xffffffff, 1)).toBe(0);
    expect(seqGt(0, 0xffffffff)).toBe(true);
    expect(seqLt(0xffffffff, 0)).toBe(true);
    expect(seqMax(0xffffffff, 5)).toBe(5);
  });

  test('W-016: a window may straddle the wrap', () => {
    expect(seqInWindow(3, 0xfffffffe, 10)).toBe(true);
    expect(seqInWindow(8, 0xfffffffe, 10)).toBe(false);
    expect(seqInWindow(0xfffffffd, 0xfffffffe, 10)).toBe(false);
  });

  test('W-016: adding then measuring gives back the distance', () => {
    fc.assert(fc.property(seq, near, (a, n) => seqDiff(seqAdd(a, n), a) === n));
  });

  test('W-016: exactly one of <, =, > holds for numbers less than 2^31 apart', () => {
    fc.assert(
      fc.property(seq, near, (a, n) => {
        const b = seqAdd(a, n);
        return (
          [seqLt(a, b), a === b, seqGt(a, b)].filter(Boolean).length === 1 &&
          seqLeq(a, b) &&
          seqGeq(b, a)
        );
      }),
    );
  });
});
