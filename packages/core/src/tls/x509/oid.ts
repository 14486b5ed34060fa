/** Object identifiers (X.690 §8.19) and the ones that X.509 needs. */
import { Writer } from '../codec/writer.ts';

export const OID = {
  commonName: '2.5.4.3',
  organization: '2.5.4.10',
  country: '2.5.4.6',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  crlNumber: '2.5.29.20',
  nameConstraints: '2.5.29.30',
  certificatePolicies: '2.5.29.32',
  policyMappings: '2.5.29.33',
  authorityKeyIdentifier: '2.5.29.35',
  extKeyUsage: '2.5.29.37',
  inhibitAnyPolicy: '2.5.29.54',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  anyExtendedKeyUsage: '2.5.29.37.0',
  ecPublicKey: '1.2.840.10045.2.1',
  p256: '1.2.840.10045.3.1.7',
  p384: '1.3.132.0.34',
  ed25519: '1.3.101.112',
  rsaEncryption: '1.2.840.113549.1.1.1',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  ecdsaWithSha384: '1.2.840.10045.4.3.3',
  ecdsaWithSha512: '1.2.840.10045.4.3.4',
  ecdsaWithSha1: '1.2.840.10045.4.1',
  dsaWithSha1: '1.2.840.10040.4.3',
  md2WithRsa: '1.2.840.113549.1.1.2',
  md5WithRsa: '1.2.840.113549.1.1.4',
  sha1WithRsa: '1.2.840.113549.1.1.5',
  sha256WithRsa: '1.2.840.113549.1.1.11',
  sha384WithRsa: '1.2.840.113549.1.1.12',
  sha512WithRsa: '1.2.840.113549.1.1.13',
  rsaPss: '1.2.840.113549.1.1.10',
  mgf1: '1.2.840.113549.1.1.8',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
} as const;

/** The contents octets of an identifier. */
export function oidBytes(oid: string): Uint8Array {
  const arcs = oid.split('.').map(Number);
  const writer = new Writer();
  writeBase128(writer, arcs[0]! * 40 + arcs[1]!);
  for (const arc of arcs.slice(2)) writeBase128(writer, arc);
  return writer.toBytes();
}

/** An arc of more octets is not taken; a UUID below 2.25 has nineteen. */
const MAX_ARC_OCTETS = 32;
/** Arcs below this are exact as numbers. */
const SMALL_ARC = 0x100_0000_0000;

/** The identifier in dotted form; undefined when the octets are no identifier in DER. */
export function oidText(bytes: Uint8Array): string | undefined {
  const arcs: (number | bigint)[] = [];
  let value: number | bigint = 0;
  let octets = 0;
  for (const octet of bytes) {
    // X.690 §8.19.2: a number never begins with a redundant 0x80.
    if ((octets === 0 && octet === 0x80) || octets === MAX_ARC_OCTETS) return undefined;
    const digit = octet & 0x7f;
    const isSmall: boolean = typeof value === 'number' && value < SMALL_ARC;
    value = isSmall ? Number(value) * 128 + digit : BigInt(value) * 128n + BigInt(digit);
    octets += 1;
    if (octet >= 0x80) continue;
    arcs.push(value);
    value = 0;
    octets = 0;
  }
  const first = arcs[0];
  if (first === undefined || octets > 0) return undefined;
  const root = first < 80 ? Math.floor(Number(first) / 40) : 2;
  return [root, BigInt(first) - BigInt(root * 40), ...arcs.slice(1)].join('.');
}

function writeBase128(writer: Writer, value: number): void {
  const digits = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) {
    digits.unshift((rest % 128) + 128);
  }
  for (const digit of digits) writer.u8(digit);
}
