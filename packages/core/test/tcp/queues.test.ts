import {
  bytesPayload,
  concatPayloads,
  equalBytes,
  patternPayload,
  seqAdd,
  type Payload,
} from '@tcplab/core';
import { describe, expect, test } from 'vitest';
import { fc } from '../../../../test/support/fast-check.ts';
import { Reassembly } from '../../src/tcp/receiving/reassembly.ts';
import { PayloadQueue } from '../../src/tcp/sending/payload-queue.ts';

describe('a queue of payloads', () => {
  const payload = fc.oneof(
    fc.uint8Array({ maxLength: 20 }).map((bytes) => bytesPayload(bytes)),
    fc
      .tuple(fc.nat({ max: 100 }), fc.nat({ max: 20 }))
      .map(([from, length]) => patternPayload(from, length)),
  );
  const step = fc.oneof(
    fc.record({ do: fc.constant('append' as const), payload }),
    fc.record({
      do: fc.constant('drop' as const),
      part: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    fc.record({
      do: fc.constant('slice' as const),
      part: fc.double({ min: 0, max: 1, noNaN: true }),
      length: fc.nat({ max: 30 }),
    }),
    fc.record({ do: fc.constant('take' as const), length: fc.nat({ max: 30 }) }),
  );

  test('reads as the run of bytes that was appended, however it is cut', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const queue = new PayloadQueue();
        let model = new Uint8Array(0);
        const same = (actual: Payload, expected: Uint8Array) =>
          expect(equalBytes(actual.toBytes(), expected)).toBe(true);
        for (const each of steps) {
          if (each.do === 'append') {
            queue.append(each.payload);
            model = new Uint8Array([...model, ...each.payload.toBytes()]);
          } else if (each.do === 'drop') {
            const count = Math.floor(each.part * model.length);
            queue.drop(count);
            model = model.slice(count);
          } else if (each.do === 'slice') {
            const from = Math.floor(each.part * model.length);
            const length = Math.min(each.length, model.length - from);
            same(queue.slice(from, length), model.slice(from, from + length));
          } else {
            same(queue.take(each.length), model.slice(0, each.length));
            model = model.slice(each.length);
          }
          expect(queue.length).toBe(model.length);
        }
      }),
    );
  });

  test('keeps neighbouring parts of the pattern one description', () => {
    const queue = new PayloadQueue();
    for (let i = 0; i < 100; i += 1) queue.append(patternPayload(i * 10, 10));
    expect(queue.slice(5, 900).patternOffset).toBe(5);
  });
});

describe('reassembly', () => {
  test('V-021, V-022: pieces in any order, overlapping, near the wrap, give the bytes once', () => {
    const pieces = fc.array(fc.tuple(fc.nat({ max: 60 }), fc.integer({ min: 1, max: 20 })), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(pieces, fc.integer({ min: 0xffff_ffc0, max: 0xffff_ffff }), (all, base) => {
        const held = new Reassembly();
        const present = new Set<number>();
        for (const [from, length] of all) {
          held.hold(seqAdd(base, from), patternPayload(from, length));
          for (let i = from; i < from + length; i += 1) present.add(i);
          const total = held.ranges.reduce(
            (sum, range) => sum + ((range.end - range.start) >>> 0),
            0,
          );
          expect(total).toBe(present.size);
        }
        let next = 0;
        while (next < 80) {
          const text = held.takeAt(seqAdd(base, next));
          if (text === undefined) {
            expect(present.has(next)).toBe(false);
            next += 1;
            continue;
          }
          expect(
            equalBytes(
              text.toBytes(),
              concatPayloads([patternPayload(next, text.length)]).toBytes(),
            ),
          ).toBe(true);
          for (let i = next; i < next + text.length; i += 1) expect(present.has(i)).toBe(true);
          next += text.length;
        }
        expect(held.isEmpty).toBe(true);
      }),
    );
  });
});
