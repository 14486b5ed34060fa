/**
 * RSA signatures (RFC 8017 §8): PSS with a salt as long as the hash, and PKCS #1 v1.5. Hashes come
 * from a provider; the number theory is `rsa-math.ts`.
 */
import { concatBytes, equalBytes, fromHex } from '../../base/bytes.ts';
import type { RandomStream } from '../../base/random.ts';
import {
  digest,
  HASH_LENGTHS,
  type CryptoProvider,
  type HashName,
  type RsaPrivateKey,
  type RsaPublicKey,
} from './provider.ts';
import {
  bitLength,
  byteLength,
  numberFromBytes,
  numberToBytes,
  rsaPrivate,
  rsaPublic,
} from './rsa-math.ts';

type Hashes = Pick<CryptoProvider, 'hash'>;
type PrivateOperation = (key: RsaPrivateKey, value: bigint) => bigint;

/** DER of the DigestInfo up to the hash (RFC 8017 §9.2, note 1). */
const DIGEST_INFO: { readonly [Name in HashName]: string } = {
  'SHA-256': '3031300d060960864801650304020105000420',
  'SHA-384': '3041300d060960864801650304020205000430',
  'SHA-512': '3051300d060960864801650304020305000440',
};

export class RsaSignature {
  readonly #hashes: Hashes;
  readonly #private: PrivateOperation;

  /** @param privateOperation another way to compute x^d mod n, where a platform is faster. */
  constructor(hashes: Hashes, privateOperation: PrivateOperation = rsaPrivate) {
    this.#hashes = hashes;
    this.#private = privateOperation;
  }

  /** RSASSA-PKCS1-v1_5 (RFC 8017 §8.2). The key must be long enough for the hash. */
  signPkcs1(hash: HashName, key: RsaPrivateKey, message: Uint8Array): Uint8Array {
    const length = byteLength(key.publicKey.n);
    const padded = this.#encodePkcs1(hash, message, length)!;
    return numberToBytes(this.#private(key, numberFromBytes(padded)), length);
  }

  verifyPkcs1(
    hash: HashName,
    key: RsaPublicKey,
    message: Uint8Array,
    signature: Uint8Array,
  ): boolean {
    const opened = openSignature(key, signature);
    const expected = this.#encodePkcs1(hash, message, byteLength(key.n));
    return opened !== undefined && expected !== undefined && equalBytes(opened, expected);
  }

  /** RSASSA-PSS (RFC 8017 §8.1), MGF1 with the same hash, the salt drawn from `random`. */
  signPss(
    hash: HashName,
    key: RsaPrivateKey,
    message: Uint8Array,
    random: RandomStream,
  ): Uint8Array {
    const bits = bitLength(key.publicKey.n) - 1;
    const salt = random.bytes(HASH_LENGTHS[hash]);
    const encoded = this.#encodePss(hash, message, salt, bits);
    const value = this.#private(key, numberFromBytes(encoded));
    return numberToBytes(value, byteLength(key.publicKey.n));
  }

  verifyPss(
    hash: HashName,
    key: RsaPublicKey,
    message: Uint8Array,
    signature: Uint8Array,
  ): boolean {
    const opened = openSignature(key, signature);
    if (opened === undefined) return false;
    const bits = bitLength(key.n) - 1;
    const length = Math.ceil(bits / 8);
    // With a modulus of 8k + 1 bits the encoded message is one octet shorter (RFC 8017 §8.1.2).
    if (opened.length > length && opened[0] !== 0) return false;
    return this.#checkPss(hash, message, opened.subarray(opened.length - length), bits);
  }

  /** EMSA-PKCS1-v1_5 (RFC 8017 §9.2); undefined when the modulus is too short for the hash. */
  #encodePkcs1(hash: HashName, message: Uint8Array, length: number): Uint8Array | undefined {
    const info = concatBytes([fromHex(DIGEST_INFO[hash])!, this.#digest(hash, message)]);
    if (length < info.length + 11) return undefined;
    const padded = new Uint8Array(length).fill(0xff);
    padded[0] = 0;
    padded[1] = 1;
    padded[length - info.length - 1] = 0;
    padded.set(info, length - info.length);
    return padded;
  }

  /** EMSA-PSS-ENCODE (RFC 8017 §9.1.1). */
  #encodePss(hash: HashName, message: Uint8Array, salt: Uint8Array, bits: number): Uint8Array {
    const length = Math.ceil(bits / 8);
    const h = this.#saltedHash(hash, message, salt);
    const block = new Uint8Array(length - h.length - 1);
    block[block.length - salt.length - 1] = 1;
    block.set(salt, block.length - salt.length);
    this.#mask(hash, h, block);
    block[0]! &= 0xff >> (length * 8 - bits);
    return concatBytes([block, h, Uint8Array.of(0xbc)]);
  }

  /** EMSA-PSS-VERIFY (RFC 8017 §9.1.2) with a salt as long as the hash. */
  #checkPss(hash: HashName, message: Uint8Array, encoded: Uint8Array, bits: number): boolean {
    const size = HASH_LENGTHS[hash];
    const unusedBits = encoded.length * 8 - bits;
    if (encoded.length < size * 2 + 2 || encoded[encoded.length - 1] !== 0xbc) return false;
    const block = encoded.slice(0, encoded.length - size - 1);
    const h = encoded.subarray(encoded.length - size - 1, encoded.length - 1);
    if (block[0]! >> (8 - unusedBits) !== 0) return false;
    this.#mask(hash, h, block);
    block[0]! &= 0xff >> unusedBits;
    const saltAt = block.length - size;
    for (let i = 0; i < saltAt - 1; i += 1) if (block[i] !== 0) return false;
    if (block[saltAt - 1] !== 1) return false;
    return equalBytes(h, this.#saltedHash(hash, message, block.subarray(saltAt)));
  }

  #saltedHash(hash: HashName, message: Uint8Array, salt: Uint8Array): Uint8Array {
    return this.#digest(hash, concatBytes([new Uint8Array(8), this.#digest(hash, message), salt]));
  }

  /** Exclusive-ors MGF1(seed) (RFC 8017 §B.2.1) into `block`. */
  #mask(hash: HashName, seed: Uint8Array, block: Uint8Array): void {
    const size = HASH_LENGTHS[hash];
    for (let counter = 0; counter * size < block.length; counter += 1) {
      const part = this.#digest(hash, concatBytes([seed, Uint8Array.of(0, 0, 0, counter)]));
      for (let i = 0; i < size && counter * size + i < block.length; i += 1) {
        block[counter * size + i]! ^= part[i]!;
      }
    }
  }

  #digest(hash: HashName, bytes: Uint8Array): Uint8Array {
    return digest(this.#hashes, hash, bytes);
  }
}

/** The signature raised to e, in the modulus's length; undefined when its form is wrong. */
function openSignature(key: RsaPublicKey, signature: Uint8Array): Uint8Array | undefined {
  const length = byteLength(key.n);
  if (signature.length !== length) return undefined;
  const value = numberFromBytes(signature);
  return value < key.n ? numberToBytes(rsaPublic(key, value), length) : undefined;
}
