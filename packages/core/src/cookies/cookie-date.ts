/** RFC 6265 §5.1.1: the date of an Expires attribute, in whatever form servers write it. */
import { epochMillis, type EpochMillis } from './civil-time.ts';

const DELIMITERS = /[\t\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+/;
const TIME = /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[^\d]|$)/;
const DAY_OF_MONTH = /^(\d{1,2})(?:[^\d]|$)/;
const YEAR = /^(\d{2,4})(?:[^\d]|$)/;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

interface Found {
  time?: readonly [hour: number, minute: number, second: number];
  day?: number;
  month?: number;
  year?: number;
}

/** The moment a cookie-date names, or undefined when it fails to parse. Never throws. */
export function parseCookieDate(cookieDate: string): EpochMillis | undefined {
  const found: Found = {};
  for (const token of cookieDate.split(DELIMITERS)) if (token !== '') takeToken(token, found);
  const { time, day, month, year } = found;
  // Step 5, first bullet: every part must have been found.
  if (time === undefined || day === undefined || month === undefined || year === undefined) {
    return undefined;
  }
  const [hour, minute, second] = time;
  // Steps 3 and 4: two digits mean 1970 … 2069.
  const fullYear = year >= 70 && year <= 99 ? year + 1_900 : year <= 69 ? year + 2_000 : year;
  if (fullYear < 1_601 || hour > 23 || minute > 59 || second > 59) return undefined;
  return epochMillis({ year: fullYear, month, day, hour, minute, second });
}

/** Step 2: the first production that the token matches and that is still missing takes it. */
function takeToken(token: string, found: Found): void {
  const time = found.time === undefined ? TIME.exec(token) : null;
  if (time !== null) {
    found.time = [Number(time[1]), Number(time[2]), Number(time[3])];
    return;
  }
  const day = found.day === undefined ? DAY_OF_MONTH.exec(token) : null;
  if (day !== null) {
    found.day = Number(day[1]);
    return;
  }
  const month = MONTHS.indexOf(token.slice(0, 3).toLowerCase());
  if (found.month === undefined && month >= 0) {
    found.month = month + 1;
    return;
  }
  const year = found.year === undefined ? YEAR.exec(token) : null;
  if (year !== null) found.year = Number(year[1]);
}
