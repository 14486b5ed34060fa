import { fc } from '../../../../test/support/fast-check.ts';
import { formatHttpDate, parseHttpDate } from '@tcplab/core/http';
import { expect, test } from 'vitest';

test('dates agree with the platform from 1970 to 9999', () => {
  fc.assert(
    fc.property(fc.nat({ max: 253_402_300_799 }), (seconds) => {
      expect(formatHttpDate(seconds)).toBe(new Date(seconds * 1_000).toUTCString());
    }),
  );
  expect(formatHttpDate(784_111_777)).toBe('Sun, 06 Nov 1994 08:49:37 GMT');
});

test('what is written is read again, in the old forms too', () => {
  const NOW = 1_767_225_600;
  fc.assert(
    fc.property(fc.nat({ max: 253_402_300_799 }), (seconds) => {
      expect(parseHttpDate(formatHttpDate(seconds), NOW)).toBe(seconds);
    }),
  );
  expect(parseHttpDate('Sunday, 06-Nov-94 08:49:37 GMT', NOW)).toBe(784_111_777);
  expect(parseHttpDate('Sun Nov  6 08:49:37 1994', NOW)).toBe(784_111_777);
  // RFC 9110 §5.6.7: 76 would be 50 years ahead of 2026 and is taken, 77 is the past.
  expect(parseHttpDate('Wednesday, 01-Jan-76 00:00:00 GMT', NOW)).toBe(3_345_062_400);
  expect(parseHttpDate('Saturday, 01-Jan-77 00:00:00 GMT', NOW)).toBe(220_924_800);
});

test.each([
  'Sun, 06 Nov 1994 08:49:37',
  'Sun, 6 Nov 1994 08:49:37 GMT',
  'sun, 06 Nov 1994 08:49:37 GMT',
  'Sun, 30 Feb 1994 08:49:37 GMT',
  'Sun, 00 Nov 1994 08:49:37 GMT',
  'Sun, 06 Nov 1994 24:00:00 GMT',
  'Sun, 06 Nov 1994 08:60:00 GMT',
  'Sun, 06 Nov 1994 08:49:37 UTC',
  'Mon, 01 Jan 1900 00:00:00 GMT',
  '0',
  '',
])('%j is no date', (text) => {
  expect(parseHttpDate(text, 0)).toBeUndefined();
});
