import { formatMicros, us, type Micros } from '@tcplab/core';
import type { SimRandom } from './streams.ts';

/** How long something takes: always the same, or drawn anew each time. */
export type DelayDistribution =
  | { readonly kind: 'fixed'; readonly delay: Micros }
  /** Every whole microsecond in `[from, to]` is equally likely. */
  | { readonly kind: 'uniform'; readonly from: Micros; readonly to: Micros }
  /** Bell-shaped with this mean and standard deviation, cut at six deviations and at zero. */
  | { readonly kind: 'normal'; readonly mean: Micros; readonly deviation: Micros };

/** The distribution that gives `delay` every time. */
export function fixedDelay(delay: Micros): DelayDistribution {
  return { kind: 'fixed', delay };
}

/** Draws one delay, never negative. A fixed one draws nothing from the stream. */
export function drawDelay(distribution: DelayDistribution, random: SimRandom): Micros {
  switch (distribution.kind) {
    case 'fixed':
      return distribution.delay;
    case 'uniform':
      return us(distribution.from + random.below(distribution.to - distribution.from + 1));
    case 'normal':
      return us(Math.max(0, distribution.mean + drawNormal(distribution.deviation, random)));
  }
}

/**
 * A whole number around 0 with this standard deviation: the sum of twelve uniform draws has variance 1
 * (Irwin–Hall), needs no logarithm, and so has the same bits on every platform.
 */
function drawNormal(deviation: number, random: SimRandom): number {
  let sum = 0;
  for (let i = 0; i < 12; i += 1) sum += random.u32();
  return Math.trunc((sum / 0x1_0000_0000 - 6) * deviation);
}

/** For people: `50 ms`, `40 ms … 60 ms`, `50 ms ± 5 ms`. */
export function describeDelay(distribution: DelayDistribution): string {
  switch (distribution.kind) {
    case 'fixed':
      return formatMicros(distribution.delay);
    case 'uniform':
      return `${formatMicros(distribution.from)} … ${formatMicros(distribution.to)}`;
    case 'normal':
      return `${formatMicros(distribution.mean)} ± ${formatMicros(distribution.deviation)}`;
  }
}
