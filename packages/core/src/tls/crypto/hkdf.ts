/** HKDF (RFC 5869) and TLS 1.3's labelled form of it (RFC 8446 §7.1). */
import { EMPTY_BYTES, latin1Bytes, writeU16 } from '../../base/bytes.ts';
import { invariant } from '../../base/errors.ts';
import { HASH_LENGTHS, type CryptoProvider, type HashName } from './provider.ts';

/** HKDF-Extract: a key of the hash's length out of keying material. */
export function hkdfExtract(
  crypto: CryptoProvider,
  hash: HashName,
  salt: Uint8Array,
  material: Uint8Array,
): Uint8Array {
  const key = salt.length === 0 ? new Uint8Array(HASH_LENGTHS[hash]) : salt;
  return crypto.hmac(hash, key, material);
}

/** HKDF-Expand: `length` octets out of a key. */
export function hkdfExpand(
  crypto: CryptoProvider,
  hash: HashName,
  key: Uint8Array,
  { info, length }: { readonly info: Uint8Array; readonly length: number },
): Uint8Array {
  const size = HASH_LENGTHS[hash];
  // T(1) needs no block before it; nearly all that TLS derives is no longer than that one.
  const first = crypto.hmac(hash, key, blockInput(EMPTY_BYTES, info, 1));
  if (length <= size) return first.subarray(0, length);
  const whole = new Uint8Array(Math.ceil(length / size) * size);
  whole.set(first);
  let block = first;
  for (let i = 1; i * size < length; i += 1) {
    block = crypto.hmac(hash, key, blockInput(block, info, i + 1));
    whole.set(block, i * size);
  }
  return whole.subarray(0, length);
}

/** T(n − 1) ‖ info ‖ n. */
function blockInput(before: Uint8Array, info: Uint8Array, number: number): Uint8Array {
  const input = new Uint8Array(before.length + info.length + 1);
  input.set(before);
  input.set(info, before.length);
  input[input.length - 1] = number;
  return input;
}

/** HKDF-Expand-Label(Secret, Label, Context, Length). */
export function expandLabel(
  crypto: CryptoProvider,
  hash: HashName,
  secret: Uint8Array,
  {
    label,
    context = EMPTY_BYTES,
    length = HASH_LENGTHS[hash],
  }: { readonly label: string; readonly context?: Uint8Array; readonly length?: number },
): Uint8Array {
  return hkdfExpand(crypto, hash, secret, { info: hkdfLabel(label, context, length), length });
}

const LABEL_PREFIX = latin1Bytes('tls13 ');

/** The structure HkdfLabel: a number of 16 bits and two vectors whose lengths take one octet. */
function hkdfLabel(label: string, context: Uint8Array, length: number): Uint8Array {
  const named = LABEL_PREFIX.length + label.length;
  invariant(named < 256 && context.length < 256, `the label ${label} or its context is too long`);
  const info = new Uint8Array(2 + 1 + named + 1 + context.length);
  writeU16(info, 0, length);
  info[2] = named;
  info.set(LABEL_PREFIX, 3);
  const at = 3 + LABEL_PREFIX.length;
  for (let i = 0; i < label.length; i += 1) info[at + i] = label.charCodeAt(i);
  info[3 + named] = context.length;
  info.set(context, 4 + named);
  return info;
}
