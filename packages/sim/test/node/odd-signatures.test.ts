/** Both providers have one opinion of ECDSA signatures in forms that nobody writes. */
import { expect, it } from 'vitest';
import { NODE_CRYPTO } from '@tcplab/sim/node';
import { BROKEN_FORMS, otherS } from '../../../core/test/tls/support/ecdsa.ts';
import { forge, verdict } from '../../../core/test/tls/support/forge.ts';
import { LEAF, ROOT, ROOT_DER } from '../../../core/test/tls/support/odd-certificate.ts';

const judge = (resign: (signature: Uint8Array) => Uint8Array): string =>
  verdict([forge(ROOT, LEAF, { resign })], [ROOT_DER], { crypto: NODE_CRYPTO });

it('OpenSSL takes both values of s', () => {
  expect(judge(otherS)).toBe('path of 2');
});

it.each(BROKEN_FORMS)('PKI-03 OpenSSL refuses a signature with %s', (_what, resign) => {
  expect(judge(resign)).toBe('bad_certificate (PKI-03)');
});
