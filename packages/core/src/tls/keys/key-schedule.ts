/** TLS 1.3's key schedule (RFC 8446 §7.1): early secret → handshake secret → main secret. */
import { EMPTY_BYTES } from '../../base/bytes.ts';
import { expandLabel, hkdfExtract } from '../crypto/hkdf.ts';
import { digest, HASH_LENGTHS, type CryptoProvider, type HashName } from '../crypto/provider.ts';

export class KeySchedule {
  readonly hash: HashName;
  readonly #crypto: CryptoProvider;
  readonly #secret: Uint8Array;

  private constructor(crypto: CryptoProvider, hash: HashName, secret: Uint8Array) {
    this.#crypto = crypto;
    this.hash = hash;
    this.#secret = secret;
  }

  /** The early secret. Without a PSK its place is taken by zeros. */
  static early(crypto: CryptoProvider, hash: HashName, psk?: Uint8Array): KeySchedule {
    const secret =
      psk === undefined
        ? constantsOf(crypto, hash).early
        : hkdfExtract(crypto, hash, EMPTY_BYTES, psk);
    return new KeySchedule(crypto, hash, secret);
  }

  /** The next secret of the three; `material` is the shared secret, or absent for zeros. */
  next(material: Uint8Array = new Uint8Array(HASH_LENGTHS[this.hash])): KeySchedule {
    const salt = this.#salt();
    const secret = hkdfExtract(this.#crypto, this.hash, salt, material);
    return new KeySchedule(this.#crypto, this.hash, secret);
  }

  #salt(): Uint8Array {
    const { early, saltAfterEarly, ofNothing } = constantsOf(this.#crypto, this.hash);
    return this.#secret === early ? saltAfterEarly : this.derive('derived', ofNothing);
  }

  /** Derive-Secret(this secret, label, messages), the messages given by their hash. */
  derive(label: string, transcriptHash: Uint8Array): Uint8Array {
    return expandLabel(this.#crypto, this.hash, this.#secret, { label, context: transcriptHash });
  }

  /** The MAC that proves knowledge of the PSK (RFC 8446 §4.2.11.2). Only on the early secret. */
  binder(transcriptHash: Uint8Array): Uint8Array {
    const key = this.derive('res binder', constantsOf(this.#crypto, this.hash).ofNothing);
    return finishedMac(this.#crypto, this.hash, key, transcriptHash);
  }
}

/** What is the same for every connection of a hash. */
interface Constants {
  /** The hash of no messages at all. */
  readonly ofNothing: Uint8Array;
  /** The early secret where there is no PSK, and the salt that follows from it. */
  readonly early: Uint8Array;
  readonly saltAfterEarly: Uint8Array;
}

const constants = new WeakMap<CryptoProvider, Map<HashName, Constants>>();

function constantsOf(crypto: CryptoProvider, hash: HashName): Constants {
  const byHash = constants.get(crypto) ?? new Map<HashName, Constants>();
  constants.set(crypto, byHash);
  const known = byHash.get(hash);
  if (known !== undefined) return known;
  const ofNothing = digest(crypto, hash, EMPTY_BYTES);
  const early = hkdfExtract(crypto, hash, EMPTY_BYTES, new Uint8Array(HASH_LENGTHS[hash]));
  const label = { label: 'derived', context: ofNothing };
  const saltAfterEarly = expandLabel(crypto, hash, early, label);
  const made = { ofNothing, early, saltAfterEarly };
  byHash.set(hash, made);
  return made;
}

/** verify_data of a Finished (RFC 8446 §4.4.4). */
export function finishedMac(
  crypto: CryptoProvider,
  hash: HashName,
  secret: Uint8Array,
  transcriptHash: Uint8Array,
): Uint8Array {
  const key = expandLabel(crypto, hash, secret, { label: 'finished' });
  return crypto.hmac(hash, key, transcriptHash);
}

/** The PSK that belongs to a ticket (RFC 8446 §4.6.1). */
export function resumptionPsk(
  crypto: CryptoProvider,
  hash: HashName,
  resumptionSecret: Uint8Array,
  nonce: Uint8Array,
): Uint8Array {
  return expandLabel(crypto, hash, resumptionSecret, { label: 'resumption', context: nonce });
}

/** The next generation of a traffic secret (RFC 8446 §7.2). */
export function nextTrafficSecret(
  crypto: CryptoProvider,
  hash: HashName,
  secret: Uint8Array,
): Uint8Array {
  return expandLabel(crypto, hash, secret, { label: 'traffic upd' });
}

/** TLS-Exporter (RFC 8446 §7.5). */
export function exportKeyingMaterial(
  crypto: CryptoProvider,
  hash: HashName,
  exporterSecret: Uint8Array,
  wanted: { readonly label: string; readonly context: Uint8Array; readonly length: number },
): Uint8Array {
  const nothing = constantsOf(crypto, hash).ofNothing;
  const { label, length } = wanted;
  const secret = expandLabel(crypto, hash, exporterSecret, { label, context: nothing });
  const context = digest(crypto, hash, wanted.context);
  return expandLabel(crypto, hash, secret, { label: 'exporter', context, length });
}
