import { fc } from '../../../../test/support/fast-check.ts';
import { formatHttpDate } from '@tcplab/core/http';
import { expect, test } from 'vitest';

test('dates agree with the platform from 1970 to 9999', () => {
  fc.assert(
    fc.property(fc.nat({ max: 253_402_300_799 }), (seconds) => {
      expect(formatHttpDate(seconds)).toBe(new Date(seconds * 1_000).toUTCString());
    }),
  );
  expect(formatHttpDate(784_111_777)).toBe('Sun, 06 Nov 1994 08:49:37 GMT');
});
