/** Times of one drawing, all in the same unit with the same number of decimals. */

export interface TimeScale {
  /** `ms` or `s`. */
  readonly unit: string;
  /** The time without its unit. */
  text(timeUs: number): string;
}

/** Runs longer than this are told in seconds. */
const SECONDS_FROM_US = 1_000_000_000;

/** Chooses the unit by the longest time, and as few decimals as no time needs more of (at most three in milliseconds). */
export function timeScale(timesUs: readonly number[]): TimeScale {
  const longest = timesUs.reduce((a, b) => Math.max(a, b), 0);
  const inSeconds = longest >= SECONDS_FROM_US;
  const digits = inSeconds ? 6 : 3;
  const perUnit = inSeconds ? 1_000_000 : 1_000;
  let decimals = digits;
  while (decimals > 0 && timesUs.every((time) => time % power(digits - decimals + 1) === 0)) {
    decimals -= 1;
  }
  return {
    unit: inSeconds ? 's' : 'ms',
    text: (timeUs) => {
      const whole = Math.floor(timeUs / perUnit);
      if (decimals === 0) return String(whole);
      const rest = Math.floor((timeUs % perUnit) / power(digits - decimals));
      return `${whole}.${String(rest).padStart(decimals, '0')}`;
    },
  };
}

function power(exponent: number): number {
  let value = 1;
  for (let i = 0; i < exponent; i += 1) value *= 10;
  return value;
}
