/**
 * Time is a whole number of microseconds since the run began. It is always an argument, never read
 * from a clock. Durations have the same type: both are exact integers up to 285 years.
 */

declare const microsBrand: unique symbol;

/** A moment or a duration in whole microseconds. */
export type Micros = number & { readonly [microsBrand]: true };

/** A moment that never comes: what `pollTimeout` returns when nothing is scheduled. */
export const NEVER = Number.MAX_SAFE_INTEGER as Micros;

/** The start of a run. */
export const ZERO_TIME = 0 as Micros;

/** `n` microseconds, rounded down to a whole number. */
export function us(n: number): Micros {
  return Math.floor(n) as Micros;
}

/** `n` milliseconds. */
export function ms(n: number): Micros {
  return Math.floor(n * 1_000) as Micros;
}

/** `n` seconds. */
export function seconds(n: number): Micros {
  return Math.floor(n * 1_000_000) as Micros;
}

/** `n` minutes. */
export function minutes(n: number): Micros {
  return Math.floor(n * 60_000_000) as Micros;
}

/** `at + duration`; adding anything to NEVER stays NEVER. */
export function after(at: Micros, duration: Micros): Micros {
  return (at === NEVER || duration === NEVER ? NEVER : at + duration) as Micros;
}

/** The earlier of two moments. */
export function earliest(a: Micros, b: Micros): Micros {
  return a < b ? a : b;
}

/** The later of two moments. */
export function latest(a: Micros, b: Micros): Micros {
  return a > b ? a : b;
}

/** A duration for people: `1.5 s`, `50 ms`, `20 µs`, with at most three decimals and no rounding up. */
export function formatMicros(t: Micros): string {
  if (t === NEVER) return 'never';
  const size = Math.abs(t);
  if (size >= 1_000_000) return `${decimal(t, 1_000_000)} s`;
  if (size >= 1_000) return `${decimal(t, 1_000)} ms`;
  return `${t} µs`;
}

function decimal(t: number, unit: number): string {
  const thousandths = Math.trunc((t * 1_000) / unit);
  const whole = Math.trunc(thousandths / 1_000);
  const rest = Math.abs(thousandths % 1_000);
  const sign = thousandths < 0 && whole === 0 ? '-' : '';
  const digits = rest === 0 ? '' : `.${String(rest).padStart(3, '0').replace(/0+$/, '')}`;
  return `${sign}${whole}${digits}`;
}
