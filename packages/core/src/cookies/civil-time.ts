/**
 * Calendar time without a platform's Date: the proleptic Gregorian calendar in UTC, leap seconds
 * left out as everywhere on the web.
 */

/** Whole milliseconds since 1970-01-01T00:00:00Z; negative before. */
export type EpochMillis = number;

/** The first moment that a cookie-date can name: RFC 6265 §5.1.1 wants years from 1601 on. */
export const EARLIEST_DATE: EpochMillis = -11_644_473_600_000;
/** The last moment of the year 9999, the last that a cookie-date can name. */
export const LATEST_DATE: EpochMillis = 253_402_300_799_999;
/** The moment at which simulated runs begin when nobody says otherwise: 2026-01-01T00:00:00Z. */
export const DEFAULT_EPOCH: EpochMillis = 1_767_225_600_000;

const DAY_MILLIS = 86_400_000;

export interface CivilTime {
  readonly year: number;
  /** 1 … 12. */
  readonly month: number;
  /** 1 … 31. */
  readonly day: number;
  readonly hour?: number;
  readonly minute?: number;
  readonly second?: number;
}

/** The moment of a date and time in UTC, or undefined where no such date exists (30 February). */
export function epochMillis(time: CivilTime): EpochMillis | undefined {
  const { year, month, day, hour = 0, minute = 0, second = 0 } = time;
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  const seconds = (hour * 60 + minute) * 60 + second;
  return daysSinceEpoch(year, month, day) * DAY_MILLIS + seconds * 1_000;
}

/** A moment for people: `2026-01-01T00:00:00Z`. */
export function formatEpochMillis(moment: EpochMillis): string {
  const days = Math.floor(moment / DAY_MILLIS);
  const seconds = Math.floor((moment - days * DAY_MILLIS) / 1_000);
  // Never too late a year: 366 days each after 1970, 365 before.
  let year = 1_970 + Math.floor(days / (days < 0 ? 365 : 366));
  while (daysSinceEpoch(year + 1, 1, 1) <= days) year += 1;
  let month = 12;
  while (daysSinceEpoch(year, month, 1) > days) month -= 1;
  const day = days - daysSinceEpoch(year, month, 1) + 1;
  const clock = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}T${clock.map((n) => pad(n, 2)).join(':')}Z`;
}

function pad(n: number, width: number): string {
  return String(n).padStart(width, '0');
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Counted with the year beginning in March, so that the leap day comes last. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const shifted = month > 2 ? year : year - 1;
  const leapDays = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400);
  const monthFromMarch = (month + 9) % 12;
  const dayOfYear = Math.floor((153 * monthFromMarch + 2) / 5) + day - 1;
  return shifted * 365 + leapDays + dayOfYear - 719_468;
}
