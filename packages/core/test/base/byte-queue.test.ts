import { describe, expect, it } from 'vitest';
import { ByteQueue, concatBytes, EMPTY_BYTES } from '@tcplab/core';
import { fc } from '../../../../test/support/fast-check.ts';

describe('octets that wait for their reader', () => {
  it('come out as they came in, whatever the pieces and whatever is asked for', () => {
    const steps = fc.array(
      fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.integer({ min: 1, max: 30 })),
    );
    fc.assert(
      fc.property(steps, (story) => {
        const queue = new ByteQueue();
        const pushed: Uint8Array[] = [EMPTY_BYTES];
        const taken: Uint8Array[] = [EMPTY_BYTES];
        for (const step of story) {
          if (typeof step !== 'number') {
            queue.push(step);
            pushed.push(step);
            continue;
          }
          const piece = queue.take(step);
          if (piece === undefined) expect(queue.length).toBe(0);
          else {
            expect(piece.length).toBeLessThanOrEqual(step);
            taken.push(piece);
          }
        }
        for (let rest = queue.take(7); rest !== undefined; rest = queue.take(7)) taken.push(rest);
        expect(concatBytes(taken)).toEqual(concatBytes(pushed));
        expect(queue.length).toBe(0);
      }),
    );
  });

  it('are never an empty piece: emptiness would mean the end of a stream', () => {
    const queue = new ByteQueue();
    queue.push(EMPTY_BYTES);
    expect(queue.take(1)).toBeUndefined();
    queue.push(Uint8Array.of(1, 2));
    queue.clear();
    expect([queue.length, queue.take(1)]).toEqual([0, undefined]);
  });
});
