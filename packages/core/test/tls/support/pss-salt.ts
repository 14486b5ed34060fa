/** The salt inside an RSASSA-PSS signature: what its maker drew by chance (RFC 8017 §9.1.2). */
import { concatBytes } from '@tcplab/core';
import { NOBLE_CRYPTO, type RsaPublicKey } from '@tcplab/core/tls';
import { digest } from '../../../src/tls/crypto/provider.ts';
import {
  byteLength,
  numberFromBytes,
  numberToBytes,
  rsaPublic,
} from '../../../src/tls/crypto/rsa-math.ts';

const SIZE = 32;

/** With SHA-256 for the hash and for the mask, and a salt as long as the hash. */
export function pssSalt(key: RsaPublicKey, signature: Uint8Array): Uint8Array {
  const encoded = numberToBytes(rsaPublic(key, numberFromBytes(signature)), byteLength(key.n));
  const maskedAt = encoded.length - SIZE - 1;
  const seed = encoded.subarray(maskedAt, -1);
  const blocks = Math.ceil(maskedAt / SIZE);
  const mask = concatBytes(
    Array.from({ length: blocks }, (_, i) =>
      digest(NOBLE_CRYPTO, 'SHA-256', concatBytes([seed, Uint8Array.of(0, 0, 0, i)])),
    ),
  );
  const block = encoded.subarray(0, maskedAt).map((octet, i) => octet ^ mask[i]!);
  return block.slice(-SIZE);
}
