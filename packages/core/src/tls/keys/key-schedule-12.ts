/** TLS 1.2's derivations (RFC 5246 §5, §6.3, §8.1; RFC 7627 §4). */
import { concatBytes, EMPTY_BYTES, latin1Bytes } from '../../base/bytes.ts';
import { AEAD_KEY_LENGTHS, type CryptoProvider } from '../crypto/provider.ts';
import type { CipherSuite } from '../parameters/cipher-suite.ts';

const MASTER_SECRET_LENGTH = 48;
const VERIFY_DATA_LENGTH = 12;

/** PRF(secret, label, seed), `length` octets by the hash of the suite. */
function prf(
  crypto: CryptoProvider,
  suite: CipherSuite,
  secret: Uint8Array,
  wanted: { readonly label: string; readonly seed: Uint8Array; readonly length: number },
): Uint8Array {
  const seed = concatBytes([latin1Bytes(wanted.label), wanted.seed]);
  const blocks: Uint8Array[] = [EMPTY_BYTES];
  let a = seed;
  for (let made = 0; made < wanted.length;) {
    a = crypto.hmac(suite.hash, secret, a);
    const block = crypto.hmac(suite.hash, secret, concatBytes([a, seed]));
    blocks.push(block);
    made += block.length;
  }
  return concatBytes(blocks).slice(0, wanted.length);
}

export interface Randoms {
  readonly client: Uint8Array;
  readonly server: Uint8Array;
}

/** Bound to the randoms alone (RFC 5246 §8.1). */
export function masterSecret(
  crypto: CryptoProvider,
  suite: CipherSuite,
  preMaster: Uint8Array,
  randoms: Randoms,
): Uint8Array {
  const seed = concatBytes([randoms.client, randoms.server]);
  return prf(crypto, suite, preMaster, {
    label: 'master secret',
    seed,
    length: MASTER_SECRET_LENGTH,
  });
}

/** Bound to the whole handshake up to the ClientKeyExchange (RFC 7627 §4). */
export function extendedMasterSecret(
  crypto: CryptoProvider,
  suite: CipherSuite,
  preMaster: Uint8Array,
  sessionHash: Uint8Array,
): Uint8Array {
  const label = 'extended master secret';
  return prf(crypto, suite, preMaster, { label, seed: sessionHash, length: MASTER_SECRET_LENGTH });
}

export interface WriteKeys {
  readonly key: Uint8Array;
  /** RFC 5288: four octets for AES-GCM. RFC 7905: twelve for ChaCha20-Poly1305. */
  readonly iv: Uint8Array;
}

/** The write keys of both sides (RFC 5246 §6.3); AEAD ciphers have no MAC keys. */
export function keyBlock(
  crypto: CryptoProvider,
  suite: CipherSuite,
  master: Uint8Array,
  randoms: Randoms,
): { readonly client: WriteKeys; readonly server: WriteKeys } {
  const keyLength = AEAD_KEY_LENGTHS[suite.aead];
  const ivLength = suite.aead === 'ChaCha20-Poly1305' ? 12 : 4;
  const block = prf(crypto, suite, master, {
    label: 'key expansion',
    seed: concatBytes([randoms.server, randoms.client]),
    length: 2 * (keyLength + ivLength),
  });
  const ivs = 2 * keyLength;
  return {
    client: { key: block.slice(0, keyLength), iv: block.slice(ivs, ivs + ivLength) },
    server: { key: block.slice(keyLength, ivs), iv: block.slice(ivs + ivLength) },
  };
}

/** verify_data of a Finished (RFC 5246 §7.4.9). */
export function verifyData(
  crypto: CryptoProvider,
  suite: CipherSuite,
  master: Uint8Array,
  { sender, hash }: { readonly sender: 'client' | 'server'; readonly hash: Uint8Array },
): Uint8Array {
  const label = `${sender} finished`;
  return prf(crypto, suite, master, { label, seed: hash, length: VERIFY_DATA_LENGTH });
}

/** RFC 5705 §4: keying material for the application; with `context`, its length is hashed too. */
export function exportKeyingMaterial12(
  crypto: CryptoProvider,
  suite: CipherSuite,
  master: Uint8Array,
  wanted: {
    readonly randoms: Randoms;
    readonly label: string;
    readonly context: Uint8Array | undefined;
    readonly length: number;
  },
): Uint8Array {
  const { randoms, label, context, length } = wanted;
  const parts = [randoms.client, randoms.server];
  if (context !== undefined) {
    parts.push(Uint8Array.of(context.length >>> 8, context.length & 0xff), context);
  }
  return prf(crypto, suite, master, { label, seed: concatBytes(parts), length });
}
