import { ms } from '@tcplab/core';
import { RandomStreams, drawDelay, hashText } from '@tcplab/sim';
import { expect, test } from 'vitest';

test('a stream depends on the seed and its name, and on nothing else', () => {
  const draw = (seed: number, name: string): number[] => {
    const streams = new RandomStreams(seed);
    streams.stream('somebody else').u32();
    return Array.from({ length: 4 }, () => streams.stream(name).u32());
  };
  expect(draw(1, 'loss')).toEqual(draw(1, 'loss'));
  expect(draw(1, 'loss')).not.toEqual(draw(2, 'loss'));
  expect(draw(1, 'loss')).not.toEqual(draw(1, 'delay'));
});

test('the draws of seed 1 are these: a change would break every trace kept anywhere', () => {
  const stream = new RandomStreams(1).stream('link a→b loss');
  expect([stream.u32(), stream.below(6), stream.below(1_000), [...stream.bytes(4)]])
    .toMatchInlineSnapshot(`
    [
      1690144121,
      3,
      997,
      [
        214,
        202,
        236,
        196,
      ],
    ]
  `);
  expect(hashText('tcplab')).toMatchInlineSnapshot(`"d9d2d907f00cd917"`);
});

test('uniform draws are even and stay below their bound', () => {
  const stream = new RandomStreams(3).stream('dice');
  const counts = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < 60_000; i += 1) counts[stream.below(6)]! += 1;
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400);
});

test('a normal delay has its mean and its deviation and is never negative', () => {
  const stream = new RandomStreams(5).stream('delay');
  const draws = Array.from({ length: 20_000 }, () =>
    drawDelay({ kind: 'normal', mean: ms(20), deviation: ms(5) }, stream),
  );
  const mean = draws.reduce((a, b) => a + b, 0) / draws.length;
  const variance = draws.reduce((sum, one) => sum + (one - mean) * (one - mean), 0) / draws.length;
  expect(Math.abs(mean - 20_000)).toBeLessThan(150);
  expect(Math.abs(Math.sqrt(variance) - 5_000)).toBeLessThan(150);
  const wide = { kind: 'normal', mean: ms(1), deviation: ms(5) } as const;
  for (let i = 0; i < 5_000; i += 1) expect(drawDelay(wide, stream)).toBeGreaterThanOrEqual(0);
});

test('a seed that no JSON keeps exactly is refused', () => {
  for (const seed of [-1, 1.5, Number.NaN, 2 * Number.MAX_SAFE_INTEGER]) {
    expect(() => new RandomStreams(seed)).toThrow('illegal seed');
  }
});

test('the 64-bit FNV-1a of known texts', () => {
  expect(hashText('')).toBe('cbf29ce484222325');
  expect(hashText('a')).toBe('af63dc4c8601ec8c');
  expect(hashText('foobar')).toBe('85944171f73967e8');
});
