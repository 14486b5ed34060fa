/** Distinguished names (RFC 5280 §4.1.2.4), written, read and made comparable (§7.1). */
import { toHex } from '../../base/bytes.ts';
import { utf8Text } from '../../base/utf8.ts';
import { DerReader, type DerElement } from './der-reader.ts';
import { TAG } from './der-tag.ts';
import { derOid, derSequence, derSet, derUtf8 } from './der-writer.ts';
import { OID } from './oid.ts';

/** A name with one attribute: the common name. */
export function derName(commonName: string): Uint8Array {
  return derSequence(derSet(derSequence(derOid(OID.commonName), derUtf8(commonName))));
}

export interface DistinguishedName {
  /** For people: `C=KR, O=Example, CN=Root`. */
  readonly text: string;
  /** For comparison: one entry for each relative name, the same for names that match. */
  readonly parts: readonly string[];
}

/** Whether two names match (RFC 5280 §7.1). */
export function isSameName(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((part, i) => part === b[i]);
}

/** A name that stands alone, to compare; undefined when the octets are no name in DER. */
export function namePartsOf(der: Uint8Array): readonly string[] | undefined {
  const reader = new DerReader(der);
  const { parts } = readName(reader);
  reader.end();
  return reader.failed ? undefined : parts;
}

const SHORT_NAMES = new Map<string, string>([
  [OID.commonName, 'CN'],
  [OID.organization, 'O'],
  [OID.country, 'C'],
]);

export function readName(reader: DerReader): DistinguishedName {
  const texts: string[] = [];
  const parts: string[] = [];
  const sequence = reader.inside();
  while (sequence.more) {
    const set = sequence.inside(TAG.set);
    const comparable: string[] = [];
    do {
      const attribute = set.inside();
      const oid = attribute.oid();
      const value = attribute.element();
      attribute.end();
      texts.push(`${SHORT_NAMES.get(oid) ?? oid}=${utf8Text(value.contents)}`);
      comparable.push(`${oid}=${comparableValue(value)}`);
    } while (set.more);
    parts.push(comparable.sort().join('+'));
  }
  return { text: texts.join(', '), parts };
}

const TEXT_TAGS: ReadonlySet<number> = new Set([
  TAG.utf8String,
  TAG.printableString,
  TAG.ia5String,
]);

/**
 * RFC 5280 §7.1: letters of both cases are the same, spaces count once, and the kind of string does
 * not count. Simplified: without the rest of StringPrep's profile (RFC 4518). Its length and quotes
 * keep a value apart from what stands beside it.
 */
function comparableValue({ tag, contents, whole }: DerElement): string {
  if (!TEXT_TAGS.has(tag)) return `#${toHex(whole)}`;
  return JSON.stringify(utf8Text(contents).toLowerCase().trim().replace(/ +/g, ' '));
}
