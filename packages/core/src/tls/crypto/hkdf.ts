/** HKDF (RFC 5869) and TLS 1.3's labelled form of it (RFC 8446 §7.1). */
import { concatBytes, EMPTY_BYTES, latin1Bytes } from '../../base/bytes.ts';
import { Writer } from '../codec/writer.ts';
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
  const blocks: Uint8Array[] = [];
  let block: Uint8Array = EMPTY_BYTES;
  for (let made = 0; made < length; made += block.length) {
    block = crypto.hmac(hash, key, concatBytes([block, info, Uint8Array.of(blocks.length + 1)]));
    blocks.push(block);
  }
  return concatBytes([...blocks, EMPTY_BYTES]).subarray(0, length);
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
  const info = new Writer()
    .u16(length)
    .vector(1, latin1Bytes(`tls13 ${label}`))
    .vector(1, context)
    .toBytes();
  return hkdfExpand(crypto, hash, secret, { info, length });
}
