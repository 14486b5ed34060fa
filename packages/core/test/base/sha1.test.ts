import { createHash } from 'node:crypto';
import { fc } from '../../../../test/support/fast-check.ts';
import { latin1Bytes, sha1, toHex } from '@tcplab/core';
import { expect, test } from 'vitest';

const digest = (text: string): string => toHex(sha1(latin1Bytes(text)));

test('RFC 3174 §7.3: the test vectors', () => {
  expect(digest('abc')).toBe('a9993e364706816aba3e25717850c26c9cd0d89d');
  expect(digest('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq')).toBe(
    '84983e441c3bd26ebaae4aa1f95129e5e54670f1',
  );
  expect(digest('a'.repeat(1_000_000))).toBe('34aa973cd4c4daa4f61eeb2bdbad27316534016f');
  expect(
    digest('0123456701234567012345670123456701234567012345670123456701234567'.repeat(10)),
  ).toBe('dea356a2cddd90c7a7ecedc5ebb563934f460452');
});

test('agrees with the platform on every length', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(toHex(sha1(bytes))).toBe(createHash('sha1').update(bytes).digest('hex'));
    }),
  );
});
