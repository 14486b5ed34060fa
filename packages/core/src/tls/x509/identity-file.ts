/** Certificates and keys as people keep them: PEM files, as `openssl` and certificate services write them. */
import { equalBytes } from '../../base/bytes.ts';
import { CallError } from '../../base/errors.ts';
import { NOBLE_CRYPTO } from '../crypto/noble-provider.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import type { Identity } from './authority.ts';
import { parseCertificate } from './certificate.ts';
import { pemBlocks, pemText } from './pem.ts';
import { privateKeyFromPem, privateKeyPem } from './private-key.ts';
import { publicKeyInfo } from './public-key.ts';

/** All certificates of a PEM file in DER, in order. @throws CallError when there is none, or one is broken */
export function certificatesFromPem(text: string): Uint8Array[] {
  const blocks = pemBlocks(text)?.filter(({ label }) => label === 'CERTIFICATE') ?? [];
  if (blocks.length === 0) throw new CallError('no certificate in the PEM file');
  return blocks.map(({ der }) => {
    if (parseCertificate(der) === undefined) throw new CallError('a certificate is not X.509');
    return der;
  });
}

/**
 * A chain with its key, the leaf first.
 * @throws CallError when a file holds nothing usable, or one not what belongs to the other; keys are P-256, P-384, Ed25519 or RSA, unencrypted
 */
export function identityFromPem(
  certificates: string,
  privateKey: string,
  crypto: CryptoProvider = NOBLE_CRYPTO,
): Identity {
  const chain = certificatesFromPem(certificates);
  const key = privateKeyFromPem(privateKey, crypto);
  if (key === undefined) throw new CallError('no usable private key in the PEM file');
  checkIdentity({ chain, key });
  return { chain, key };
}

/** @throws CallError unless the first certificate can be read and is that of the key */
export function checkIdentity({ chain, key }: Identity): void {
  const [first] = chain;
  const leaf = first && parseCertificate(first);
  if (leaf?.publicKey === undefined) throw new CallError('the certificate is not usable X.509');
  if (!equalBytes(publicKeyInfo(leaf.publicKey), publicKeyInfo(key.publicKey))) {
    throw new CallError('the private key is not that of the first certificate');
  }
}

/** Both files' texts for an identity. */
export function identityToPem({ chain, key }: Identity): {
  readonly certificates: string;
  readonly privateKey: string;
} {
  const certificates = chain.map((der) => pemText('CERTIFICATE', der)).join('');
  return { certificates, privateKey: privateKeyPem(key) };
}
