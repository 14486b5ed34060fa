/** Dates as HTTP writes them, RFC 9110 §5.6.7: always GMT, always this form. */

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
