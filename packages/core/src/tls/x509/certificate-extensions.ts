/** Certificate extensions (RFC 5280 §4.2), read and written. */
import { latin1Bytes, toHex } from '../../base/bytes.ts';
import { DerReader } from './der-reader.ts';
import {
  derBoolean,
  derContext,
  derInteger,
  derNamedBits,
  derOctets,
  derOid,
  derSequence,
} from './der-writer.ts';
import { ipv4Octets, readAlternativeNames, type AlternativeName } from './name.ts';
import { OID } from './oid.ts';
import { TAG } from './der-tag.ts';

/** Bits of keyUsage (RFC 5280 §4.2.1.3). */
export const KEY_USAGE = {
  digitalSignature: 0,
  keyEncipherment: 2,
  keyCertSign: 5,
  crlSign: 6,
} as const;

export interface CertificateExtensions {
  /** cA of basicConstraints; false where the extension is absent. */
  readonly isAuthority: boolean;
  readonly pathLength: number | undefined;
  /** Bit numbers; undefined where the extension is absent and every use is allowed. */
  readonly keyUsage: readonly number[] | undefined;
  /** Purposes as identifiers; undefined where every purpose is allowed. */
  readonly extendedKeyUsage: readonly string[] | undefined;
  readonly alternativeNames: readonly AlternativeName[];
  /** In hexadecimal. */
  readonly subjectKeyId: string | undefined;
  readonly authorityKeyId: string | undefined;
  /** Critical extensions that we do not understand. */
  readonly unknownCritical: readonly string[];
}

export const NO_EXTENSIONS: CertificateExtensions = {
  isAuthority: false,
  pathLength: undefined,
  keyUsage: undefined,
  extendedKeyUsage: undefined,
  alternativeNames: [],
  subjectKeyId: undefined,
  authorityKeyId: undefined,
  unknownCritical: [],
};

type Draft = { -readonly [Key in keyof CertificateExtensions]: CertificateExtensions[Key] };

export function readExtensions(list: DerReader): CertificateExtensions {
  const found: Draft = { ...NO_EXTENSIONS };
  const seen = new Set<string>();
  while (list.more) {
    const extension = list.inside();
    const oid = extension.oid();
    const critical = extension.peek() === TAG.boolean && extension.boolean();
    const value = extension.element(TAG.octetString).contents;
    extension.end();
    // RFC 5280 §4.2: no extension twice.
    if (seen.has(oid)) list.fail();
    seen.add(oid);
    const understood = readOne(oid, value, found);
    if (understood === 'malformed') list.fail();
    if (understood === 'unknown' && critical) {
      found.unknownCritical = [...found.unknownCritical, oid];
    }
  }
  return found;
}

function readOne(oid: string, value: Uint8Array, found: Draft): 'read' | 'unknown' | 'malformed' {
  const reader = new DerReader(value);
  if (oid === OID.basicConstraints) {
    const fields = reader.inside();
    found.isAuthority = fields.peek() === TAG.boolean && fields.boolean();
    if (fields.more) found.pathLength = Number(fields.integer());
    fields.end();
  } else if (oid === OID.keyUsage) {
    found.keyUsage = reader.namedBits();
  } else if (oid === OID.extKeyUsage) {
    const purposes = reader.inside();
    const oids: string[] = [];
    while (purposes.more) oids.push(purposes.oid());
    found.extendedKeyUsage = oids;
  } else if (oid === OID.subjectAltName) {
    found.alternativeNames = readAlternativeNames(reader);
  } else if (oid === OID.subjectKeyIdentifier) {
    found.subjectKeyId = toHex(reader.element(TAG.octetString).contents);
  } else if (oid === OID.authorityKeyIdentifier) {
    const fields = reader.inside();
    while (fields.more) {
      const { tag, contents } = fields.element();
      if (tag === 0x80) found.authorityKeyId = toHex(contents);
    }
  } else {
    // Simplified: any policy is acceptable to us, so that certificatePolicies asks for nothing.
    return oid === OID.certificatePolicies ? 'read' : 'unknown';
  }
  reader.end();
  return reader.failed ? 'malformed' : 'read';
}

/** What a new certificate says about its subject. */
export interface ExtensionsToWrite {
  readonly authority?: { readonly pathLength?: number };
  readonly keyUsage?: readonly number[];
  readonly purposes?: readonly string[];
  /** Host names, wildcards among them, and IPv4 addresses. */
  readonly names?: readonly string[];
  readonly subjectKeyId: Uint8Array;
  readonly authorityKeyId?: Uint8Array;
}

/** The `extensions` field, with its tag [3]. */
export function writeExtensions(wanted: ExtensionsToWrite): Uint8Array {
  const list: Uint8Array[] = [];
  if (wanted.authority !== undefined) {
    const { pathLength } = wanted.authority;
    const limit = pathLength === undefined ? [] : [derInteger(pathLength)];
    list.push(extension(OID.basicConstraints, derSequence(derBoolean(true), ...limit), true));
  }
  if (wanted.keyUsage !== undefined) {
    list.push(extension(OID.keyUsage, derNamedBits(wanted.keyUsage), true));
  }
  if (wanted.purposes !== undefined) {
    list.push(extension(OID.extKeyUsage, derSequence(...wanted.purposes.map(derOid))));
  }
  if (wanted.names !== undefined && wanted.names.length > 0) {
    list.push(extension(OID.subjectAltName, derSequence(...wanted.names.map(alternativeName))));
  }
  list.push(extension(OID.subjectKeyIdentifier, derOctets(wanted.subjectKeyId)));
  if (wanted.authorityKeyId !== undefined) {
    const id = derContext(0, wanted.authorityKeyId, 'primitive');
    list.push(extension(OID.authorityKeyIdentifier, derSequence(id)));
  }
  return derContext(3, derSequence(...list));
}

function extension(oid: string, value: Uint8Array, critical = false): Uint8Array {
  // DEFAULT FALSE is left out (X.690 §11.5).
  return critical
    ? derSequence(derOid(oid), derBoolean(true), derOctets(value))
    : derSequence(derOid(oid), derOctets(value));
}

function alternativeName(name: string): Uint8Array {
  const address = ipv4Octets(name);
  return address === undefined
    ? derContext(2, latin1Bytes(name), 'primitive')
    : derContext(7, address, 'primitive');
}
