import { fc } from '../../../../test/support/fast-check.ts';
import { NEVER, TimeHeap, us } from '@tcplab/core';
import { expect, test } from 'vitest';

test('I-18: items leave by time, and equal times in order of insertion', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 20 }), { maxLength: 300 }), (times) => {
      const heap = new TimeHeap<number>();
      times.forEach((time, index) => heap.push(us(time), index));
      const left: number[] = [];
      while (heap.size > 0) left.push(heap.pop()!);
      const expected = times
        .map((_, index) => index)
        .sort((a, b) => times[a]! - times[b]! || a - b);
      expect(left).toEqual(expected);
    }),
  );
});

test('an empty queue is due never and gives nothing', () => {
  const heap = new TimeHeap<string>();
  expect(heap.nextTime).toBe(NEVER);
  expect(heap.pop()).toBeUndefined();
  heap.push(us(5), 'a');
  expect(heap.nextTime).toBe(5);
  expect(heap.peek()).toBe('a');
});
