/**
 * RSA keys for RSASSA-PSS alone (RFC 4055 §1.2, §3.3): their object identifier says so, and their
 * parameters, where they have any, restrict the signatures further.
 */
import {
  HASH_LENGTHS,
  type PssParameters,
  type PublicKey,
  type RsaPrivateKey,
  type SignatureAlgorithm,
} from './provider.ts';

/** The same numbers as a key for RSASSA-PSS alone. @param parameters 'any' leaves the key without some */
export function pssKey(key: RsaPrivateKey, parameters: PssParameters | 'any'): RsaPrivateKey {
  return { ...key, publicKey: { ...key.publicKey, pss: parameters } };
}

/** Whether the key may make nothing but RSASSA-PSS signatures. */
export function isPssOnly(key: PublicKey): boolean {
  return key.kind === 'RSA' && key.pss !== undefined;
}

/**
 * Whether the key may sign so. RFC 4055 §3.3: the hash and the mask's hash are those of the key's
 * parameters, and the salt has as many octets as they say, or more. With us it is as long as the hash.
 *
 * Deviation: RFC 8446 §4.2.3 wants the parameters in a certificate's signature identical to the key's,
 * the salt too. That is for whoever signs; who verifies would only refuse what RFC 4055 takes.
 */
export function allowsAlgorithm(key: PublicKey, algorithm: SignatureAlgorithm): boolean {
  if (key.kind !== 'RSA' || key.pss === undefined) return true;
  if (algorithm.family !== 'RSA-PSS') return false;
  const { pss } = key;
  return pss === 'any' || (pss.hash === algorithm.hash && pss.saltLength <= HASH_LENGTHS[pss.hash]);
}

/** What kind of key it is, for people. */
export function keyText(key: PublicKey): string {
  return isPssOnly(key) ? 'RSA-PSS' : key.kind;
}
