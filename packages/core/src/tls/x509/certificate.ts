/** Certificates (RFC 5280 §4) read from DER. */
import type { PublicKey, SignatureAlgorithm } from '../crypto/provider.ts';
import { toHex } from '../../base/bytes.ts';
import { MAX_CERTIFICATE_BYTES } from '../limits.ts';
import { isBroken, signatureAlgorithmOf } from './algorithm.ts';
import {
  NO_EXTENSIONS,
  readExtensions,
  type CertificateExtensions,
} from './certificate-extensions.ts';
import { DerReader } from './der-reader.ts';
import { readName } from './name.ts';
import { publicKeyOf } from './public-key.ts';

export interface Certificate {
  readonly der: Uint8Array;
  /** 1, 2 or 3; only version 3 has extensions. */
  readonly version: number;
  /** The part that is signed. */
  readonly toBeSigned: Uint8Array;
  /** In hexadecimal, as it stands in DER: it may be negative (RFC 5280 §4.1.2.2). */
  readonly serial: string;
  /** Names in DER, as text for people, and in parts to compare (RFC 5280 §7.1). */
  readonly issuer: Uint8Array;
  readonly issuerText: string;
  readonly issuerParts: readonly string[];
  readonly subject: Uint8Array;
  readonly subjectText: string;
  readonly subjectParts: readonly string[];
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
  /** The signature rests on MD2, MD5 or SHA-1. */
  readonly isBroken: boolean;
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
    isBroken: isBroken(algorithm),
    signature,
  };
}

type Outer = 'der' | 'toBeSigned' | 'publicKey' | 'algorithm' | 'isBroken' | 'signature';
type Fields = Omit<Certificate, Outer> & { readonly innerAlgorithm: Uint8Array };

function readFields(contents: Uint8Array): Fields | undefined {
  const reader = new DerReader(contents);
  const version = readVersion(reader);
  const serial = toHex(reader.integerOctets());
  const innerAlgorithm = reader.element(0x30).whole;
  const issuer = reader.element(0x30).whole;
  const validity = reader.inside();
  const notBefore = validity.time();
  const notAfter = validity.time();
  validity.end();
  const subject = reader.element(0x30).whole;
  const keyInfo = reader.element(0x30).whole;
  // RFC 5280 §4.1.2.8: unique identifiers came with version 2, and nobody looks at them.
  if (version > 1 && reader.peek() === 0x81) reader.element();
  if (version > 1 && reader.peek() === 0x82) reader.element();
  const extensions = version === 3 ? readExtensionsOf(reader) : NO_EXTENSIONS;
  reader.end();
  const issuerName = readName(reader.of(issuer));
  const subjectName = readName(reader.of(subject));
  if (reader.failed) return undefined;
  return {
    version,
    serial,
    innerAlgorithm,
    issuer,
    issuerText: issuerName.text,
    issuerParts: issuerName.parts,
    notBefore,
    notAfter,
    subject,
    subjectText: subjectName.text,
    subjectParts: subjectName.parts,
    keyInfo,
    extensions,
  };
}

/** The number on the wire is one less, and that of version 1 is left out (X.690 §11.5). */
function readVersion(reader: DerReader): number {
  const field = reader.optional(0xa0);
  if (field === undefined) return 1;
  const number = field.integer();
  field.end();
  if (number !== 1n && number !== 2n) reader.fail();
  return Number(number) + 1;
}

function readExtensionsOf(reader: DerReader): CertificateExtensions {
  const wrapper = reader.optional(0xa3);
  if (wrapper === undefined) return NO_EXTENSIONS;
  const extensions = readExtensions(wrapper.inside());
  wrapper.end();
  return extensions;
}
