/** Seconds since 1970 as a date in UTC, without a platform's calendar. */

export interface CivilTime {
  readonly year: number;
  /** 1 … 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAYS_IN_400_YEARS = 146_097;

/** The date of a moment. `seconds` is a whole number, 0 or more. */
export function civilTime(seconds: number): CivilTime {
  const days = Math.floor(seconds / 86_400);
  const rest = seconds - days * 86_400;
  // Years are counted from the first of March, so that the leap day comes last.
  const shifted = days + 719_468;
  const era = Math.floor(shifted / DAYS_IN_400_YEARS);
  const dayOfEra = shifted - era * DAYS_IN_400_YEARS;
  const leaps =
    Math.floor(dayOfEra / 1_460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leaps) / 365);
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
    hour: Math.floor(rest / 3_600),
    minute: Math.floor(rest / 60) % 60,
    second: rest % 60,
  };
}

/** RFC 3659 §2.3: `YYYYMMDDHHMMSS`. */
export function timeValue(seconds: number): string {
  const time = civilTime(seconds);
  const date = `${String(time.year).padStart(4, '0')}${two(time.month)}${two(time.day)}`;
  return `${date}${two(time.hour)}${two(time.minute)}${two(time.second)}`;
}

/** As `ls -l` writes it: the time of day within half a year, else the year. */
export function listTime(seconds: number, now: number): string {
  const time = civilTime(seconds);
  const day = `${MONTHS[time.month - 1]!} ${String(time.day).padStart(2, ' ')}`;
  const recent = seconds <= now && now - seconds < 15_778_476;
  return `${day} ${recent ? `${two(time.hour)}:${two(time.minute)}` : ` ${time.year}`}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
