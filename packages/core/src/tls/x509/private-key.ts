/** Private keys as PKCS #8 (RFC 5958), and the older SEC 1 (RFC 5915) and PKCS #1 (RFC 8017 §A.1.2) forms. */
import type { CryptoProvider, PrivateKey, RsaPrivateKey } from '../crypto/provider.ts';
import { pssKey } from '../crypto/pss-key.ts';
import { rsaKeyFromPrimes } from '../crypto/rsa-key.ts';
import { DerReader } from './der-reader.ts';
import { TAG } from './der-tag.ts';
import { derBits, derContext, derInteger, derOctets, derOid, derSequence } from './der-writer.ts';
import { OID } from './oid.ts';
import { pemBlocks, pemText } from './pem.ts';
import { readPssUse, rsaIdentifier } from './public-key.ts';

export function privateKeyPem(key: PrivateKey): string {
  return pemText('PRIVATE KEY', privateKeyInfo(key));
}

/** PrivateKeyInfo, version 0. */
export function privateKeyInfo(key: PrivateKey): Uint8Array {
  const version = derInteger(0);
  if (key.kind === 'RSA') {
    return derSequence(version, rsaIdentifier(key.publicKey), derOctets(rsaPrivateKey(key)));
  }
  if (key.kind === 'Ed25519') {
    return derSequence(version, derSequence(derOid(OID.ed25519)), derOctets(derOctets(key.secret)));
  }
  const curve = derOid(key.kind === 'P-256' ? OID.p256 : OID.p384);
  const { point } = key.publicKey;
  const ecKey = derSequence(derInteger(1), derOctets(key.secret), derContext(1, derBits(point)));
  return derSequence(version, derSequence(derOid(OID.ecPublicKey), curve), derOctets(ecKey));
}

/** The first private key of a PEM file; undefined when there is none that we can use. */
export function privateKeyFromPem(text: string, crypto: CryptoProvider): PrivateKey | undefined {
  for (const { label, der } of pemBlocks(text) ?? []) {
    if (label === 'PRIVATE KEY') return privateKeyOf(der, crypto);
    if (label === 'EC PRIVATE KEY') return ecKeyOf(der, undefined, crypto);
    if (label === 'RSA PRIVATE KEY') return rsaKeyOf(der);
  }
  return undefined;
}

/** A key out of PKCS #8's DER; undefined when it is malformed or of a kind we do not use. */
export function privateKeyOf(der: Uint8Array, crypto: CryptoProvider): PrivateKey | undefined {
  const info = new DerReader(der).inside();
  info.integer();
  const algorithm = info.inside();
  const oid = algorithm.oid();
  const contents = info.element(TAG.octetString).contents;
  if (info.failed) return undefined;
  if (oid === OID.rsaEncryption) return rsaKeyOf(contents);
  if (oid === OID.rsaPss) {
    const [pss, key] = [readPssUse(algorithm), rsaKeyOf(contents)];
    return pss && key && pssKey(key, pss);
  }
  if (oid === OID.ecPublicKey) return ecKeyOf(contents, algorithm.oid(), crypto);
  if (oid !== OID.ed25519) return undefined;
  const secret = new DerReader(contents).element(TAG.octetString).contents;
  return crypto.importKey('Ed25519', secret);
}

function ecKeyOf(
  der: Uint8Array,
  curveOutside: string | undefined,
  crypto: CryptoProvider,
): PrivateKey | undefined {
  const fields = new DerReader(der).inside();
  fields.integer();
  const secret = fields.element(TAG.octetString).contents;
  const curve = fields.optional(0xa0)?.oid() ?? curveOutside;
  if (fields.failed) return undefined;
  if (curve === OID.p256) return crypto.importKey('P-256', secret);
  return curve === OID.p384 ? crypto.importKey('P-384', secret) : undefined;
}

function rsaPrivateKey(key: RsaPrivateKey): Uint8Array {
  const { n, e } = key.publicKey;
  const numbers = [0n, n, e, key.d, key.p, key.q, key.dp, key.dq, key.qInv];
  return derSequence(...numbers.map((number) => derInteger(number)));
}

function rsaKeyOf(der: Uint8Array): RsaPrivateKey | undefined {
  const fields = new DerReader(der).inside();
  const [version, n, e] = [fields.integer(), fields.integer(), fields.integer()];
  fields.integer();
  const [p, q] = [fields.integer(), fields.integer()];
  if (fields.failed || version !== 0n || p * q !== n) return undefined;
  return rsaKeyFromPrimes(p, q, e);
}
