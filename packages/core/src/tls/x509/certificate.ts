/** Certificates (RFC 5280 §4) read from DER. */
import type { PublicKey, SignatureAlgorithm } from '../crypto/provider.ts';
import { toHex } from '../../base/bytes.ts';
import { MAX_CERTIFICATE_BYTES } from '../limits.ts';
import { signatureAlgorithmOf } from './algorithm.ts';
import {
  NO_EXTENSIONS,
  readExtensions,
  type CertificateExtensions,
} from './certificate-extensions.ts';
import { DerReader } from './der-reader.ts';
import { derInteger } from './der-writer.ts';
import { readName } from './name.ts';
import { publicKeyOf } from './public-key.ts';

export interface Certificate {
  readonly der: Uint8Array;
  /** The part that is signed. */
  readonly toBeSigned: Uint8Array;
  /** In hexadecimal. */
  readonly serial: string;
  /** Names in DER, to compare, and as text for people. */
  readonly issuer: Uint8Array;
  readonly issuerText: string;
  readonly subject: Uint8Array;
  readonly subjectText: string;
  /** Seconds since 1970; both ends belong to the validity. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** SubjectPublicKeyInfo in DER. */
  readonly keyInfo: Uint8Array;
  /** Undefined for kinds of keys that we do not use. */
  readonly publicKey: PublicKey | undefined;
  readonly extensions: CertificateExtensions;
  /** Undefined for algorithms that we do not verify. */
  readonly algorithm: SignatureAlgorithm | undefined;
  readonly signature: Uint8Array;
}

/** The certificate; undefined when the octets are none in DER. */
export function parseCertificate(der: Uint8Array): Certificate | undefined {
  if (der.length > MAX_CERTIFICATE_BYTES) return undefined;
  const outer = new DerReader(der);
  const parts = outer.inside();
  outer.end();
  const signed = parts.element(0x30);
  const algorithm = parts.element(0x30).whole;
  const signature = parts.bits();
  parts.end();
  if (outer.failed) return undefined;
  const fields = readFields(signed.contents);
  // RFC 5280 §4.1.1.2: the algorithm outside is the one that is signed inside.
  if (fields === undefined || toHex(fields.innerAlgorithm) !== toHex(algorithm)) return undefined;
  const { innerAlgorithm: _same, ...rest } = fields;
  return {
    der,
    toBeSigned: signed.whole,
    ...rest,
    publicKey: publicKeyOf(rest.keyInfo),
    algorithm: signatureAlgorithmOf(algorithm),
    signature,
  };
}

type Fields = Omit<Certificate, 'der' | 'toBeSigned' | 'publicKey' | 'algorithm' | 'signature'> & {
  readonly innerAlgorithm: Uint8Array;
};

function readFields(contents: Uint8Array): Fields | undefined {
  const reader = new DerReader(contents);
  const version = reader.optional(0xa0)?.integer() ?? 0n;
  const serial = reader.integer();
  const innerAlgorithm = reader.element(0x30).whole;
  const issuer = reader.element(0x30).whole;
  const validity = reader.inside();
  const notBefore = validity.time();
  const notAfter = validity.time();
  validity.end();
  const subject = reader.element(0x30).whole;
  const keyInfo = reader.element(0x30).whole;
  if (reader.peek() === 0x81) reader.element();
  if (reader.peek() === 0x82) reader.element();
  const extensions = readExtensionsOf(reader);
  reader.end();
  const issuerName = new DerReader(issuer);
  const issuerText = readName(issuerName);
  const subjectName = new DerReader(subject);
  const subjectText = readName(subjectName);
  if (reader.failed || issuerName.failed || subjectName.failed || version > 2n) return undefined;
  return {
    serial: toHex(derInteger(serial).subarray(2)),
    innerAlgorithm,
    issuer,
    issuerText,
    notBefore,
    notAfter,
    subject,
    subjectText,
    keyInfo,
    extensions,
  };
}

function readExtensionsOf(reader: DerReader): CertificateExtensions {
  const wrapper = reader.optional(0xa3);
  if (wrapper === undefined) return NO_EXTENSIONS;
  const extensions = readExtensions(wrapper.inside());
  wrapper.end();
  return extensions;
}
