/** A provider that remembers everything it was asked and answered. */
import { toHex } from '@tcplab/core';
import {
  NOBLE_CRYPTO,
  type Aead,
  type AgreementKey,
  type CryptoProvider,
  type PublicKey,
  type RunningHash,
} from '@tcplab/core/tls';

/** All values in hexadecimal. */
export class Observed {
  /** Key and data of each HMAC, with its result: `key data` → MAC. */
  readonly macs = new Map<string, string>();
  /** The MACs made with a key. */
  readonly macsOf = new Map<string, string[]>();
  /** Each piece that went into a hash, and each hash that came out. */
  readonly hashed = new Set<string>();
  readonly hashes = new Set<string>();
  /** For each AEAD key the nonces it was used with. */
  readonly nonces = new Map<string, Set<string>>();
  /** What was sealed or opened, with the type of its record but without padding. */
  readonly inside = new Set<string>();
  readonly keyPairs = new Map<string, string>();
  readonly agreed = new Set<string>();
}

/** A signature of the RFC whose private key the RFC does not tell. */
export interface KnownSignature {
  readonly key: PublicKey;
  readonly signature: Uint8Array;
}

/**
 * The crypto of one side. With `known` it signs nothing itself: it hands out that signature, but only
 * for the very content that it verifies for.
 */
export function observedCrypto(seen: Observed, known?: KnownSignature): CryptoProvider {
  const real = NOBLE_CRYPTO;
  return {
    ...bound(real),
    hash: (name) => observedHash(seen, real.hash(name)),
    hmac: (name, key, data) => {
      const mac = real.hmac(name, key, data);
      const [by, of, made] = [toHex(key), toHex(data), toHex(mac)];
      seen.macs.set(`${by} ${of}`, made);
      seen.macsOf.set(by, [...(seen.macsOf.get(by) ?? []), made]);
      return mac;
    },
    aead: (name, key) => observedAead(seen, toHex(key), real.aead(name, key)),
    agreementKey: (group, random) => {
      const key: AgreementKey = real.agreementKey(group, random);
      seen.keyPairs.set(toHex(key.secret), toHex(key.publicKey));
      return key;
    },
    agree: (key, peer) => {
      const secret = real.agree(key, peer);
      if (secret !== undefined) seen.agreed.add(toHex(secret));
      return secret;
    },
    sign: (algorithm, key, content, random) => {
      if (known === undefined) return real.sign(algorithm, key, content, random);
      const { signature } = known;
      if (real.verify(algorithm, known.key, content, signature)) return signature;
      throw new Error('the content to sign is not what the RFC signs');
    },
  };
}

function bound(real: CryptoProvider): CryptoProvider {
  return {
    name: real.name,
    hash: (...all) => real.hash(...all),
    hmac: (...all) => real.hmac(...all),
    aead: (...all) => real.aead(...all),
    agreementKey: (...all) => real.agreementKey(...all),
    agree: (...all) => real.agree(...all),
    generateKey: (...all) => real.generateKey(...all),
    importKey: (...all) => real.importKey(...all),
    sign: (...all) => real.sign(...all),
    verify: (...all) => real.verify(...all),
  };
}

function observedHash(seen: Observed, running: RunningHash): RunningHash {
  return {
    update: (bytes) => {
      seen.hashed.add(toHex(bytes));
      running.update(bytes);
    },
    digest: () => {
      const made = running.digest();
      seen.hashes.add(toHex(made));
      return made;
    },
  };
}

function observedAead(seen: Observed, key: string, aead: Aead): Aead {
  const used = seen.nonces.get(key) ?? new Set<string>();
  seen.nonces.set(key, used);
  return {
    seal: (nonce, additional, plaintext, room) => {
      used.add(toHex(nonce));
      seen.inside.add(toHex(plaintext));
      return aead.seal(nonce, additional, plaintext, room);
    },
    open: (nonce, additional, sealed) => {
      used.add(toHex(nonce));
      const opened = aead.open(nonce, additional, sealed);
      if (opened !== undefined) seen.inside.add(toHex(opened));
      return opened;
    },
  };
}
