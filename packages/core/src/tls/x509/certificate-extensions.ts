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
import { addressOctets } from './address.ts';
import { readAlternativeNames, type AlternativeName } from './general-name.ts';
import { readNameConstraints, type NameConstraints } from './name-constraints.ts';
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
  /** The names that an authority may issue certificates for; undefined where it may for all. */
  readonly nameConstraints: NameConstraints | undefined;
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
  nameConstraints: undefined,
  subjectKeyId: undefined,
  authorityKeyId: undefined,
  unknownCritical: [],
};

/**
 * Any policy is acceptable to us (RFC 5280 §6.1.1 (c)), so that these ask for nothing. Simplified:
 * policyConstraints, which may demand that there is one, is not understood.
 */
const POLICIES: ReadonlySet<string> = new Set([
  OID.certificatePolicies,
  OID.policyMappings,
  OID.inhibitAnyPolicy,
]);

type Draft = { -readonly [Key in keyof CertificateExtensions]: CertificateExtensions[Key] };

export function readExtensions(list: DerReader): CertificateExtensions {
  const found: Draft = { ...NO_EXTENSIONS };
  const seen = new Set<string>();
  // RFC 5280 §4.1.2.9: one extension or more.
  do {
    const extension = list.inside();
    const oid = extension.oid();
    // Deviation: FALSE written out is no DER (X.690 §11.5), and yet stands in many certificates.
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
  } while (list.more);
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
    do oids.push(purposes.oid());
    while (purposes.more);
    found.extendedKeyUsage = oids;
  } else if (oid === OID.subjectAltName) {
    found.alternativeNames = readAlternativeNames(reader);
  } else if (oid === OID.nameConstraints) {
    found.nameConstraints = readNameConstraints(reader);
  } else if (oid === OID.subjectKeyIdentifier) {
    found.subjectKeyId = toHex(reader.element(TAG.octetString).contents);
  } else if (oid === OID.authorityKeyIdentifier) {
    const fields = reader.inside();
    while (fields.more) {
      const { tag, contents } = fields.element();
      if (tag === 0x80) found.authorityKeyId = toHex(contents);
    }
  } else {
    return POLICIES.has(oid) ? 'read' : 'unknown';
  }
  reader.end();
  return reader.failed ? 'malformed' : 'read';
}

/** What a new certificate says about its subject. */
export interface ExtensionsToWrite {
  readonly authority?: { readonly pathLength?: number };
  readonly keyUsage?: readonly number[];
  readonly purposes?: readonly string[];
  /** Host names, wildcards among them, and addresses. */
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
  const address = addressOctets(name);
  return address === undefined
    ? derContext(2, latin1Bytes(name), 'primitive')
    : derContext(7, address, 'primitive');
}
