import { describe, expect, test } from 'vitest';
import { base64, base64Bytes, base64Url, utf8Bytes } from '@tcplab/core';
import { fc } from '../../../../test/support/fast-check.ts';

describe('base 64 (RFC 4648)', () => {
  test.each([
    ['', ''],
    ['f', 'Zg=='],
    ['fo', 'Zm8='],
    ['foo', 'Zm9v'],
    ['foob', 'Zm9vYg=='],
    ['fooba', 'Zm9vYmE='],
    ['foobar', 'Zm9vYmFy'],
  ])('the test vector of §10 for "%s" is "%s"', (text, encoded) => {
    expect(base64(utf8Bytes(text))).toBe(encoded);
    expect(base64Bytes(encoded)).toEqual(utf8Bytes(text));
  });

  test.each(['a', 'Zg=', 'Zg===', 'Z g=', 'Zm9v\n', 'Zm9v====', '*'])('"%s" is refused', (text) => {
    expect(base64Bytes(text)).toBeUndefined();
  });

  test('any octets come back from both forms, which the platform reads too', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(base64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
        expect(base64Url(bytes)).toBe(Buffer.from(bytes).toString('base64url'));
        expect(base64Bytes(base64(bytes))).toEqual(bytes);
        expect(base64Bytes(base64Url(bytes))).toEqual(bytes);
      }),
    );
  });
});
