import { describe, expect, it } from 'vitest';
import { NOBLE_CRYPTO, type CryptoProvider } from '@tcplab/core/tls/crypto';
import {
  CertificateAuthority,
  readCertificate,
  readChain,
  timeFromText,
  verifyChain,
  type Certificate,
} from '@tcplab/core/tls/x509';
import { testRandom } from '../support/random.ts';

const NOW = timeFromText('20300101000000Z')!;
const YEAR = 31_536_000;
const validity = { notBefore: NOW - YEAR, notAfter: NOW + YEAR };
const root = CertificateAuthority.root({ name: 'Root', validity, random: testRandom() });
const leaf = root.leaf({ names: ['server.example'] }).chain[0]!;

/** Says how many signatures were verified for a path from the chain to the anchor. */
function verifications(chain: readonly Uint8Array[], anchor: Uint8Array): number | 'refused' {
  let count = 0;
  const crypto: CryptoProvider = {
    ...NOBLE_CRYPTO,
    verify: (...about) => {
      count += 1;
      return NOBLE_CRYPTO.verify(...about);
    },
  };
  const certificates = readChain(chain) as Certificate[];
  const anchors = [readCertificate(anchor)!];
  const path = verifyChain(certificates, { anchors, purpose: 'server', at: NOW, crypto });
  return 'alert' in path ? 'refused' : count;
}

describe('certificates that come back', () => {
  it('are the same object for the same octets, wherever those lie', () => {
    const certificate = readCertificate(leaf);
    expect(certificate).toBeDefined();
    expect(readCertificate(leaf.slice())).toBe(certificate);
  });

  it('do not change when the buffer they were read from does', () => {
    const buffer = leaf.slice();
    const certificate = readCertificate(buffer)!;
    buffer.fill(0);
    expect(certificate.der).toEqual(leaf);
    expect(readCertificate(leaf)!.toBeSigned.some((octet) => octet !== 0)).toBe(true);
  });

  it('are forgotten when many others came after them', () => {
    const certificate = readCertificate(leaf)!;
    for (let i = 0; i < 256; i += 1) {
      readCertificate(root.leaf({ names: [`host${i}.example`] }).chain[0]!);
    }
    expect(readCertificate(leaf)).not.toBe(certificate);
    expect(readCertificate(leaf)).toEqual(certificate);
  });

  it('are verified once against the key that signed them', () => {
    const chain = root.leaf({ names: ['once.example'] }).chain;
    expect(verifications(chain, root.certificate)).toBe(1);
    expect(verifications(chain, root.certificate)).toBe(0);
  });

  it('are refused under another key, even after the right one was seen', () => {
    const chain = root.leaf({ names: ['twice.example'] }).chain;
    const twin = CertificateAuthority.root({ name: 'Root', validity, random: testRandom(2) });
    expect(verifications(chain, root.certificate)).toBe(1);
    expect(verifications(chain, twin.certificate)).toBe('refused');
    expect(verifications(chain, root.certificate)).toBe(0);
  });
});
