import { fc } from '../../../../test/support/fast-check.ts';
import {
  checksum,
  concatPayloads,
  formatMicros,
  fromHex,
  NEVER,
  patternPayload,
  RangeSet,
  RingBuffer,
  seqAdd,
  toHex,
  us,
  utf8Bytes,
  utf8Text,
  utf8TextStrict,
  type Payload,
} from '@tcplab/core';
import { describe, expect, test } from 'vitest';

const octets = fc.uint8Array({ maxLength: 200 });

describe('octets', () => {
  test('hexadecimal goes both ways and refuses what is no hexadecimal', () => {
    fc.assert(
      fc.property(octets, (bytes) => {
        expect(fromHex(toHex(bytes))).toEqual(bytes);
      }),
    );
    expect(fromHex('0g')).toBeUndefined();
    expect(fromHex('012')).toBeUndefined();
    expect(fromHex('0\u0430')).toBeUndefined();
    expect(fromHex('-1')).toBeUndefined();
    expect(fromHex('0A b\n0')).toEqual(Uint8Array.of(0x0a, 0xb0));
  });

  test('UTF-8 agrees with the platform on any text and on any octets', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(utf8Bytes(text)).toEqual(new Uint8Array(new TextEncoder().encode(text)));
      }),
    );
    fc.assert(
      fc.property(octets, (bytes) => {
        expect(utf8Text(bytes)).toBe(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
        const strict = utf8TextStrict(bytes);
        if (strict !== undefined) expect(utf8Bytes(strict)).toEqual(bytes);
      }),
    );
  });
});

describe('the Internet checksum (RFC 1071)', () => {
  test('RFC 1071 §3: the worked example sums to ddf2', () => {
    expect(checksum(fromHex('0001f203f4f5f6f7')!)).toBe(~0xddf2 & 0xffff);
  });

  test('W-004: an odd last octet counts as if a zero octet followed', () => {
    fc.assert(
      fc.property(
        octets,
        (bytes) =>
          checksum(bytes) ===
          checksum(new Uint8Array([...bytes, ...(bytes.length % 2 ? [0] : [])])),
      ),
    );
  });
});

/** The checksum by nothing but the definition. */
function plain(bytes: Uint8Array, from: number): number {
  let sum = 0;
  for (let i = from; i < bytes.length; i += 1) {
    sum += (i - from) % 2 === 0 ? bytes[i]! * 256 : bytes[i]!;
  }
  return ~((sum % 0xffff) + (sum > 0 && sum % 0xffff === 0 ? 0xffff : 0)) & 0xffff;
}

test('W-004: long runs, aligned or not, sum like the plain loop of RFC 1071', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 2_000, size: 'max' }),
      fc.nat({ max: 3 }),
      (bytes, skip) => {
        const from = Math.min(skip, bytes.length);
        expect(checksum(bytes, from)).toBe(plain(bytes, from));
      },
    ),
  );
  const ones = new Uint8Array(300_001).fill(0xff);
  expect(checksum(ones)).toBe(plain(ones, 0));
});

describe('payloads', () => {
  test('a described pattern and its octets agree wherever it is cut and joined', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 1_000 }),
        fc.nat({ max: 300 }),
        fc.nat({ max: 300 }),
        (offset, a, b) => {
          const whole: Payload = patternPayload(offset, a + b);
          const joined = concatPayloads([whole.slice(0, a), whole.slice(a, a + b)]);
          expect(joined.toBytes()).toEqual(whole.toBytes());
          expect(joined.length === 0 || joined.patternOffset === offset).toBe(true);
        },
      ),
    );
  });
});

test('a range set holds exactly the numbers put in, as sorted disjoint ranges, across the wrap', () => {
  const spans = fc.array(fc.tuple(fc.nat({ max: 60 }), fc.nat({ max: 10 })), { maxLength: 20 });
  fc.assert(
    fc.property(spans, fc.nat({ max: 60 }), (pairs, cut) => {
      const base = 0xffffffe0;
      const set = new RangeSet();
      const model = new Set<number>();
      for (const [start, length] of pairs) {
        set.add(seqAdd(base, start), seqAdd(base, start + length));
        for (let i = start; i < start + length; i += 1) if (i >= cut) model.add(i);
      }
      set.removeBefore(seqAdd(base, cut));
      expect(set.size).toBe(model.size);
      const listed = set.ranges.map((range) => (range.start - base) >>> 0);
      expect(listed).toEqual([...listed].sort((a, b) => a - b));
      for (let i = 0; i < 75; i += 1)
        expect(set.find(seqAdd(base, i)) !== undefined).toBe(model.has(i));
    }),
  );
});

test('a ring buffer reads what was written, in order, and never more than it holds', () => {
  const steps = fc.array(fc.oneof(fc.uint8Array({ maxLength: 12 }), fc.nat({ max: 12 })), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(steps, (script) => {
      const ring = new RingBuffer(16);
      let model: number[] = [];
      for (const step of script) {
        if (typeof step === 'number') {
          expect([...ring.read(step)]).toEqual(model.slice(0, step));
          model = model.slice(step);
        } else {
          const written = ring.write(step);
          expect(written).toBe(Math.min(step.length, 16 - model.length));
          model.push(...step.slice(0, written));
        }
        expect(ring.length).toBe(model.length);
        expect(ring.free).toBe(16 - model.length);
      }
    }),
  );
});

test('durations read as people say them', () => {
  expect([0, 20, 1_500, 50_000, 1_500_000, 61_000_000].map((t) => formatMicros(us(t)))).toEqual([
    '0 µs',
    '20 µs',
    '1.5 ms',
    '50 ms',
    '1.5 s',
    '61 s',
  ]);
  expect(formatMicros(NEVER)).toBe('never');
});
