/** UTCTime and GeneralizedTime (RFC 5280 §4.1.2.5) as seconds since 1970, without a platform's calendar. */

/** `YYYYMMDDHHMMSSZ`. `seconds` is a whole number, years 0 to 9999. */
export function timeText(seconds: number): string {
  const days = Math.floor(seconds / 86_400);
  const [year, month, day] = civilFromDays(days);
  const clock = seconds - days * 86_400;
  const parts = [month, day, Math.floor(clock / 3_600), Math.floor(clock / 60) % 60, clock % 60];
  return `${String(year).padStart(4, '0')}${parts.map((n) => String(n).padStart(2, '0')).join('')}Z`;
}

/** For people: `2030-01-31 23:59:59 UTC`. */
export function timeForPeople(seconds: number): string {
  const text = timeText(seconds);
  const date = `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6, 8)}`;
  return `${date} ${text.slice(8, 10)}:${text.slice(10, 12)}:${text.slice(12, 14)} UTC`;
}

/** Seconds since 1970 of `YYYYMMDDHHMMSSZ`, or undefined when it names no moment. */
export function timeFromText(text: string): number | undefined {
  if (!/^\d{14}Z$/.test(text)) return undefined;
  const part = (from: number, to: number): number => Number(text.slice(from, to));
  const [year, month, day] = [part(0, 4), part(4, 6), part(6, 8)];
  const [hour, minute, second] = [part(8, 10), part(10, 12), part(12, 14)];
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const days = daysFromCivil(year, month, day);
  const [y, m, d] = civilFromDays(days);
  if (y !== year || m !== month || d !== day) return undefined;
  return days * 86_400 + hour * 3_600 + minute * 60 + second;
}

/** UTCTime's two digits mean 1950 to 2049. */
export function timeFromUtcText(text: string): number | undefined {
  const century = Number(text.slice(0, 2)) >= 50 ? '19' : '20';
  return timeFromText(century + text);
}

/** Days since 1970-01-01 in the Gregorian calendar; years counted from 1 March, in eras of 400 years. */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const leapDays = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  return era * 146_097 + yearOfEra * 365 + leapDays + dayOfYear - 719_468;
}

function civilFromDays(days: number): [year: number, month: number, day: number] {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1_460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const leapDays = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  const dayOfYear = dayOfEra - (365 * yearOfEra + leapDays);
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return [yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day];
}
