/**
 * Quantities as people write them: `50ms`, `10Mbit`, `64KB`, `2%`, `100packets`.
 *
 * A quantity without its unit is an error that says which unit is wanted: a bare `50` once meant
 * seconds to one person and milliseconds to another. Arithmetic is exact; a value that is no whole
 * number of the smallest unit is an error, not rounded.
 */
import { nearestWord } from './suggest.ts';

export type Quantity =
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly message: string };

interface Measure {
  /** What is measured, for messages: `a duration`. */
  readonly noun: string;
  /** What one unit of the result is, for messages: `microseconds`. */
  readonly smallest: string;
  readonly examples: string;
  readonly units: ReadonlyMap<string, bigint>;
  /** Largest value in smallest units. */
  readonly max: bigint;
}

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);
const MAX_QUANTITY_LENGTH = 40;

const DURATION: Measure = {
  noun: 'a duration',
  smallest: 'microseconds',
  examples: '50ms, 1.5s, 20us or 2min',
  units: new Map([
    ['us', 1n],
    ['µs', 1n],
    ['ms', 1_000n],
    ['s', 1_000_000n],
    ['min', 60_000_000n],
    ['h', 3_600_000_000n],
  ]),
  // A year: beyond it lies a mistyped unit, and sums of times stay far from the end of exact integers.
  max: 366n * 24n * 3_600_000_000n,
};

const RATE: Measure = {
  noun: 'a rate',
  smallest: 'bits per second',
  examples: '10Mbit, 1Gbit or 56kbit',
  units: new Map([
    ...rateUnits('', 1n),
    ...rateUnits('k', 1_000n),
    ...rateUnits('M', 1_000_000n),
    ...rateUnits('G', 1_000_000_000n),
    ...rateUnits('T', 1_000_000_000_000n),
  ]),
  max: 1_000_000_000_000n,
};

function rateUnits(prefix: string, factor: bigint): [string, bigint][] {
  return ['bit', 'bit/s', 'bps'].map((unit) => [prefix + unit, factor]);
}

const SIZE: Measure = {
  noun: 'a size',
  smallest: 'bytes',
  examples: '64KB, 1MiB or 1460B',
  units: new Map([
    ['B', 1n],
    ['byte', 1n],
    ['bytes', 1n],
    ['kB', 1_000n],
    ['KB', 1_000n],
    ['MB', 1_000_000n],
    ['GB', 1_000_000_000n],
    ['TB', 1_000_000_000_000n],
    ['KiB', 1_024n],
    ['MiB', 1_048_576n],
    ['GiB', 1_073_741_824n],
  ]),
  max: MAX_SAFE,
};

const PACKETS: Measure = {
  noun: 'a number of packets',
  smallest: 'packets',
  examples: '100packets',
  units: new Map([
    ['packet', 1n],
    ['packets', 1n],
  ]),
  max: 10_000_000n,
};

/** A probability is counted in billionths, so that it stays an integer. */
export const CERTAIN = 1_000_000_000;

const PROBABILITY: Measure = {
  noun: 'a probability',
  smallest: 'billionths',
  examples: '2% or 0.02',
  units: new Map([
    ['%', 10_000_000n],
    ['‰', 1_000_000n],
    ['ppm', 1_000n],
    ['', 1_000_000_000n],
  ]),
  max: BigInt(CERTAIN),
};

/** A duration in microseconds. */
export function parseDuration(text: string): Quantity {
  return parseQuantity(text, DURATION);
}

/** A rate in bits per second. */
export function parseRate(text: string): Quantity {
  return parseQuantity(text, RATE);
}

/** A size in bytes. KB is 1,000 bytes, KiB is 1,024. */
export function parseSize(text: string): Quantity {
  return parseQuantity(text, SIZE);
}

/** A number of packets. */
export function parsePackets(text: string): Quantity {
  return parseQuantity(text, PACKETS);
}

/** A probability in billionths (`CERTAIN` is 1): a percentage, or a fraction from 0 to 1 without unit. */
export function parseProbability(text: string): Quantity {
  return parseQuantity(text, PROBABILITY);
}

function parseQuantity(text: string, measure: Measure): Quantity {
  if (text.length > MAX_QUANTITY_LENGTH) return failed(`this is too long for ${measure.noun}`);
  const parts = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,2}))?\s*([^\s\d]*)$/u.exec(text.trim());
  if (parts === null) {
    return failed(`expected ${measure.noun} such as ${measure.examples}, found "${text}"`);
  }
  const [, sign, whole, fraction = '', exponent = '0', unit = ''] = parts;
  const factor = measure.units.get(unit);
  if (factor === undefined) return failed(unitProblem(text, unit, measure));
  if (sign === '-') return failed(`${measure.noun} cannot be negative, found "${text}"`);
  const shift = Number(exponent) - fraction.length;
  const digits = BigInt(whole + fraction) * factor;
  const divisor = shift < 0 ? powerOfTen(-shift) : 1n;
  const scaled = shift > 0 ? digits * powerOfTen(shift) : digits;
  if (scaled % divisor !== 0n) {
    return failed(`"${text}" is no whole number of ${measure.smallest}`);
  }
  const value = scaled / divisor;
  if (value > measure.max) return failed(tooLarge(text, measure));
  return { ok: true, value: Number(value) };
}

function powerOfTen(exponent: number): bigint {
  return BigInt(`1${'0'.repeat(exponent)}`);
}

function unitProblem(text: string, unit: string, measure: Measure): string {
  if (unit === '')
    return `expected ${measure.noun} with its unit: ${measure.examples}, found ${text}`;
  const nearest = nearestUnit(unit, measure);
  const hint = nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
  return `"${unit}" is no unit of ${measure.noun}; expected ${measure.examples}.${hint}`;
}

function nearestUnit(unit: string, measure: Measure): string | undefined {
  const names = [...measure.units.keys()].filter((name) => name !== '');
  const sameLetters = names.find((name) => name.toLowerCase() === unit.toLowerCase());
  const habit = LONG_NAMES.get(unit.toLowerCase());
  const known = habit !== undefined && measure.units.has(habit) ? habit : undefined;
  return sameLetters ?? known ?? nearestWord(unit, names);
}

/** What people write out of habit. */
const LONG_NAMES: ReadonlyMap<string, string> = new Map([
  ['sec', 's'],
  ['secs', 's'],
  ['second', 's'],
  ['seconds', 's'],
  ['m', 'min'],
  ['minute', 'min'],
  ['minutes', 'min'],
  ['msec', 'ms'],
  ['millis', 'ms'],
  ['usec', 'us'],
  ['micros', 'us'],
  ['hour', 'h'],
  ['hours', 'h'],
]);

function tooLarge(text: string, measure: Measure): string {
  if (measure === PROBABILITY) return `a probability is at most 100 %, found "${text}"`;
  return `"${text}" is too large: at most ${measure.max} ${measure.smallest}`;
}

function failed(message: string): Quantity {
  return { ok: false, message };
}
