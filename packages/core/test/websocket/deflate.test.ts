import { deflateRawSync, inflateRawSync, constants } from 'node:zlib';
import { fc, runs } from '../../../../test/support/fast-check.ts';
import { concatBytes, fromHex, patternPayload, toHex, utf8Bytes, utf8Text } from '@tcplab/core';
import { Deflater, Inflater } from '@tcplab/core/websocket';
import { describe, expect, test } from 'vitest';

const TAIL = Uint8Array.of(0, 0, 0xff, 0xff);

function inflate(inflater: Inflater, message: Uint8Array): Uint8Array | string {
  const parts: Uint8Array[] = [];
  const fault = inflater.inflate(message, (bytes) => parts.push(bytes) > 0);
  return fault ?? concatBytes([new Uint8Array(0), ...parts]);
}

/** zlib's compression of one message, without the tail, as RFC 7692 §7.2.1 sends it. */
function platformDeflate(message: Uint8Array, options = {}): Uint8Array {
  const all = deflateRawSync(message, { finishFlush: constants.Z_SYNC_FLUSH, ...options });
  return new Uint8Array(all.subarray(0, -4));
}

const arbitraryMessage = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.string({ maxLength: 200 }).map((text) => utf8Bytes(text.repeat(7))),
  fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 80_000 })).map(([step, length]) => {
    let x = length + 1;
    return Uint8Array.from({ length }, () => {
      x = (Math.imul(x, 1_103_515_245) + 12_345) >>> 0;
      return (x >>> 16) % [2, 5, 40, 256][step]!;
    });
  }),
);

describe('RFC 7692 §7.2.3: the examples', () => {
  test('one compressed message, and the second with and without context', () => {
    const inflater = new Inflater(true);
    expect(utf8Text(inflate(inflater, fromHex('f248cdc9c90700')!) as Uint8Array)).toBe('Hello');
    expect(utf8Text(inflate(inflater, fromHex('f200110000')!) as Uint8Array)).toBe('Hello');
    expect(inflate(new Inflater(true), fromHex('f200110000')!)).toBe(
      'a distance reaches before the beginning',
    );
  });

  test('a stored block, a block that says it is the last, two blocks', () => {
    for (const hex of [
      '000500faff48656c6c6f00',
      'f348cdc9c9070000',
      'f248050000 00ffffcac9c90700',
    ]) {
      const plain = inflate(new Inflater(true), fromHex(hex)!);
      expect(typeof plain === 'string' ? plain : utf8Text(plain)).toBe('Hello');
    }
  });

  test('our own compression of "Hello" is the one of the RFC, and the second one an octet shorter', () => {
    const deflater = new Deflater(true, 15);
    expect(toHex(deflater.deflate(utf8Bytes('Hello')))).toBe('f248cdc9c90700');
    expect(toHex(deflater.deflate(utf8Bytes('Hello')))).toBe('02130000');
  });
});

test('zlib reads what we compress, message after message, with context', () => {
  fc.assert(
    fc.property(
      fc.array(arbitraryMessage, { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 8, max: 15 }),
      (messages, bits) => {
        const deflater = new Deflater(true, bits);
        const stream = messages.flatMap((message) => [deflater.deflate(message), TAIL]);
        const plain = inflateRawSync(concatBytes(stream), {
          finishFlush: constants.Z_SYNC_FLUSH,
          windowBits: Math.max(9, bits),
        });
        expect(toHex(plain)).toBe(toHex(concatBytes([new Uint8Array(0), ...messages])));
      },
    ),
    runs(60),
  );
});

test('we read what zlib compresses, at every level and with every window', () => {
  fc.assert(
    fc.property(
      arbitraryMessage,
      fc.integer({ min: 0, max: 9 }),
      fc.integer({ min: 9, max: 15 }),
      (message, level, windowBits) => {
        const plain = inflate(new Inflater(false), platformDeflate(message, { level, windowBits }));
        expect(typeof plain === 'string' ? plain : toHex(plain)).toBe(toHex(message));
      },
    ),
    runs(80),
  );
});

test('context is carried over messages of any size in both directions', () => {
  fc.assert(
    fc.property(
      fc.array(arbitraryMessage, { maxLength: 6 }),
      fc.boolean(),
      (messages, takeover) => {
        const deflater = new Deflater(takeover, 15);
        const inflater = new Inflater(takeover);
        for (const message of messages) {
          const plain = inflate(inflater, deflater.deflate(message));
          expect(typeof plain === 'string' ? plain : toHex(plain)).toBe(toHex(message));
        }
      },
    ),
    runs(60),
  );
});

test('the window goes on where a long message ends, and begins anew where nothing may be referred to', () => {
  const text = patternPayload(0, 100_000).toBytes();
  const taking = new Deflater(true, 10);
  const giving = new Deflater(false, 10);
  const first = giving.deflate(text);
  taking.deflate(text);
  expect(taking.deflate(text.subarray(99_000)).length).toBeLessThan(50);
  expect(giving.deflate(text)).toEqual(first);
});

test('compresses: a repeated message costs a few octets, incompressible data five a block', () => {
  const deflater = new Deflater(true, 15);
  const text = patternPayload(0, 20_000).toBytes();
  expect(deflater.deflate(text).length).toBeLessThan(2_000);
  expect(deflater.deflate(text).length).toBeLessThan(400);
  let x = 1;
  const noise = Uint8Array.from({ length: 70_000 }, () => {
    x = (Math.imul(x, 1_664_525) + 1_013_904_223) >>> 0;
    return x >>> 24;
  });
  expect(new Deflater(false, 15).deflate(noise).length).toBe(70_000 + 2 * 5 + 1);
});

test('WS-X03: no octets make it throw or run on; cut and changed messages are found out or read', () => {
  fc.assert(
    fc.property(
      arbitraryMessage,
      fc.nat(),
      fc.nat({ max: 255 }),
      fc.boolean(),
      (message, at, octet, cut) => {
        const compressed = platformDeflate(message.subarray(0, 5_000));
        if (compressed.length === 0) return;
        const where = at % compressed.length;
        const broken = cut ? compressed.subarray(0, where) : compressed.slice();
        if (!cut) broken[where] = octet;
        inflate(new Inflater(true), broken);
      },
    ),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (noise) => {
      inflate(new Inflater(true), noise);
    }),
    runs(2_000),
  );
});

test('WS-X03: what ends inside a block is told', () => {
  const compressed = platformDeflate(utf8Bytes('the quick brown fox jumps over the lazy dog'));
  expect(typeof inflate(new Inflater(true), compressed.subarray(0, 20))).toBe('string');
});

test('a bomb is stopped by its taker after the first piece', () => {
  const bomb = platformDeflate(new Uint8Array(50_000_000));
  let taken = 0;
  new Inflater(true).inflate(bomb, (bytes) => {
    taken += bytes.length;
    return taken < 100_000;
  });
  expect(taken).toBeLessThan(200_000);
});
