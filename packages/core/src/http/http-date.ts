/** Dates as HTTP writes and reads them, RFC 9110 §5.6.7: always GMT; written in one form, read in three. */

const DAYS = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * E.g. `Sun, 06 Nov 1994 08:49:37 GMT`.
 * @param epochSeconds whole seconds since 1 January 1970, 0 … 253,402,300,799 (the year 9999)
 */
export function formatHttpDate(epochSeconds: number): string {
  const days = Math.floor(epochSeconds / 86_400);
  const ofDay = epochSeconds - days * 86_400;
  const { year, month, day } = civilFromDays(days);
  const hour = Math.floor(ofDay / 3_600);
  const minute = Math.floor((ofDay % 3_600) / 60);
  const date = `${DAYS[days % 7]!}, ${two(day)} ${MONTHS[month - 1]!} ${String(year).padStart(4, '0')}`;
  return `${date} ${two(hour)}:${two(minute)}:${two(ofDay % 60)} GMT`;
}

const LONG_DAYS = ['Thurs', 'Fri', 'Satur', 'Sun', 'Mon', 'Tues', 'Wednes'];
const TIME = '(\\d\\d):(\\d\\d):(\\d\\d)';
const MONTH = `(${MONTHS.join('|')})`;
const IMF_FIXDATE = new RegExp(`^(?:${DAYS.join('|')}), (\\d\\d) ${MONTH} (\\d{4}) ${TIME} GMT$`);
const RFC_850 = new RegExp(
  `^(?:${LONG_DAYS.join('|')})day, (\\d\\d)-${MONTH}-(\\d\\d) ${TIME} GMT$`,
);
const ASCTIME = new RegExp(`^(?:${DAYS.join('|')}) ${MONTH} ([ \\d]\\d) ${TIME} (\\d{4})$`);

/**
 * The whole seconds since 1970 that a date names; undefined where it is none, or before 1970.
 * @param now seconds since 1970: a year of two digits is never more than 50 years ahead of it
 */
export function parseHttpDate(text: string, now: number): number | undefined {
  const fixed = IMF_FIXDATE.exec(text);
  if (fixed !== null) return secondsOf(fixed.slice(1), Number(fixed[3]));
  const long = RFC_850.exec(text);
  if (long !== null) return secondsOf(long.slice(1), fullYear(Number(long[3]), now));
  const asctime = ASCTIME.exec(text);
  if (asctime === null) return undefined;
  const [, month = '', day = '', hour = '', minute = '', second = '', year = ''] = asctime;
  return secondsOf([day, month, year, hour, minute, second], Number(year));
}

function fullYear(twoDigits: number, now: number): number {
  const { year } = civilFromDays(Math.floor(now / 86_400));
  const sameCentury = year - (year % 100) + twoDigits;
  return sameCentury > year + 50 ? sameCentury - 100 : sameCentury;
}

/** Undefined where there is no such day or time. A leap second (60) is the next minute's first. */
function secondsOf(parts: readonly string[], year: number): number | undefined {
  const [day, , , hour, minute, second] = parts.map(Number) as [number, ...number[]];
  const month = MONTHS.indexOf(parts[1]!) + 1;
  if (year < 1_970 || hour! > 23 || minute! > 59 || second! > 60) return undefined;
  const days = daysFromCivil(year, month, day);
  const civil = civilFromDays(days);
  if (civil.month !== month || civil.day !== day) return undefined;
  return days * 86_400 + hour! * 3_600 + minute! * 60 + second!;
}

function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month > 2 ? year : year - 1;
  const leapDays = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400);
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return shifted * 365 + leapDays + dayOfYear - 719_468;
}

/** The Gregorian calendar, counted from 1 March so that a leap day comes last in its year. */
function civilFromDays(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const ofEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1_460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) /
      365,
  );
  const ofYear =
    ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * ofYear + 2) / 153);
  const day = ofYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}
