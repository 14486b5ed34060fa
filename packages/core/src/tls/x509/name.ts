/** Distinguished names (RFC 5280 §4.1.2.4) and the host names and addresses of subjectAltName. */
import { latin1Text } from '../../base/bytes.ts';
import { utf8Text } from '../../base/utf8.ts';
import type { DerReader } from './der-reader.ts';
import { derOid, derSequence, derSet, derUtf8 } from './der-writer.ts';
import { OID } from './oid.ts';

/** A name with one attribute: the common name. */
export function derName(commonName: string): Uint8Array {
  return derSequence(derSet(derSequence(derOid(OID.commonName), derUtf8(commonName))));
}

const SHORT_NAMES = new Map<string, string>([
  [OID.commonName, 'CN'],
  [OID.organization, 'O'],
  [OID.country, 'C'],
]);

/** A name for people: `C=KR, O=Example, CN=Root`. */
export function readName(reader: DerReader): string {
  const parts: string[] = [];
  const sequence = reader.inside();
  while (sequence.more) {
    const attribute = sequence.inside(0x31).inside();
    const oid = attribute.oid();
    parts.push(`${SHORT_NAMES.get(oid) ?? oid}=${utf8Text(attribute.element().contents)}`);
  }
  return parts.join(', ');
}

/** The four octets of a dotted IPv4 address; undefined when the text is none. */
export function ipv4Octets(text: string): Uint8Array | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) {
    return undefined;
  }
  return Uint8Array.from(parts, Number);
}

/** Whether the text can be no host name: an IPv4 address, or an IPv6 one in colons. */
export function isAddress(text: string): boolean {
  return ipv4Octets(text) !== undefined || text.includes(':');
}

/** A subjectAltName entry for people. */
export function alternativeText(name: AlternativeName): string {
  return name.kind === 'dns' ? name.text : ipText(name.octets);
}

export type AlternativeName =
  | { readonly kind: 'dns'; readonly text: string }
  | { readonly kind: 'ip'; readonly octets: Uint8Array };

/** The entries of subjectAltName that TLS compares: dNSName [2] and iPAddress [7]. */
export function readAlternativeNames(reader: DerReader): AlternativeName[] {
  const names: AlternativeName[] = [];
  const sequence = reader.inside();
  while (sequence.more) {
    const { tag, contents } = sequence.element();
    if (tag === 0x82) names.push({ kind: 'dns', text: latin1Text(contents) });
    if (tag === 0x87) names.push({ kind: 'ip', octets: contents });
  }
  return names;
}

function ipText(octets: Uint8Array): string {
  if (octets.length === 4) return octets.join('.');
  return Array.from(octets, (o) => o.toString(16).padStart(2, '0')).join(':');
}
