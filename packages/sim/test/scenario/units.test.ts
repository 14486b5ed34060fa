import { describe, expect, test } from 'vitest';
import { fc } from '../../../../test/support/fast-check.ts';
import {
  CERTAIN,
  parseDuration,
  parsePackets,
  parseProbability,
  parseRate,
  parseSize,
  type Quantity,
} from '../../src/scenario/units.ts';

function valueOf(quantity: Quantity): number {
  if (!quantity.ok) throw new Error(quantity.message);
  return quantity.value;
}

function messageOf(quantity: Quantity): string {
  if (quantity.ok) throw new Error(`expected a mistake, got ${quantity.value}`);
  return quantity.message;
}

describe('durations become whole microseconds', () => {
  test.each([
    ['50ms', 50_000],
    ['1.5s', 1_500_000],
    ['20us', 20],
    ['20µs', 20],
    ['2min', 120_000_000],
    ['1h', 3_600_000_000],
    ['0ms', 0],
    ['0.001ms', 1],
    ['1 s', 1_000_000],
  ])('%s', (text, micros) => {
    expect(valueOf(parseDuration(text))).toBe(micros);
  });

  test('a fraction of a microsecond is refused, not rounded', () => {
    expect(messageOf(parseDuration('0.5us'))).toContain('no whole number of microseconds');
  });

  test('0.1 s is exact, although no binary fraction is', () => {
    expect(valueOf(parseDuration('0.1s'))).toBe(100_000);
    expect(valueOf(parseDuration('0.0000070s'))).toBe(7);
  });
});

describe('rates, sizes, packets and probabilities', () => {
  test.each([
    [parseRate, '10Mbit', 10_000_000],
    [parseRate, '56kbit', 56_000],
    [parseRate, '1Gbit/s', 1_000_000_000],
    [parseRate, '5Mbps', 5_000_000],
    [parseSize, '64KB', 64_000],
    [parseSize, '64KiB', 65_536],
    [parseSize, '1MiB', 1_048_576],
    [parseSize, '1460B', 1_460],
    [parsePackets, '100packets', 100],
    [parsePackets, '1packet', 1],
    [parseProbability, '2%', CERTAIN / 50],
    [parseProbability, '0.02', CERTAIN / 50],
    [parseProbability, '1e-7', 100],
    [parseProbability, '100%', CERTAIN],
  ] as const)('%o reads %s', (parse, text, value) => {
    expect(valueOf(parse(text))).toBe(value);
  });
});

describe('what is wrong is said with what was wanted', () => {
  test('a bare number says which unit it wants', () => {
    expect(messageOf(parseDuration('50'))).toBe(
      'expected a duration with its unit: 50ms, 1.5s, 20us or 2min, found 50',
    );
    expect(messageOf(parseRate('10'))).toContain('10Mbit');
    expect(messageOf(parseSize('64'))).toContain('64KB');
  });

  test.each([
    [parseRate, '10mbit', 'Did you mean "Mbit"?'],
    [parseDuration, '5sec', 'Did you mean "s"?'],
    [parseDuration, '5m', 'Did you mean "min"?'],
    [parseSize, '5kb', 'Did you mean "kB"?'],
  ] as const)('%o of %s: %s', (parse, text, hint) => {
    expect(messageOf(parse(text))).toContain(hint);
  });

  test('negative and impossible values', () => {
    expect(messageOf(parseDuration('-5ms'))).toContain('cannot be negative');
    expect(messageOf(parseProbability('-2%'))).toContain('cannot be negative');
    expect(messageOf(parseProbability('101%'))).toContain('at most 100 %');
    expect(messageOf(parseDuration('99999999h'))).toContain('too large');
    expect(messageOf(parseDuration('soon'))).toContain('found "soon"');
    expect(messageOf(parseSize('9'.repeat(60)))).toContain('too long');
  });

  test('any text gives a value or a message', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const parse of [parseDuration, parseRate, parseSize, parseProbability, parsePackets]) {
          const result = parse(text);
          if (result.ok) expect(Number.isSafeInteger(result.value)).toBe(true);
          else expect(result.message).not.toBe('');
        }
      }),
    );
  });

  test('a whole number of microseconds survives in every unit that can express it', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000_000), (micros) => {
        expect(valueOf(parseDuration(`${micros}us`))).toBe(micros);
        const seconds = `${Math.trunc(micros / 1_000_000)}.${String(micros % 1_000_000).padStart(6, '0')}s`;
        expect(valueOf(parseDuration(seconds))).toBe(micros);
      }),
    );
  });
});
